"""The list of teams, and the page of one: who is in it, who was, and what was logged about it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.rotation.lanes import MONTHS, Span, span_around
from gamebash.rotation.membership import Member, TeamBadge, badge, is_on, people_on
from gamebash.rotation.models import Team, TourRow
from gamebash.rotation.queries.found import team_badges
from gamebash.rotation.queries.lanes import Lane, lanes_of, limits_of
from gamebash.rotation.queries.log import LogRow, latest_rows
from gamebash.rotation.queries.overview import LANES, staying
from gamebash.rotation.queries.tours import is_too_long

MONTHS_AFTER = 2
LATEST = 8
NAMED = 40


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list: how many people are in it today, and who decides about its excess."""

    team: TeamBadge
    division: str
    product_owner: str
    people: int
    limits: str


@dataclass(frozen=True, slots=True)
class TeamsPage:
    """All teams; retired ones apart."""

    active: tuple[TeamRow, ...]
    retired: tuple[TeamRow, ...]
    people: int
    can_manage: bool


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One team: its people on a day, a year of their moves in and out, and what was logged last."""

    team: TeamBadge
    division: str
    product_owner: str
    product_owner_handle: str
    members: tuple[Member, ...]
    managers: tuple[str, ...]
    limits: str
    people: int
    too_long: int
    lanes: Paged[Lane]
    span: Span
    latest: tuple[LogRow, ...]
    on: date
    today: date
    can_manage: bool


def team_as_typed(team: Team) -> dict[str, Any]:
    """Return what the form of a team shows of it, by the names of its fields."""
    return {
        "code": team.code, "name": team.name, "kind": team.kind.value, "crest": team.crest.value, "colour": team.colour,
        "division": team.division, "product_owner": team.product_owner.handle if team.product_owner else "",
        "managers": [person.handle for person in team.managers], "min_weeks": team.min_weeks, "max_weeks": team.max_weeks,
    }  # fmt: skip


def teams_page(*, today: date, can_manage: bool) -> TeamsPage:
    """Return the list of teams, by kind and code."""
    here = sa.select(TourRow.team_id, sa.func.count()).where(is_on(today)).group_by(TourRow.team_id)
    counts: dict[int, int] = {row[0]: row[1] for row in db.session.execute(here)}
    query = (
        sa.select(Team, Person.name)
        .outerjoin(Person, Person.id == Team.product_owner_id)
        .order_by(Team.kind, Team.code)
    )
    rows = tuple(
        TeamRow(badge(team), team.division, owner or "", counts.get(team.id, 0), limits_of(badge(team)).words)
        for team, owner in db.session.execute(query)
    )
    active = tuple(row for row in rows if row.team.is_active)
    return TeamsPage(active, tuple(row for row in rows if not row.team.is_active), sum(counts.values()), can_manage)


def team_page(team: Team, on: date, number: int, *, today: date, can_manage: bool) -> TeamPage:
    """Return a team's page with its people on a day; ``number`` is the page of the timeline."""
    span = span_around(on, MONTHS - 1 - MONTHS_AFTER, MONTHS_AFTER)
    owner, shown = team.product_owner, badge(team)
    too_long = sa.func.count().filter(is_too_long([shown], on))
    counts = sa.select(sa.func.count(), too_long).where(TourRow.team_id == team.id, is_on(on))
    people, long = db.session.execute(counts.select_from(TourRow)).one()
    return TeamPage(
        team=shown,
        managers=tuple(person.name for person in team.managers),
        limits=limits_of(shown).words,
        people=people,
        too_long=long,
        division=team.division,
        product_owner=owner.name if owner else "",
        product_owner_handle=owner.handle if owner else "",
        members=people_on(team.id, on, limit=NAMED),
        lanes=_lanes(team, span, number, today),
        span=span,
        latest=latest_rows(LATEST, team.id),
        on=on,
        today=today,
        can_manage=can_manage,
    )


def _lanes(team: Team, span: Span, number: int, today: date) -> Paged[Lane]:
    """Return everybody who was in the team on some day of the span, those who came last first."""
    ids = staying(span, Team.id == team.id)
    came = sa.select(sa.func.max(TourRow.from_on)).where(TourRow.person_id == Person.id, TourRow.team_id == team.id)
    latest = came.correlate(Person).scalar_subquery()
    query = sa.select(Person).where(Person.id.in_(ids)).order_by(latest.desc(), Person.name, Person.id)
    rows, total = fetch_page(query.options(sa.orm.lazyload(Person.role_rows)), number, LANES)
    lanes = lanes_of(tuple(person for (person,) in rows), team_badges(), span, today)
    return Paged(lanes, number, total, LANES)
