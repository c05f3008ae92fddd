"""Routes of taking in past moves from a file."""

from typing import Any

from flask import render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import InvalidError
from gamebash.core.htmx import Answer, wants_fragment
from gamebash.core.paging import page_number
from gamebash.core.security import takes_uploads
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires
from gamebash.rotation import imports
from gamebash.rotation.calendar_views import blueprint as blueprint
from gamebash.rotation.forms import MovesFileForm
from gamebash.rotation.queries.imports import import_page, imports_page

# What Flask takes from a view, or our Answer, which its types do not know.
View = Any


@blueprint.route("/rotation/imports", methods=["GET", "POST"])
@takes_uploads
@requires(Permission.LOG_MOVES)
def import_moves() -> View:
    """List imports, and take a further file."""
    form = MovesFileForm()
    if not form.validate_on_submit():
        return _list(form, 422 if form.errors else 200)
    try:
        file = form.file.data
        one = imports.receive_moves(file.stream, file.filename, by=signed_in_person(), now=clock.now())
    except InvalidError as error:
        form.file.errors = [str(error)]
        return _list(form, 422)
    return Answer(url_for(".show_import", reference=one.reference))


def _list(form: MovesFileForm, status: int) -> View:
    page = imports_page(page_number(request.args.get("page")))
    return render_template("rotation/imports.html", page=page, form=form), status


@blueprint.get("/rotation/imports/<reference>")
@requires(Permission.LOG_MOVES)
def show_import(reference: str) -> View:
    """Show an import: what would go in, how far it is, or what came of it."""
    page = import_page(imports.get_import(reference), page_number(request.args.get("page")))
    return render_template("rotation/_import.html" if wants_fragment() else "rotation/import.html", page=page)


@blueprint.post("/rotation/imports/<reference>/confirm")
@requires(Permission.LOG_MOVES)
def confirm_import(reference: str) -> View:
    """Let a checked file be written."""
    one, is_whole = imports.get_import(reference), request.form.get("whole") == "1"
    imports.confirm_import(one, is_whole=is_whole, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_import", reference=reference))


@blueprint.post("/rotation/imports/<reference>/cancel")
@requires(Permission.LOG_MOVES)
def cancel_import(reference: str) -> View:
    """Stop an import."""
    imports.cancel_import(imports.get_import(reference), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_import", reference=reference), message="Stopped. What went in stays.")
