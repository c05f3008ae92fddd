"""Routes of handovers: the list, one of them, what is done with it, and the list with which each begins."""

from datetime import date

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import DomainError
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, requires
from gamebash.rotation.queries.found import get_team
from gamebash.staffing.handovers import days, handovers, signing
from gamebash.staffing.handovers.allowing import get_handover
from gamebash.staffing.handovers.checklist import DayKind
from gamebash.staffing.handovers.forms import DayForm, ItemForm, ListForm, NotesForm
from gamebash.staffing.handovers.models import Handover
from gamebash.staffing.handovers.page import handover_page, open_page
from gamebash.staffing.handovers.queries import HandoverFilter, handovers_page, near_handovers, running_of_team
from gamebash.staffing.hypercare.queries.roster import roster_of_team
from gamebash.staffing.rulebook import HandoverRule, RuleKind
from gamebash.staffing.rules import Version, present_rule, set_rule

blueprint = Blueprint("handovers", __name__, url_prefix="/handovers")


def _today() -> date:
    return clock.now().date()


def _show(handover: Handover, status: int = 200, **forms: DayForm | ItemForm | NotesForm) -> Reply:
    page = handover_page(handover, signed_in_person(), today=_today())
    notes = NotesForm(formdata=None, notes=page.notes)
    used = {"day_form": DayForm(formdata=None), "item_form": ItemForm(formdata=None), "notes_form": notes, **forms}
    return render_template("handovers/handover.html", page=page, **used), status


def _done(handover: Handover, message: str, anchor: str = "") -> Answer:
    return Answer(url_for(".show_handover", number=handover.number, _anchor=anchor or None), message=message)


@blueprint.get("")
@requires(Permission.READ)
def list_handovers() -> Reply:
    """List handovers."""
    filter_ = HandoverFilter(*(request.args.get(name, "").strip()[:80] for name in ("show", "q", "team")))
    page = handovers_page(filter_, page_number(request.args.get("page")), reader=signed_in_person(), today=_today())
    return render_template("handovers/_handovers.html" if wants_fragment() else "handovers/list.html", page=page)


@blueprint.get("/near")
@requires(Permission.READ)
def show_near() -> Reply:
    """Show the few handovers that matter most now, for the page of rotation."""
    return render_template("handovers/_near.html", page=near_handovers(today=_today()))


@blueprint.get("/team/<code>")
@requires(Permission.READ)
def show_duties(code: str) -> Reply:
    """Show who of a team hands over, and who is L3 for it or out of it, for the page of the team."""
    team, today = get_team(code), _today()
    lines, roster = running_of_team(team.id, today), roster_of_team(team.id, today)
    return render_template("staffing/_duties.html", handovers=lines, roster=roster)


@blueprint.get("/<int:number>")
@requires(Permission.READ)
def show_handover(number: int) -> Reply:
    """Show one handover."""
    return _show(get_handover(number))


@blueprint.get("/<int:number>/open")
@requires(Permission.READ)
def show_open(number: int) -> Reply:
    """Show what is open in the services handed over."""
    template = "handovers/_open.html" if wants_fragment() else "handovers/open.html"
    return render_template(template, page=open_page(get_handover(number), today=_today()))


@blueprint.post("/<int:number>/receiver")
@requires(Permission.HAND_OVER)
def name_receiver(number: int) -> Reply:
    """Name who takes over."""
    handover, person = get_handover(number), get_person(request.form.get("person", ""))
    handovers.name_receiver(handover, person, by=signed_in_person(), now=clock.now())
    return _done(handover, f"{person.name} takes over, and is told.")


@blueprint.post("/<int:number>/notes")
@requires(Permission.HAND_OVER)
def write_notes(number: int) -> Reply:
    """Keep notes for who takes over."""
    handover, form = get_handover(number), NotesForm()
    if not form.validate():
        return _show(handover, 422, notes_form=form)
    handovers.write_notes(handover, form.notes.data or "", by=signed_in_person(), now=clock.now())
    return _done(handover, "Your notes are saved.", "for-receiver")


@blueprint.post("/<int:number>/items")
@requires(Permission.HAND_OVER)
def add_item(number: int) -> Reply:
    """Add something to pass on."""
    handover, form = get_handover(number), ItemForm()
    if not form.validate():
        return _show(handover, 422, item_form=form)
    handovers.add_item(handover, form.text.data, by=signed_in_person(), now=clock.now())
    return _done(handover, "Added to the list.", "list")


@blueprint.post("/<int:number>/items/<int:item>/tick")
@requires(Permission.HAND_OVER)
def tick_item(number: int, item: int) -> Reply:
    """Say that something is passed on."""
    handover = get_handover(number)
    handovers.tick_item(handover, item, by=signed_in_person(), now=clock.now())
    return _done(handover, "", "list")


@blueprint.post("/<int:number>/items/<int:item>/untick")
@requires(Permission.HAND_OVER)
def untick_item(number: int, item: int) -> Reply:
    """Take back that something is passed on."""
    handover = get_handover(number)
    handovers.untick_item(handover, item, by=signed_in_person(), now=clock.now())
    return _done(handover, "", "list")


@blueprint.post("/<int:number>/items/<int:item>/drop")
@requires(Permission.HAND_OVER)
def drop_item(number: int, item: int) -> Reply:
    """Take something off the list."""
    handover = get_handover(number)
    handovers.drop_item(handover, item, by=signed_in_person(), now=clock.now())
    return _done(handover, "Off the list.", "list")


@blueprint.post("/<int:number>/days")
@requires(Permission.HAND_OVER)
def plan_day(number: int) -> Reply:
    """Plan a day together."""
    handover, form = get_handover(number), DayForm()
    if not form.validate():
        return _show(handover, 422, day_form=form)
    days.plan_day(handover, form.on.data, DayKind(form.kind.data), by=signed_in_person(), now=clock.now())
    return _done(handover, "Planned, and in both calendars.", "days")


@blueprint.post("/<int:number>/days/<int:day>/cancel")
@requires(Permission.HAND_OVER)
def cancel_day(number: int, day: int) -> Reply:
    """Take a planned day back."""
    handover = get_handover(number)
    days.cancel_day(handover, day, by=signed_in_person(), now=clock.now())
    return _done(handover, "That day is taken back.", "days")


@blueprint.post("/<int:number>/sign")
@requires(Permission.HAND_OVER)
def sign_off(number: int) -> Reply:
    """Sign, as the receiver, that everything was passed on."""
    handover = get_handover(number)
    signing.sign_off(handover, by=signed_in_person(), now=clock.now())
    return _done(handover, "Signed. It counts as a lesson, for both of you.")


@blueprint.get("/list")
@requires(Permission.PLAN_STAFFING)
def show_list() -> Reply:
    """Show the list with which the checklist of every handover begins."""
    version = present_rule(RuleKind.HANDOVER)
    items = "\n".join(HandoverRule.from_document(version.document).items)
    return _list(ListForm(formdata=None, items=items, seen=version.number), version)


def _list(form: ListForm, version: Version, status: int = 200) -> Reply:
    return render_template("handovers/rule.html", form=form, version=version), status


@blueprint.post("/list")
@requires(Permission.PLAN_STAFFING)
def change_list() -> Reply:
    """Set the list anew, for handovers that begin from now on."""
    form, version = ListForm(), present_rule(RuleKind.HANDOVER)
    if not form.validate():
        return _list(form, version, 422)
    try:
        set_rule(RuleKind.HANDOVER, form.document(), seen=form.seen.data, by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _list(form, version, int(refusal.status))
    return Answer(url_for(".list_handovers"), message="The list is set. Handovers that run keep theirs.")
