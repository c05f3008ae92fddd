"""Routes of hypercare: the roster, one of them, what people answer, teach, confirm and decide; the rule."""

from datetime import date

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, requires
from gamebash.staffing.hypercare import ending, seats, teaching
from gamebash.staffing.hypercare.forms import DecisionForm, HypercareRuleForm, LessonForm, RunbookForm
from gamebash.staffing.hypercare.models import Hypercare
from gamebash.staffing.hypercare.queries.pages import hypercare_page, since_page
from gamebash.staffing.hypercare.queries.roster import RosterFilter, near_roster, roster_page
from gamebash.staffing.hypercare.running import get_hypercare
from gamebash.staffing.rulebook import HypercareRule, RuleKind
from gamebash.staffing.rules import present_rule, set_rule

blueprint = Blueprint("hypercare", __name__, url_prefix="/hypercare")


def _today() -> date:
    return clock.now().date()


def _show(hypercare: Hypercare, status: int = 200, **forms: LessonForm | DecisionForm | RunbookForm) -> Reply:
    page = hypercare_page(hypercare, signed_in_person(), today=_today())
    lesson = LessonForm(formdata=None, taught_on=_today())
    runbook = RunbookForm(formdata=None, runbook_url=page.runbook_url, alerts=page.alerts)
    used = {"lesson_form": lesson, "decision_form": DecisionForm(formdata=None), "runbook_form": runbook, **forms}
    used["lesson_form"].offer(page.learners)
    return render_template("hypercare/hypercare.html", page=page, **used), status


def _done(hypercare: Hypercare, message: str, anchor: str | None = None) -> Answer:
    return Answer(url_for(".show_hypercare", number=hypercare.number, _anchor=anchor), message=message)


@blueprint.get("")
@requires(Permission.READ)
def list_hypercare() -> Reply:
    """Show the roster: who is L3 for what until when."""
    filter_ = RosterFilter(*(request.args.get(name, "").strip()[:80] for name in ("show", "q")))
    page = roster_page(filter_, page_number(request.args.get("page")), reader=signed_in_person(), today=_today())
    return render_template("hypercare/_roster.html" if wants_fragment() else "hypercare/roster.html", page=page)


@blueprint.get("/near")
@requires(Permission.READ)
def show_near() -> Reply:
    """Show the few that ask for somebody soonest, for the page of rotation."""
    return render_template("hypercare/_near.html", page=near_roster(today=_today()))


@blueprint.get("/<int:number>")
@requires(Permission.READ)
def show_hypercare(number: int) -> Reply:
    """Show one hypercare: what is met and missing, who is L3, what was taught."""
    return _show(get_hypercare(number))


@blueprint.get("/<int:number>/since")
@requires(Permission.READ)
def show_since(number: int) -> Reply:
    """Show what happened since the release: further ones, and incidents of the service."""
    template = "hypercare/_since.html" if wants_fragment() else "hypercare/since.html"
    return render_template(template, page=since_page(get_hypercare(number)))


@blueprint.post("/<int:number>/ask")
@requires(Permission.REGISTER_RELEASES)
def ask_person(number: int) -> Reply:
    """Ask somebody by hand to stay as L3."""
    hypercare, person = get_hypercare(number), get_person(request.form.get("person", ""))
    seats.ask_person(hypercare, person, by=signed_in_person(), now=clock.now())
    return _done(hypercare, f"{person.name} is asked.", "l3")


@blueprint.post("/<int:number>/accept")
@requires(Permission.HAND_OVER)
def accept_seat(number: int) -> Reply:
    """Say yes to staying as L3."""
    hypercare = get_hypercare(number)
    seats.accept_seat(hypercare, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "You are L3. Your team stays your team.")


@blueprint.post("/<int:number>/decline")
@requires(Permission.HAND_OVER)
def decline_seat(number: int) -> Reply:
    """Say no to staying as L3."""
    hypercare = get_hypercare(number)
    seats.decline_seat(hypercare, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "You said no, and somebody else is asked where there is one.")


@blueprint.post("/<int:number>/step-back")
@requires(Permission.HAND_OVER)
def step_back(number: int) -> Reply:
    """Stop being L3 before the end."""
    hypercare = get_hypercare(number)
    seats.step_back(hypercare, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "You stepped back. Thank you for the days you stayed.")


@blueprint.post("/<int:number>/lessons")
@requires(Permission.HAND_OVER)
def log_lesson(number: int) -> Reply:
    """Write down what one taught."""
    hypercare, form = get_hypercare(number), LessonForm()
    page = hypercare_page(hypercare, signed_in_person(), today=_today())
    form.offer(page.learners)
    if page.is_l3 and not form.validate():
        return _show(hypercare, 422, lesson_form=form)
    lesson = teaching.Lesson(get_person(form.learner.data or ""), form.what.data or "", form.taught_on.data or _today())
    teaching.log_lesson(hypercare, lesson, by=signed_in_person(), now=clock.now())
    return _done(hypercare, f"Written down. {lesson.learner.name} is asked to confirm it.", "lessons")


@blueprint.post("/<int:number>/lessons/<int:entry>/confirm")
@requires(Permission.HAND_OVER)
def confirm_lesson(number: int, entry: int) -> Reply:
    """Confirm that one was taught something."""
    hypercare = get_hypercare(number)
    teaching.confirm_lesson(hypercare, entry, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "Confirmed. It counts from now on, for both of you.", "lessons")


@blueprint.post("/<int:number>/runbook")
@requires(Permission.HAND_OVER)
def link_runbook(number: int) -> Reply:
    """Keep where the runbook is, and which alerts wake somebody."""
    hypercare, form = get_hypercare(number), RunbookForm()
    if not form.validate():
        return _show(hypercare, 422, runbook_form=form)
    url, alerts = form.runbook_url.data or "", form.alerts.data or ""
    ending.link_runbook(hypercare, url=url, alerts=alerts, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "Saved.")


@blueprint.post("/<int:number>/exit")
@requires(Permission.HAND_OVER)
def exit_hypercare(number: int) -> Reply:
    """End it by evidence."""
    hypercare = get_hypercare(number)
    ending.exit_hypercare(hypercare, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "It is over, by evidence. Everybody who was L3 is thanked.")


@blueprint.post("/<int:number>/end")
@requires(Permission.PLAN_STAFFING)
def end_hypercare(number: int) -> Reply:
    """End it though something is missing, and say why."""
    hypercare, form = get_hypercare(number), DecisionForm()
    if not form.validate():
        return _show(hypercare, 422, decision_form=form)
    ending.end_hypercare(hypercare, reason=form.reason.data, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "It is over, by your decision.")


@blueprint.post("/<int:number>/prolong")
@requires(Permission.PLAN_STAFFING)
def prolong_hypercare(number: int) -> Reply:
    """Let it go on after its longest time, and say why."""
    hypercare, form = get_hypercare(number), DecisionForm()
    if not form.validate():
        return _show(hypercare, 422, decision_form=form)
    ending.prolong_hypercare(hypercare, reason=form.reason.data, by=signed_in_person(), now=clock.now())
    return _done(hypercare, "It goes on, and everybody who is L3 is told.")


@blueprint.get("/rule")
@requires(Permission.PLAN_STAFFING)
def show_rule() -> Reply:
    """Show how long hypercare lasts, and what ends it."""
    version = present_rule(RuleKind.HYPERCARE)
    form = HypercareRuleForm(formdata=None, obj=HypercareRule.from_document(version.document), seen=version.number)
    return render_template("hypercare/rule.html", form=form, version=version)


@blueprint.post("/rule")
@requires(Permission.PLAN_STAFFING)
def change_rule() -> Reply:
    """Set it anew, for hypercare that begins from now on."""
    form = HypercareRuleForm()
    if not form.validate():
        return render_template("hypercare/rule.html", form=form, version=present_rule(RuleKind.HYPERCARE)), 422
    set_rule(RuleKind.HYPERCARE, form.document(), seen=form.seen.data, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".list_hypercare"), message="The rule is set. Hypercare that runs keeps its own.")
