"""Where people are on a day: follows from the log alone, read in one query whatever the number of people."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.kinds import TeamKind, keeps_production_up
from gamebash.rotation.models import Crest, Move, Team
from gamebash.rotation.tours import Entry, History, history


@dataclass(frozen=True, slots=True)
class TeamBadge:
    """A team as it is shown beside a person: code, crest, colour."""

    id: int
    code: str
    name: str
    kind: TeamKind
    crest: Crest
    colour: str
    is_active: bool = True
    min_weeks: int = 0
    max_weeks: int = 0

    @property
    def is_ops(self) -> bool:
        """Whether it stands on the upper side of the court."""
        return keeps_production_up(self.kind)


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a team on a day, and since when."""

    person_id: int
    handle: str
    name: str
    initials: str
    team: TeamBadge
    since_on: date


def badge(team: Team) -> TeamBadge:
    """Return a team as it is shown."""
    return TeamBadge(
        team.id, team.code, team.name, team.kind, team.crest, team.colour, team.is_active,
        team.min_weeks, team.max_weeks,
    )  # fmt: skip


def is_standing(move: type[Move] = Move) -> sa.ColumnElement[bool]:
    """Return the condition that a move counts: no correction names it, and it is not one that takes a move out."""
    correction = aliased(Move)
    is_void = sa.and_(move.corrects_id.is_not(None), move.from_team_id.is_(None), move.to_team_id.is_(None))
    return sa.and_(~sa.exists().where(correction.corrects_id == move.id), ~is_void)


def places_on(day: date, people: sa.ColumnElement[bool] | None = None) -> sa.Subquery:
    """Return person, team (none outside all teams) and day of the last move that counts, on or before a day.

    ``people`` narrows whose moves are read at all.
    """
    recency = sa.func.row_number().over(
        partition_by=Move.person_id, order_by=(Move.effective_on.desc(), Move.number.desc())
    )
    query = sa.select(Move.person_id, Move.to_team_id, Move.effective_on, recency.label("recency")).where(
        Move.effective_on <= day, is_standing()
    )
    if people is not None:
        query = query.where(people)
    ranked = query.subquery()
    latest = sa.select(ranked.c.person_id, ranked.c.to_team_id, ranked.c.effective_on).where(ranked.c.recency == 1)
    return latest.subquery("places")


def team_on(person_id: int, day: date) -> TeamBadge | None:
    """Return the team that a person is in on a day, or None."""
    return teams_on([person_id], day).get(person_id)


def teams_on(person_ids: Collection[int], day: date) -> dict[int, TeamBadge]:
    """Return the team of each of these people on a day; who is in none is left out. One query."""
    if not person_ids:
        return {}
    places = places_on(day, Move.person_id.in_(person_ids))
    rows = db.session.execute(sa.select(places.c.person_id, Team).join(Team, Team.id == places.c.to_team_id))
    return {person_id: badge(team) for person_id, team in rows}


def people_on(team_id: int, day: date) -> tuple[Member, ...]:
    """Return who is in a team on a day, by name. One query."""
    was_here = aliased(Move)
    whose = Move.person_id.in_(sa.select(was_here.person_id).where(was_here.to_team_id == team_id))
    return _members(places_on(day, whose), Team.id == team_id)


def everyone_on(day: date) -> tuple[Member, ...]:
    """Return everybody who is in any team on a day, by name. One query."""
    return _members(places_on(day))


def _members(places: sa.Subquery, condition: sa.ColumnElement[bool] | None = None) -> tuple[Member, ...]:
    query = (
        sa.select(Person, Team, places.c.effective_on)
        .join_from(places, Person, Person.id == places.c.person_id)
        .join(Team, Team.id == places.c.to_team_id)
        .order_by(Person.name, Person.id)
        .options(sa.orm.lazyload(Person.role_rows))
    )
    if condition is not None:
        query = query.where(condition)
    return tuple(
        Member(person.id, person.handle, person.name, person.initials, badge(team), since)
        for person, team, since in db.session.execute(query)
    )


def entries_of(person_id: int) -> tuple[Entry, ...]:
    """Return a person's whole log as plain values, in the order of writing. One query."""
    return entries_by_person([person_id]).get(person_id, ())


def entries_by_person(person_ids: Iterable[int]) -> dict[int, tuple[Entry, ...]]:
    """Return the logs of several people as plain values. One query."""
    corrected = aliased(Move)
    query = (
        sa.select(Move.person_id, Move.number, Move.effective_on, Move.from_team_id, Move.to_team_id, corrected.number)
        .outerjoin(corrected, corrected.id == Move.corrects_id)
        .where(Move.person_id.in_(tuple(person_ids)))
        .order_by(Move.id)
    )
    found: dict[int, list[Entry]] = {}
    for person_id, number, on, from_team, to_team, corrects in db.session.execute(query):
        found.setdefault(person_id, []).append(Entry(number, on, from_team, to_team, corrects))
    return {person_id: tuple(entries) for person_id, entries in found.items()}


def history_of(person_id: int) -> History:
    """Return a person's tours and what contradicts in their log. One query."""
    return history(entries_of(person_id))
