"""Routes of personal data: taking one's own along, and making somebody who left anonymous."""

from flask import Blueprint, Response, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, requires
from gamebash.privacy.erasing import make_anonymous
from gamebash.privacy.export import own_data
from gamebash.privacy.forms import ErasureForm
from gamebash.privacy.queries import erasure_page

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/account/data.zip")
@requires(Permission.USE_OWN_ACCOUNT)
def take_own_data() -> Reply:
    """Hand out everything about oneself."""
    now = clock.now()
    response = Response(own_data(signed_in_person(), now=now), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="gamebash-{now.date()}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/admin/people/<handle>/anonymous", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def erase_person(handle: str) -> Reply:
    """Show what would change, and once the handle is typed make somebody who left anonymous."""
    person, form = get_person(handle), ErasureForm()
    is_sure = request.form.get("step") == "erase" and (form.typed.data or "").strip() == handle
    if not form.validate_on_submit() or not is_sure:
        page = erasure_page(person, form.words if not form.errors else ())
        is_mistyped = request.form.get("step") == "erase" and not is_sure
        return render_template("privacy/erase.html", page=page, form=form), 422 if form.errors or is_mistyped else 200
    erasure = make_anonymous(person, extra=form.words, by=signed_in_person(), now=clock.now())
    message = f"Done, in {erasure.places} places. They are {person.name} now."
    return Answer(to=url_for("admin.show_person", handle=person.handle), message=message)
