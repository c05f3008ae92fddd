"""Routes of operating models: the log, a team with what came of its switches, and logging."""

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import DomainError
from gamebash.core.exports import csv_download
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.operating import switches
from gamebash.operating.forms import SwitchCorrectionForm, SwitchForm
from gamebash.operating.kinds import OperatingModel
from gamebash.operating.models import ModelSwitch
from gamebash.operating.queries.listing import HEADER, SwitchFilter, csv_rows, listing_page, present_of, row_of
from gamebash.operating.queries.page import HEADER as OUTCOME_HEADER
from gamebash.operating.queries.page import csv_outcomes, team_model_page
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.rotation.queries.found import get_team, team_badges

blueprint = Blueprint("operating", __name__, url_prefix="/operating-models")


def _filter() -> SwitchFilter:
    return SwitchFilter(*(request.args.get(name, "").strip()[:20] for name in ("team", "model")))


def _can_log() -> bool:
    return is_allowed(signed_in_person().roles, Permission.LOG_MODELS)


@blueprint.get("")
@requires(Permission.READ)
def list_models() -> Reply:
    """Show how every team works, and the log."""
    number, today = page_number(request.args.get("page")), clock.now().date()
    page = listing_page(_filter(), number, can_log=_can_log(), today=today)
    return render_template("operating/_log.html" if wants_fragment() else "operating/list.html", page=page)


@blueprint.get("/log.csv")
@requires(Permission.READ)
def export_models() -> Reply:
    """Hand out the log as a table for spreadsheets."""
    return csv_download(f"operating-models-{clock.now().date()}", HEADER, csv_rows(_filter()))


@blueprint.get("/teams/<code>")
@requires(Permission.READ)
def show_team(code: str) -> Reply:
    """Show how a team worked when, and what was so before and after each switch."""
    number, today = page_number(request.args.get("page")), clock.now().date()
    page = team_model_page(get_team(code), number, can_log=_can_log(), today=today)
    return render_template("operating/team.html", page=page)


@blueprint.get("/teams/<code>/present")
@requires(Permission.READ)
def show_present(code: str) -> Reply:
    """Show by which model a team works today, for the page of the team."""
    page = present_of(get_team(code), today=clock.now().date())
    return render_template("operating/_of_team.html", page=page)


@blueprint.get("/teams/<code>.csv")
@requires(Permission.READ)
def export_outcomes(code: str) -> Reply:
    """Hand out what was so before and after each switch, as a table for spreadsheets."""
    team, today = get_team(code), clock.now().date()
    return csv_download(f"switches-{team.code.lower()}-{today}", OUTCOME_HEADER, csv_outcomes(team, today=today))


@blueprint.route("/switch", methods=["GET", "POST"])
@requires(Permission.LOG_MODELS)
def log_switch() -> Reply:
    """Log how a team works from a day on, or say why that contradicts the log."""
    form = SwitchForm() if request.method == "POST" else SwitchForm(formdata=None, team=request.args.get("team", ""))
    form.offer(team for team in team_badges().values() if team.is_active)
    if not form.validate_on_submit():
        return render_template("operating/log.html", form=form), 422 if form.errors else 200
    team, draft = get_team(form.team.data), _draft(form)
    try:
        switches.log_switch(team, draft, reason=form.reason.data, by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return render_template("operating/log.html", form=form), int(refusal.status)
    return Answer(url_for(".show_team", code=team.code), message=f"Logged for {team.name}.")


def _draft(form: SwitchForm | SwitchCorrectionForm) -> switches.SwitchDraft:
    return switches.SwitchDraft(OperatingModel(form.model.data), form.starts_on.data)


@blueprint.route("/entries/<int:number>/correct", methods=["GET", "POST"])
@requires(Permission.LOG_MODELS)
def correct_switch(number: int) -> Reply:
    """Correct an entry by a further one."""
    switch = switches.get_switch(number)
    form = SwitchCorrectionForm(data={"model": switch.model and switch.model.value, "starts_on": switch.starts_on})
    if not form.validate_on_submit():
        return _correction(switch, form, 422 if form.errors else 200)
    draft = None if form.takes_out.data else _draft(form)
    try:
        switches.correct_switch(switch, draft, reason=form.reason.data, by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _correction(switch, form, int(refusal.status))
    return Answer(url_for(".show_team", code=switch.team.code), message=f"Entry {number} no longer counts.")


def _correction(switch: ModelSwitch, form: SwitchCorrectionForm, status: int) -> Reply:
    return render_template("operating/correct.html", row=row_of(switch), form=form), status
