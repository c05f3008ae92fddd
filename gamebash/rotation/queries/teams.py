"""The list of teams, and the page of one: who is in it, who was, and what was logged about it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.lanes import MONTHS, Span, span_around
from gamebash.rotation.membership import Member, TeamBadge, badge, everyone_on, people_on
from gamebash.rotation.models import Team
from gamebash.rotation.queries.found import people_by_id, team_badges
from gamebash.rotation.queries.log import LogRow, latest_rows
from gamebash.rotation.queries.overview import Lane, lanes_of, staying

MONTHS_AFTER = 2
LATEST = 8


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list: how many people are in it today, and who decides about its excess."""

    team: TeamBadge
    division: str
    product_owner: str
    people: int


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
    lanes: tuple[Lane, ...]
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
    everyone = everyone_on(today)
    counts: dict[int, int] = {}
    for member in everyone:
        counts[member.team.id] = counts.get(member.team.id, 0) + 1
    query = (
        sa.select(Team, Person.name)
        .outerjoin(Person, Person.id == Team.product_owner_id)
        .order_by(Team.kind, Team.code)
    )
    rows = tuple(
        TeamRow(badge(team), team.division, owner or "", counts.get(team.id, 0))
        for team, owner in db.session.execute(query)
    )
    active = tuple(row for row in rows if row.team.is_active)
    return TeamsPage(active, tuple(row for row in rows if not row.team.is_active), len(everyone), can_manage)


def team_page(team: Team, on: date, *, today: date, can_manage: bool) -> TeamPage:
    """Return a team's page with its people on a day."""
    span = span_around(on, MONTHS - 1 - MONTHS_AFTER, MONTHS_AFTER)
    people = people_by_id(staying(span, Team.id == team.id))
    owner = team.product_owner
    return TeamPage(
        team=badge(team),
        division=team.division,
        product_owner=owner.name if owner else "",
        product_owner_handle=owner.handle if owner else "",
        members=people_on(team.id, on),
        lanes=lanes_of(people, team_badges(), span, today),
        span=span,
        latest=latest_rows(LATEST, team.id),
        on=on,
        today=today,
        can_manage=can_manage,
    )
