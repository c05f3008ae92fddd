"""Routes of rotation plans: ask, look, fix a row, compare, stop, drop, approve."""

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
from gamebash.staffing import plans
from gamebash.staffing.models import RotationPlan
from gamebash.staffing.plan_forms import AskForm, FixRowForm, team_needs
from gamebash.staffing.planner.instance import Edit, EditKind
from gamebash.staffing.queries.asking import AskPage, ask_page
from gamebash.staffing.queries.plans import PlanPage, comparison_page, plan_page, plans_page

blueprint = Blueprint("staffing", __name__)


def _today() -> date:
    return clock.now().date()


def _page(plan: RotationPlan) -> PlanPage:
    return plan_page(plan, reader=signed_in_person(), today=_today())


@blueprint.get("/staffing")
@requires(Permission.PLAN_STAFFING)
def list_plans() -> Reply:
    """List all plans."""
    return render_template("staffing/plans.html", page=plans_page(page_number(request.args.get("page"))))


@blueprint.route("/staffing/new", methods=["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
def ask_for_plan() -> Reply:
    """Ask for a plan."""
    form = AskForm()
    page = ask_page(form.joiners.data or 0, today=_today())
    form.offer(page.people)
    if not form.validate_on_submit():
        return _asking(form, page, 422 if form.errors else 200)
    try:
        asked = form.asked(team_needs(request.form, page.teams, page.usual), page.ids)
        plan = plans.ask_for_plan(asked, by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _asking(form, page, int(refusal.status))
    return Answer(url_for(".show_plan", number=plan.number))


def _asking(form: AskForm, page: AskPage, status: int) -> Reply:
    needs = team_needs(request.form, page.teams, page.usual)
    return render_template("staffing/ask.html", form=form, page=page, needs=needs), status


@blueprint.get("/staffing/<int:number>")
@requires(Permission.PLAN_STAFFING)
def show_plan(number: int) -> Reply:
    """Show a plan with its reasons, or how far it is."""
    page = _page(plans.get_plan(number))
    if wants_fragment():
        return render_template("staffing/_progress.html", page=page)
    form = FixRowForm(formdata=None)
    form.offer(page.people, page.teams, page.row.dates)
    return render_template("staffing/plan.html", page=page, form=form)


@blueprint.get("/staffing/<int:number>/compare")
@requires(Permission.PLAN_STAFFING)
def compare_plans(number: int) -> Reply:
    """Show two plans beside each other."""
    other = plans.get_plan(request.args.get("with", number, type=int))
    page = comparison_page(plans.get_plan(number), other, reader=signed_in_person(), today=_today())
    return render_template("staffing/compare.html", page=page)


@blueprint.post("/staffing/<int:number>/edit")
@requires(Permission.PLAN_STAFFING)
def edit_plan(number: int) -> Reply:
    """Fix a row by hand: the plan is worked out anew with it."""
    plan, form = plans.get_plan(number), FixRowForm()
    page = _page(plan)
    form.offer(page.people, page.teams, page.row.dates)
    if not form.validate() or (form.kind.data != "hold" and not form.team.data):
        return render_template("staffing/plan.html", page=page, form=form), 422
    team = get_team(form.team.data).id if form.team.data else 0
    edit = Edit(EditKind(form.kind.data), get_person(form.person.data).id, team, int(form.at.data or 0))
    changed = plans.edit_plan(plan, edit, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_plan", number=changed.number))


@blueprint.post("/staffing/<int:number>/edits/<int:row>/undo")
@requires(Permission.PLAN_STAFFING)
def undo_edit(number: int, row: int) -> Reply:
    """Let a row go that was fixed by hand."""
    changed = plans.undo_edit(plans.get_plan(number), row, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_plan", number=changed.number))


@blueprint.post("/staffing/<int:number>/again")
@requires(Permission.PLAN_STAFFING)
def work_out_again(number: int) -> Reply:
    """Ask for the same plan on the log as it is now."""
    changed = plans.ask_again(plans.get_plan(number), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_plan", number=changed.number))


@blueprint.post("/staffing/<int:number>/stop")
@requires(Permission.PLAN_STAFFING)
def stop_plan(number: int) -> Reply:
    """Stop working a plan out."""
    plans.stop_plan(plans.get_plan(number), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_plan", number=number))


@blueprint.post("/staffing/<int:number>/drop")
@requires(Permission.PLAN_STAFFING)
def drop_plan(number: int) -> Reply:
    """Put a plan aside."""
    plans.drop_plan(plans.get_plan(number), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".list_plans"), message=f"Plan {number} is put aside.")


@blueprint.post("/staffing/<int:number>/approve")
@requires(Permission.PLAN_STAFFING)
def approve_plan(number: int) -> Reply:
    """Approve a plan: its moves go into the log."""
    plan = plans.approve_plan(plans.get_plan(number), by=signed_in_person(), now=clock.now())
    message = f"Plan {number} is approved and its moves are in the log. Everybody it moves is asked."
    return Answer(url_for(".show_plan", number=plan.number), message=message)
