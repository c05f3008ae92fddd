"""The log as people read it: each entry with its people, teams, approvals and corrections."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.rotation.kinds import WORDS, ConsentKind, MoveKind
from gamebash.rotation.managing import managers_of
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Move, MoveApproval, MoveConsent, Team
from gamebash.rotation.queries.found import list_teams, team_choices
from gamebash.rotation.standing import Facts, MoveState, Side, state_of

FROM, TO = aliased(Team), aliased(Team)
LOGGER = aliased(Person)
CORRECTED, CORRECTION = aliased(Move), aliased(Move)
_NAME = sa.select(Person.name).where(Person.id == Move.person_id).correlate(Move).scalar_subquery()
SORTS = {
    "newest": (Move.number.desc(),),
    "oldest": (Move.number.asc(),),
    "day": (Move.effective_on.desc(), Move.number.desc()),
    "person": (_NAME, Move.effective_on.desc(), Move.number.desc()),
}


@dataclass(frozen=True, slots=True)
class LogFilter:
    """How a reader narrows and orders the log. Empty means everything."""

    team: str = ""
    q: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    approved: str = ""
    sort: str = "newest"

    def params(self, **changed: str) -> dict[str, str]:
        """Return what an address carries of this filter, with some of it changed."""
        values = {name: str(getattr(self, name) or "") for name in self.__slots__} | changed
        return {name: value for name, value in values.items() if value and (name, value) != ("sort", "newest")}


@dataclass(frozen=True, slots=True)
class Approval:
    """A manager's yes, and for which of the two teams it counts."""

    handle: str
    name: str
    at: datetime
    sides: frozenset[Side]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was last said to being moved, by whom."""

    kind: ConsentKind
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """A team whose manager has not said yes, and who could; nobody named means any manager."""

    team: TeamBadge
    managers: tuple[str, ...]
    handles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry of the log, with everything that is shown of it."""

    number: int
    handle: str
    name: str
    initials: str
    from_team: TeamBadge | None
    to_team: TeamBadge | None
    effective_on: date
    kind: MoveKind
    reason: str
    logged_by: str
    logged_at: datetime
    corrects: int | None
    corrected_by: int | None
    asks_consent: bool
    swap: int | None
    is_imported: bool
    approvals: tuple[Approval, ...] = ()
    answer: Answer | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def state(self) -> MoveState:
        """How far the move has come."""
        sides = {Side.GIVING: self.from_team, Side.RECEIVING: self.to_team}
        asked = frozenset(side for side, team in sides.items() if team and not self.is_imported)
        approved = frozenset(side for approval in self.approvals for side in approval.sides)
        said = self.answer.kind if self.answer else None
        return state_of(Facts(asked, approved, self.asks_consent, said, is_corrected=self.corrected_by is not None))

    @property
    def waits_for_person(self) -> bool:
        """Whether the person moved has yet to answer."""
        return self.state in {MoveState.ASKED, MoveState.APPROVED}

    @property
    def is_void(self) -> bool:
        """Whether the entry takes another one out of the count."""
        return self.corrects is not None and self.from_team is None and self.to_team is None

    @property
    def what(self) -> str:
        """The kind in words; a correction says what it does."""
        if self.corrects is None:
            return WORDS[self.kind].capitalize()
        if self.is_void:
            return f"{'Cancels' if self.effective_on > self.logged_at.date() else 'Takes out'} move {self.corrects}"
        return f"Corrects move {self.corrects}"


@dataclass(frozen=True, slots=True)
class LogPage:
    """The page of the log: its rows, the filter in use, and what can be filtered by."""

    rows: Paged[LogRow]
    filter: LogFilter
    team_choices: tuple[tuple[str, str], ...]
    kind_choices: tuple[tuple[str, str], ...]
    waiting: int
    can_log: bool


def log_page(filter_: LogFilter, number: int, *, can_log: bool) -> LogPage:
    """Return a page of the log; ``can_log`` says whether the reader may correct and approve."""
    # The page is found by the moves alone; what is shown of them is joined to those few.
    found, total = fetch_page(_narrowed(sa.select(Move.id), filter_), number)
    shown = log_query().where(Move.id.in_([move_id for (move_id,) in found])).order_by(*_order(filter_))
    rows = Paged(with_answers(log_rows(db.session.execute(shown))), number, total)
    teams = team_choices(badge(team) for team in list_teams())
    kinds = ("", "All kinds"), *((kind.value, words.capitalize()) for kind, words in WORDS.items())
    return LogPage(rows, filter_, teams, kinds, count_waiting(), can_log)


def all_rows(filter_: LogFilter) -> tuple[LogRow, ...]:
    """Return all rows of the log that a filter leaves, for export."""
    return with_answers(log_rows(db.session.execute(_narrowed(log_query(), filter_)).all()))


def rows_of_person(person_id: int) -> tuple[LogRow, ...]:
    """Return a person's whole log, latest day first."""
    query = log_query().where(Move.person_id == person_id).order_by(*SORTS["day"])
    return with_answers(log_rows(db.session.execute(query).all()))


def latest_rows(limit: int, team_id: int | None = None) -> tuple[LogRow, ...]:
    """Return the entries written last, of all teams or of one."""
    query = log_query().order_by(*SORTS["newest"]).limit(limit)
    if team_id is not None:
        query = query.where(sa.or_(Move.from_team_id == team_id, Move.to_team_id == team_id))
    return log_rows(db.session.execute(query).all())


def get_row(move: Move) -> LogRow:
    """Return one entry as it is shown."""
    return with_answers(log_rows(db.session.execute(log_query().where(Move.id == move.id)).all()))[0]


def rows_of(move_ids: Collection[int]) -> tuple[LogRow, ...]:
    """Return these entries as they are shown, by day."""
    query = log_query().where(Move.id.in_(move_ids)).order_by(*SORTS["day"])
    return with_answers(log_rows(db.session.execute(query).all()))


def count_waiting() -> int:
    """Return how many moves count and lack the yes of a manager of one of their teams."""
    return db.session.scalars(sa.select(sa.func.count()).select_from(Move).where(*_waits())).one()


def log_query() -> sa.Select[*tuple[Any, ...]]:
    """Return the query of all entries with what is shown of them."""
    return (
        sa.select(Move, Person, FROM, TO, LOGGER.name, CORRECTED.number, CORRECTION.number)
        .join_from(Move, Person, Person.id == Move.person_id)
        .outerjoin(FROM, FROM.id == Move.from_team_id)
        .outerjoin(TO, TO.id == Move.to_team_id)
        .outerjoin(LOGGER, LOGGER.id == Move.logged_by_id)
        .outerjoin(CORRECTED, CORRECTED.id == Move.corrects_id)
        .outerjoin(CORRECTION, CORRECTION.corrects_id == Move.id)
        .options(sa.orm.lazyload(Person.role_rows))
    )


def log_rows(found: Iterable[Any]) -> tuple[LogRow, ...]:
    """Return rows of the query as they are shown, without approvals."""
    return tuple(_row(row) for row in found)


def with_answers(rows: tuple[LogRow, ...]) -> tuple[LogRow, ...]:
    """Add what managers and the people moved said to all rows, and who is missing; three queries."""
    numbers = [row.number for row in rows]
    approvals, answers = _approvals(numbers), _answers(numbers)
    teams = {team.id for row in rows for team in (row.from_team, row.to_team) if team and not row.corrected_by}
    managers = managers_of(teams)
    return tuple(
        replace(
            row,
            approvals=approvals.get(row.number, ()),
            answer=answers.get(row.number),
            missing=_missing(row, approvals.get(row.number, ()), managers),
        )
        for row in rows
    )


def _approvals(numbers: list[int]) -> dict[int, tuple[Approval, ...]]:
    query = (
        sa.select(Move.number, Person.handle, Person.name, MoveApproval)
        .join_from(MoveApproval, Move, Move.id == MoveApproval.move_id)
        .join(Person, Person.id == MoveApproval.person_id)
        .where(Move.number.in_(numbers))
        .order_by(MoveApproval.id)
    )
    found: dict[int, tuple[Approval, ...]] = {}
    for number, handle, name, row in db.session.execute(query):
        sides = {Side.GIVING: row.for_giving, Side.RECEIVING: row.for_receiving}
        counted = frozenset(side for side, counts in sides.items() if counts)
        found[number] = (*found.get(number, ()), Approval(handle, name, row.approved_at, counted))
    return found


def _answers(numbers: list[int]) -> dict[int, Answer]:
    query = (
        sa.select(Move.number, Person.name, MoveConsent)
        .join_from(MoveConsent, Move, Move.id == MoveConsent.move_id)
        .join(Person, Person.id == MoveConsent.person_id)
        .where(Move.number.in_(numbers))
        .order_by(MoveConsent.seq)
    )
    return {number: Answer(row.kind, name, row.answered_at) for number, name, row in db.session.execute(query)}


def _missing(
    row: LogRow, approvals: tuple[Approval, ...], managers: dict[int, tuple[Person, ...]]
) -> tuple[Missing, ...]:
    if row.corrected_by is not None or row.is_imported:
        return ()
    approved = {side for approval in approvals for side in approval.sides}
    sides = ((Side.GIVING, row.from_team), (Side.RECEIVING, row.to_team))
    teams = (team for side, team in sides if team and side not in approved)
    named = ((team, managers.get(team.id, ())) for team in teams)
    return tuple(
        Missing(team, tuple(one.name for one in people), tuple(one.handle for one in people)) for team, people in named
    )


def _row(found: Any) -> LogRow:
    move, person, from_, to, logger, was, by = found
    return LogRow(
        number=move.number,
        handle=person.handle,
        name=person.name,
        initials=person.initials,
        from_team=badge(from_) if from_ else None,
        to_team=badge(to) if to else None,
        effective_on=move.effective_on,
        kind=move.kind,
        reason=move.reason,
        logged_by=logger or "",
        logged_at=move.logged_at,
        corrects=was,
        corrected_by=by,
        asks_consent=move.asks_consent,
        swap=move.swap,
        is_imported=move.import_id is not None,
    )


def _order(filter_: LogFilter) -> tuple[Any, ...]:
    return SORTS.get(filter_.sort, SORTS["newest"])


def _narrowed(query: sa.Select[Any], filter_: LogFilter) -> sa.Select[Any]:
    query = query.order_by(*_order(filter_))
    if filter_.team:
        team = sa.select(Team.id).where(Team.code == filter_.team).scalar_subquery()
        query = query.where(sa.or_(Move.from_team_id == team, Move.to_team_id == team))
    if filter_.q:
        query = query.where(Move.person_id.in_(sa.select(Person.id).where(_is_called(filter_.q))))
    if filter_.kind:
        query = query.where(sa.cast(Move.kind, sa.String) == filter_.kind)
    if filter_.since:
        query = query.where(Move.effective_on >= filter_.since)
    if filter_.until:
        query = query.where(Move.effective_on <= filter_.until)
    if filter_.approved == "yes":
        query = query.where(_is_approved(), ~_is_void())
    if filter_.approved == "no":
        query = query.where(*_waits())
    if filter_.approved == "person":
        query = query.where(Move.asks_consent, ~_is_corrected(), ~sa.exists().where(MoveConsent.move_id == Move.id))
    return query


def _is_called(q: str) -> sa.ColumnElement[bool]:
    return sa.or_(Person.name.icontains(q, autoescape=True), Person.handle.icontains(q, autoescape=True))


def _waits() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of a move that counts, was logged by hand, and lacks a manager's yes."""
    return Move.import_id.is_(None), ~_is_void(), ~_is_corrected(), ~_is_approved()


def _is_approved() -> sa.ColumnElement[bool]:
    def has(side: sa.orm.InstrumentedAttribute[bool]) -> sa.ColumnElement[bool]:
        return sa.exists().where(MoveApproval.move_id == Move.id, side)

    giving = sa.or_(Move.from_team_id.is_(None), has(MoveApproval.for_giving))
    return sa.and_(giving, sa.or_(Move.to_team_id.is_(None), has(MoveApproval.for_receiving)))


def _is_void() -> sa.ColumnElement[bool]:
    return sa.and_(Move.from_team_id.is_(None), Move.to_team_id.is_(None))


def _is_corrected() -> sa.ColumnElement[bool]:
    later = aliased(Move)
    return sa.exists().where(later.corrects_id == Move.id)
