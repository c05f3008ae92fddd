"""Routes of rotation: the timeline, the log, people and teams. Those of one move are in ``move_views``."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.days import day_of
from gamebash.core.errors import DomainError
from gamebash.core.exports import csv_download
from gamebash.core.htmx import Answer, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.rotation import teams
from gamebash.rotation.export import HEADER, TOURS_HEADER, csv_rows, csv_tours
from gamebash.rotation.flows import quarter_named
from gamebash.rotation.forms import MoveForm, TeamForm
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Crest
from gamebash.rotation.parts import parts_of_person, parts_of_team, parts_on
from gamebash.rotation.queries.flows import flow_page
from gamebash.rotation.queries.found import get_led_team, get_team, manager_choices, offered_people, people_by_handle
from gamebash.rotation.queries.log import LogFilter, all_rows, log_page
from gamebash.rotation.queries.overview import (
    OverviewPage,
    TimelineFilter,
    overview_page,
    team_code_of,
    timeline_fragment,
)
from gamebash.rotation.queries.people import person_page
from gamebash.rotation.queries.teams import team_as_typed, team_page, teams_page
from gamebash.rotation.queries.tours import TourFilter, all_tours, tours_page

blueprint = Blueprint("rotation", __name__)

# What Flask takes from a view, or our Answer, which its types do not know.
View = Any


def _today() -> date:
    return clock.now().date()


def _day(name: str) -> date | None:
    """Return a day that the address names; nonsense counts as none."""
    return day_of(request.args.get(name))


def _text(name: str) -> str:
    return request.args.get(name, "").strip()[:80]


def _log_filter() -> LogFilter:
    return LogFilter(
        _text("team"), _text("q"), _text("kind"), _day("since"), _day("until"), _text("approved"),
        _text("sort") or "newest",
    )  # fmt: skip


def _can(permission: Permission) -> bool:
    return is_allowed(signed_in_person().roles, permission)


@blueprint.get("/rotation")
@requires(Permission.READ)
def overview() -> View:
    """Show who is where and who moves next, on today or another day."""
    today = _today()
    filter_ = TimelineFilter(_day("on") or today, _text("team"), _text("kind"), _text("q"))
    number = page_number(request.args.get("page"))
    if wants_fragment():
        return render_template("rotation/_timeline.html", timeline=timeline_fragment(filter_, number, today=today))
    page = overview_page(filter_, number, today=today, can_log=_can(Permission.LOG_MOVES))
    added = parts_on(filter_.on, signed_in_person())
    form = _overview_form(page)
    return render_template("rotation/overview.html", page=page, timeline=page.timeline, form=form, parts=added)


def _overview_form(page: OverviewPage) -> MoveForm | None:
    """Return the form beside the timeline, for people who may log moves; the address may name the person."""
    if not page.can_log:
        return None
    who = _text("person")
    form = MoveForm(
        formdata=None, person=who, from_team=team_code_of(who, page.on) if who else "", effective_on=page.today
    )
    form.offer(page.people, page.timeline.teams)
    return form


@blueprint.get("/rotation/log")
@requires(Permission.READ)
def log() -> View:
    """Show the log, narrowed and ordered as the address says."""
    page = log_page(_log_filter(), page_number(request.args.get("page")), can_log=_can(Permission.LOG_MOVES))
    return render_template("rotation/_log.html" if wants_fragment() else "rotation/log.html", page=page)


@blueprint.get("/rotation/log.csv")
@requires(Permission.READ)
def export_log() -> View:
    """Hand out the log as a table for spreadsheets."""
    return csv_download(f"moves-{_today()}", HEADER, csv_rows(all_rows(_log_filter())))


def _tour_filter() -> TourFilter:
    days = {name: _day(name) for name in ("on", "since", "until")}
    words = {name: _text(name) for name in ("team", "kind", "q", "limit")}
    return TourFilter(**days, **words, sort=_text("sort") or "longest")  # type: ignore[arg-type]


@blueprint.get("/rotation/tours")
@requires(Permission.READ)
def list_tours() -> View:
    """List tours: of today, of another day, or of a period; all, or those past the limits of their team."""
    page = tours_page(_tour_filter(), page_number(request.args.get("page")), today=_today())
    return render_template("rotation/_tours.html" if wants_fragment() else "rotation/tours.html", page=page)


@blueprint.get("/rotation/tours.csv")
@requires(Permission.READ)
def export_tours() -> View:
    """Hand out tours as a table for spreadsheets."""
    lines = all_tours(_tour_filter(), today=_today())
    return csv_download(f"tours-{_today()}", TOURS_HEADER, csv_tours(lines))


@blueprint.get("/rotation/flow")
@requires(Permission.READ)
def show_flow() -> View:
    """Show how people moved between teams in a quarter."""
    page = flow_page(quarter_named(_text("quarter"), _today()), today=_today())
    return render_template("rotation/flow.html", page=page)


@blueprint.get("/rotation/people/<handle>")
@requires(Permission.READ)
def person(handle: str) -> View:
    """Show one person's tours."""
    shown = get_person(handle)
    page = person_page(shown, today=_today(), can_log=_can(Permission.LOG_MOVES))
    added = parts_of_person(shown, signed_in_person(), _today())
    return render_template("rotation/person.html", page=page, parts=added)


@blueprint.get("/teams")
@requires(Permission.READ)
def list_teams() -> View:
    """Show all teams."""
    page = teams_page(today=_today(), can_manage=_can(Permission.MANAGE_TEAMS))
    return render_template("rotation/teams.html", page=page)


@blueprint.get("/teams/<code>")
@requires(Permission.READ)
def team(code: str) -> View:
    """Show one team with its people on a day, and a year of coming and going."""
    today = _today()
    can_manage = _can(Permission.MANAGE_TEAMS)
    number = page_number(request.args.get("page"))
    shown = get_led_team(code)
    page = team_page(shown, _day("on") or today, number, today=today, can_manage=can_manage)
    added = parts_of_team(shown, signed_in_person(), today)
    return render_template("rotation/team.html", page=page, parts=added)


@blueprint.route("/teams/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def create_team() -> View:
    """Found a team."""
    form = TeamForm()
    form.offer_people(offered_people(), manager_choices())
    if not form.validate_on_submit():
        return _team_form(form, None, 422 if form.errors else 200)
    try:
        created = teams.create_team(_team_draft(form), by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _team_form(form, None, int(refusal.status))
    return Answer(url_for(".team", code=created.code), message=f"{created.name} is founded. Log who joins it.")


@blueprint.route("/teams/<code>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def change_team(code: str) -> View:
    """Change how a team is called, drawn and led."""
    changed = get_team(code)
    form = TeamForm(data=team_as_typed(changed))
    form.offer_people(offered_people(), manager_choices())
    if not form.validate_on_submit():
        return _team_form(form, code, 422 if form.errors else 200)
    try:
        teams.change_team(changed, _team_draft(form), by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _team_form(form, code, int(refusal.status))
    return Answer(url_for(".team", code=changed.code), message=f"{changed.name} is saved.")


def _team_form(form: TeamForm, code: str | None, status: int) -> View:
    return render_template("rotation/team_form.html", form=form, code=code), status


def _team_draft(form: TeamForm) -> teams.TeamDraft:
    owner = get_person(form.product_owner.data) if form.product_owner.data else None
    kind, crest = TeamKind(form.kind.data), Crest(form.crest.data)
    division = form.division.data or ""
    draft = teams.TeamDraft(form.code.data, form.name.data, kind, crest, form.colour.data, division, owner)
    managers = people_by_handle(form.managers.data or ())
    return replace(draft, managers=managers, min_weeks=form.min_weeks.data or 0, max_weeks=form.max_weeks.data or 0)


@blueprint.post("/teams/<code>/retire")
@requires(Permission.MANAGE_TEAMS)
def retire_team(code: str) -> View:
    """Close a team that nobody is in any more."""
    retired = teams.retire_team(get_team(code), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".list_teams"), message=f"{retired.name} is retired. Its past stays in the log.")
