"""Routes of absences: one's own, and for managers everybody's."""

from flask import Blueprint, render_template, request, url_for

from gamebash.absences import absences
from gamebash.absences.forms import LONGEST_TEXT, AbsenceForm, ImportForm
from gamebash.absences.kinds import AbsenceKind
from gamebash.absences.queries import AbsencesFilter, AbsencesPage, absences_page
from gamebash.absences.scope import closed_teams
from gamebash.absences.spans import DaysAway
from gamebash.core import clock
from gamebash.core.errors import DomainError
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.people.models import Person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.rotation.queries.found import people_choices

blueprint = Blueprint("absences", __name__)


def _sees_everybody() -> bool:
    return is_allowed(signed_in_person().roles, Permission.READ_WISHES)


@blueprint.get("/absences")
@requires(Permission.USE_OWN_ACCOUNT)
def list_absences() -> Reply:
    """Show one's own absences, or everybody's to a manager who asks for them."""
    if wants_fragment():
        return render_template("absences/_list.html", page=_page())
    return _whole(AbsenceForm(formdata=None), ImportForm(formdata=None))


def _page() -> AbsencesPage:
    is_everybody = request.args.get("who") == "all" and _sees_everybody()
    words, is_past = request.args.get("q", "").strip()[:80], request.args.get("show") == "past"
    closed = closed_teams(signed_in_person()) if is_everybody else frozenset()
    filter_ = AbsencesFilter(None if is_everybody else signed_in_person().id, words, is_past, closed)
    return absences_page(filter_, page_number(request.args.get("page")), today=clock.now().date())


def _whole(form: AbsenceForm, import_form: ImportForm, result: absences.Imported | None = None) -> str:
    if _sees_everybody():
        form.offer(people_choices())
        import_form.offer(people_choices())
    forms = {"form": form, "import_form": import_form, "sees_everybody": _sees_everybody()}
    return render_template("absences/list.html", page=_page(), result=result, **forms)


def _person(handle: str) -> Person:
    return get_person(handle) if handle else signed_in_person()


@blueprint.post("/absences")
@requires(Permission.USE_OWN_ACCOUNT)
def add_absence() -> Reply:
    """Keep that somebody is away."""
    form = AbsenceForm()
    form.offer(people_choices())
    if not form.validate():
        return _whole(form, ImportForm(formdata=None)), 422
    days, kind = DaysAway(form.from_on.data, form.until_on.data), AbsenceKind(form.kind.data)
    try:
        absences.add_absence(_person(form.person.data), days, kind, by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _whole(form, ImportForm(formdata=None)), int(refusal.status)
    return Answer(url_for(".list_absences"), message=f"Away {days.words}.")


@blueprint.post("/absences/import")
@requires(Permission.USE_OWN_ACCOUNT)
def import_absences() -> Reply:
    """Take in a file of absences, and show what could not be used."""
    form = ImportForm()
    form.offer(people_choices())
    if not form.validate():
        return _whole(AbsenceForm(formdata=None), form), 422
    file = form.file.data
    text = file.read(LONGEST_TEXT).decode(errors="replace") if file else form.text.data or ""
    whose = None if form.whose.data == "each" else _person(form.whose.data)
    result = absences.import_absences(text, whose, by=signed_in_person(), now=clock.now())
    return _whole(AbsenceForm(formdata=None), ImportForm(formdata=None), result)


@blueprint.post("/absences/<reference>/cancel")
@requires(Permission.USE_OWN_ACCOUNT)
def cancel_absence(reference: str) -> Reply:
    """Take an absence back."""
    absence = absences.get_absence(reference)
    absences.cancel_absence(absence, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".list_absences"), message="The absence is taken back.")
