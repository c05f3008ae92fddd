"""Handovers as they are shown: the list, one of them, and the few lines on the pages of moves, people and teams."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Move, Team
from gamebash.rotation.queries.found import team_badges, team_choices
from gamebash.staffing.handovers.checklist import Facts, HandoverState, state_of
from gamebash.staffing.handovers.models import Handover, HandoverItem, HandoverSignOff

NEAR = 4
RECEIVER = aliased(Person)
FROM, TO = aliased(Team), aliased(Team)


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A handover in a list: who leaves which team when, who receives, and how far it is."""

    number: int
    move: int
    handle: str
    name: str
    initials: str
    receiver: str
    from_team: TeamBadge | None
    to_team: TeamBadge | None
    on: date
    ticked: int
    items: int
    signed_at: datetime | None
    state: HandoverState

    @property
    def words(self) -> str:
        """How far it is, in words."""
        return {
            HandoverState.SIGNED: "Signed",
            HandoverState.OFF: "Called off",
            HandoverState.OVERDUE: "Not signed in time",
            HandoverState.READY: "Waits for a signature" if self.receiver else "Nobody receives yet",
            HandoverState.OPEN: f"{self.ticked} of {self.items} done",
        }[self.state]


@dataclass(frozen=True, slots=True)
class HandoverFilter:
    """How a reader narrows the list: running (or empty), mine, overdue, signed, all; part of a name; a team's code."""

    show: str = ""
    q: str = ""
    team: str = ""

    def params(self) -> dict[str, str]:
        """Return what an address carries of the filter."""
        values = {"show": self.show, "q": self.q, "team": self.team}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class HandoversPage:
    """A page of handovers, with how many run and how many are overdue."""

    rows: Paged[HandoverLine]
    filter: HandoverFilter
    running: int
    overdue: int
    team_choices: tuple[tuple[str, str], ...]
    can_set: bool


@dataclass(frozen=True, slots=True)
class NearHandovers:
    """The few handovers beside the timeline: overdue ones and those whose day comes first."""

    lines: tuple[HandoverLine, ...]
    running: int
    overdue: int


def handovers_page(filter_: HandoverFilter, number: int, *, reader: Person, today: date) -> HandoversPage:
    """Return a page of the handovers that a filter leaves, the nearest day first; past ones last day first."""
    found, total = fetch_page(_narrowed(filter_, reader, today), number)
    rows = Paged(tuple(_line(row, today) for row in found), number, total)
    can_set = is_allowed(reader.roles, Permission.PLAN_STAFFING)
    return HandoversPage(rows, filter_, *_counts(today), team_choices(team_badges().values()), can_set)


def near_handovers(*, today: date) -> NearHandovers:
    """Return the few that matter most now. Two queries."""
    query = lines_query().where(*_is_running()).order_by(Move.effective_on, Handover.id).limit(NEAR)
    lines = tuple(_line(row, today) for row in db.session.execute(query))
    return NearHandovers(lines, *_counts(today))


def lines_of(today: date, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> tuple[HandoverLine, ...]:
    """Return handovers under conditions, the nearest day first. One query."""
    query = lines_query().where(*conditions).order_by(Move.effective_on, Handover.id).limit(limit)
    return tuple(_line(row, today) for row in db.session.execute(query))


def running_of_people(people: Collection[int], today: date) -> tuple[HandoverLine, ...]:
    """Return the running handovers that these people give or receive. One query."""
    is_theirs = sa.or_(Handover.person_id.in_(people), Handover.receiver_id.in_(people))
    return lines_of(today, is_theirs, *_is_running())


def running_of_team(team_id: int, today: date) -> tuple[HandoverLine, ...]:
    """Return the running handovers of people who leave a team or come to it. One query."""
    return lines_of(today, sa.or_(Move.from_team_id == team_id, Move.to_team_id == team_id), *_is_running())


def lines_query() -> sa.Select[*tuple[Any, ...]]:
    """Return the query of handovers with what a line shows."""

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        of_this = sa.select(sa.func.count()).select_from(HandoverItem).where(HandoverItem.handover_id == Handover.id)
        return of_this.where(*conditions).scalar_subquery()

    return (
        sa.select(
            Handover, Move, Person, RECEIVER.name, FROM, TO, HandoverSignOff.signed_at,
            count(HandoverItem.ticked_at.is_not(None)), count(),
        )
        .join_from(Handover, Move, Move.id == Handover.move_id)
        .join(Person, Person.id == Handover.person_id)
        .outerjoin(RECEIVER, RECEIVER.id == Handover.receiver_id)
        .outerjoin(FROM, FROM.id == Move.from_team_id)
        .outerjoin(TO, TO.id == Move.to_team_id)
        .outerjoin(HandoverSignOff, HandoverSignOff.handover_id == Handover.id)
        .options(sa.orm.lazyload("*"))
    )  # fmt: skip


def _line(row: Any, today: date) -> HandoverLine:
    handover, move, person, receiver, from_, to, signed_at, ticked, items = row
    is_off = move.from_team_id is None
    return HandoverLine(
        number=handover.number,
        move=move.number,
        handle=person.handle,
        name=person.name,
        initials=person.initials,
        receiver=receiver or "",
        from_team=badge(from_) if from_ else None,
        to_team=badge(to) if to else None,
        on=move.effective_on,
        ticked=ticked,
        items=items,
        signed_at=signed_at,
        state=state_of(Facts(ticked, items, move.effective_on, signed_at is not None, is_off), today),
    )


def _is_running() -> tuple[sa.ColumnElement[bool], ...]:
    return Move.from_team_id.is_not(None), HandoverSignOff.id.is_(None)


def _counts(today: date) -> tuple[int, int]:
    overdue = sa.func.count().filter(Move.effective_on <= today)
    query = (
        sa.select(sa.func.count(), overdue)
        .select_from(Handover)
        .join(Move, Move.id == Handover.move_id)
        .outerjoin(HandoverSignOff, HandoverSignOff.handover_id == Handover.id)
        .where(*_is_running())
    )
    running, late = db.session.execute(query).one()
    return running, late


def _narrowed(filter_: HandoverFilter, reader: Person, today: date) -> sa.Select[Any]:
    query = lines_query()
    if filter_.show == "signed":
        query = query.where(HandoverSignOff.id.is_not(None)).order_by(HandoverSignOff.id.desc())
    elif filter_.show == "all":
        query = query.order_by(Move.effective_on.desc(), Handover.id)
    else:
        query = query.where(*_is_running()).order_by(Move.effective_on, Handover.id)
    if filter_.show == "mine":
        query = query.where(sa.or_(Handover.person_id == reader.id, Handover.receiver_id == reader.id))
    if filter_.show == "overdue":
        query = query.where(Move.effective_on <= today)
    if filter_.team:
        query = query.where(sa.or_(FROM.code == filter_.team, TO.code == filter_.team))
    if filter_.q:
        words = (Person.name.icontains(filter_.q, autoescape=True), RECEIVER.name.icontains(filter_.q, autoescape=True))
        query = query.where(sa.or_(*words))
    return query
