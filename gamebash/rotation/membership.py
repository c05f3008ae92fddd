"""Where people are on a day: follows from the log alone, and is read from the tours kept beside it in one query."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.kinds import TeamKind, keeps_production_up
from gamebash.rotation.models import Crest, Move, Team, TourRow
from gamebash.rotation.tours import Entry, History, history

Columns = TypeVarTuple("Columns")


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


def is_on(day: date) -> sa.ColumnElement[bool]:
    """Return the condition that a tour covers a day."""
    return sa.and_(TourRow.from_on <= day, sa.or_(TourRow.until_on.is_(None), TourRow.until_on > day))


def places_on(day: date) -> sa.Subquery:
    """Return person, team and first day of the tour of everybody who is in a team on a day."""
    columns = (
        TourRow.person_id,
        TourRow.team_id.label("to_team_id"),
        TourRow.from_on.label("effective_on"),
    )
    return sa.select(*columns).where(is_on(day)).subquery("places")


def keep_tours(person_ids: Collection[int]) -> None:
    """Write the tours of people anew from the log, in the transaction that wrote to it."""
    db.session.execute(sa.delete(TourRow).where(TourRow.person_id.in_(person_ids)))
    rows = [
        {
            "person_id": person_id,
            "team_id": tour.team,
            "from_on": tour.from_on,
            "until_on": tour.until_on,
            "days": tour.length,
        }
        for person_id, entries in entries_by_person(person_ids).items()
        for tour in history(entries).tours
    ]
    if rows:
        db.session.execute(sa.insert(TourRow), rows)


def team_on(person_id: int, day: date) -> TeamBadge | None:
    """Return the team that a person is in on a day, or None."""
    return teams_on([person_id], day).get(person_id)


def teams_on(person_ids: Collection[int], day: date) -> dict[int, TeamBadge]:
    """Return the team of each of these people on a day; who is in none is left out. One query."""
    if not person_ids:
        return {}
    query = sa.select(TourRow.person_id, Team).join(Team, Team.id == TourRow.team_id)
    rows = db.session.execute(query.where(TourRow.person_id.in_(person_ids), is_on(day)))
    return {person_id: badge(team) for person_id, team in rows}


def with_team_on(query: sa.Select[*Columns], day: date) -> sa.Select[*Columns]:
    """Return a query of people that joins the team of each on a day, so that it costs no query of its own."""
    is_theirs = sa.and_(TourRow.person_id == Person.id, is_on(day))
    return query.outerjoin(TourRow, is_theirs).outerjoin(Team, Team.id == TourRow.team_id)


def people_on(team_id: int, day: date, *, limit: int | None = None) -> tuple[Member, ...]:
    """Return who is in a team on a day, by name, or the first of them. One query."""
    return _members(day, TourRow.team_id == team_id, limit=limit)


def everyone_on(day: date) -> tuple[Member, ...]:
    """Return everybody who is in any team on a day, by name. One query."""
    return _members(day)


def _members(day: date, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> tuple[Member, ...]:
    query = members_query().where(is_on(day), *conditions).order_by(Person.name, Person.id).limit(limit)
    return tuple(member(*row) for row in db.session.execute(query))


def members_query() -> sa.Select[*tuple[Any, ...]]:
    """Return the query of tours with their people and teams."""
    return (
        sa.select(Person, Team, TourRow)
        .join_from(TourRow, Person, Person.id == TourRow.person_id)
        .join(Team, Team.id == TourRow.team_id)
        .options(sa.orm.lazyload(Person.role_rows))
    )


def member(person: Person, team: Team, tour: TourRow) -> Member:
    """Return a row of that query as it is shown."""
    return Member(person.id, person.handle, person.name, person.initials, badge(team), tour.from_on)


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
