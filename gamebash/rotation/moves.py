"""Logging, correcting and approving moves. The log only grows, and never contradicts itself."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError
from gamebash.people.models import Person
from gamebash.rotation import refusals
from gamebash.rotation.kinds import MoveKind, inferred_kind, why_not
from gamebash.rotation.membership import entries_of
from gamebash.rotation.models import Move, MoveApproval, PersonLock, Team
from gamebash.rotation.tours import Entry, History, history

# An entry not yet written stands behind all those of its day, as it will once it has its number.
PREVIEW = 2**62

_ONE_APPROVAL = next(
    constraint
    for constraint in db.metadata.tables["move_approvals"].constraints
    if isinstance(constraint, sa.UniqueConstraint)
)


class ContradictingMoveError(DomainError):
    """The move does not fit what the log says; the message says where the person is and since when."""


class AlreadyCorrectedError(DomainError):
    """The move was corrected before; the correction itself can be corrected."""


class AlreadyApprovedError(DomainError):
    """The manager approved the move before."""


class InactiveTeamError(DomainError):
    """The team was retired, so nobody moves there any more."""


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """What somebody wants to log: from where (None: outside all teams) to where, the first day there, and why.

    Without a kind, the kind follows from the teams.
    """

    from_team: Team | None
    to_team: Team | None
    effective_on: date
    reason: str = ""
    kind: MoveKind | None = None


def log_move(person: Person, draft: MoveDraft, *, by: Person | None, now: datetime) -> Move:
    """Add a move to the log. It may lie in the future, or in the past where everything logged later still fits.

    Raises:
        ContradictingMoveError: where it starts from a team the person is not in, leads nowhere else, falls on the day
            of another move, or a later move would no longer fit.
        InactiveTeamError: where it leads to a retired team.
        InvalidError: where the chosen kind does not fit the teams.
    """
    _lock(person)
    entries = entries_of(person.id)
    _refuse_retired(draft.to_team)
    entry = Entry(PREVIEW, draft.effective_on, _id(draft.from_team), _id(draft.to_team))
    before = history(entries)
    _refuse_contradictions(person, before, history([*entries, entry]))
    kind = _kind(draft, before)
    move = _write(person, draft, kind=kind, by=by, now=now)
    audit.record("move:logged", str(move.number), by_id=_id(by), now=now, person=person.handle, kind=kind.value)
    return move


def correct_move(move: Move, draft: MoveDraft | None, *, reason: str, by: Person | None, now: datetime) -> Move:
    """Add an entry that stands in the place of a wrong one, or with no draft takes it out of the count.

    Returns:
        The correction. The wrong entry stays in the log.

    Raises:
        AlreadyCorrectedError: where somebody corrected the move before.
        ContradictingMoveError: where the log would contradict itself afterwards.
        InactiveTeamError: where it leads to a retired team that the wrong entry did not lead to.
        InvalidError: where no reason is given, or nothing would change.
    """
    if not reason.strip():
        message = f"Say why move {move.number} was wrong. The reason stays in the log beside it."
        raise InvalidError(message)
    _lock(move.person)
    foresee_correction(move, draft)
    kept = MoveDraft(*_teams(draft), draft.effective_on if draft else move.effective_on, reason.strip())
    correction = _write(move.person, kept, kind=MoveKind.CORRECTION, by=by, now=now, corrects=move)
    audit.record("move:corrected", str(move.number), by_id=_id(by), now=now, correction=correction.number)
    return correction


def approve_move(move: Move, *, by: Person, now: datetime) -> Move:
    """Say yes to a move, as a manager, once and for good.

    Raises:
        AlreadyCorrectedError: where the move no longer counts.
        AlreadyApprovedError: where the same manager approved it before.
    """
    _refuse_second_correction(move)
    approval = MoveApproval(move_id=move.id, person_id=by.id, approved_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(approval)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_APPROVAL):
            raise
        raise AlreadyApprovedError(refusals.already_approved(move, _approved_at(move, by))) from error
    audit.record("move:approved", str(move.number), by_id=by.id, now=now)
    return move


def foresee_correction(move: Move, draft: MoveDraft | None) -> tuple[History, History]:
    """Return the person's history as it is, and as it would be with a correction; nothing is written.

    Raises:
        AlreadyCorrectedError, ContradictingMoveError, InactiveTeamError, InvalidError: as the correction itself would.
    """
    _refuse_second_correction(move)
    if draft and draft.to_team != move.to_team:
        _refuse_retired(draft.to_team)
    _refuse_no_change(move, draft)
    entries = entries_of(move.person_id)
    from_team, to_team = _teams(draft)
    on = draft.effective_on if draft else move.effective_on
    entry = Entry(PREVIEW, on, _id(from_team), _id(to_team), corrects=move.number)
    before, after = history(entries), history([*entries, entry])
    _refuse_contradictions(move.person, before, after)
    return before, after


def _lock(person: Person) -> None:
    """Take the person's lock until the transaction ends: of two managers at once, the second sees the first's move."""
    db.session.execute(
        sa.text("INSERT INTO rotation_locks (person_id, moves) VALUES (:id, 0) ON CONFLICT (person_id) DO NOTHING"),
        {"id": person.id},
    )
    db.session.execute(
        sa.update(PersonLock).where(PersonLock.person_id == person.id).values(moves=PersonLock.moves + 1)
    )


def _refuse_retired(team: Team | None) -> None:
    """Hold the team's row while the move is written, so that nobody retires the team meanwhile."""
    if team is None:
        return
    locked = sa.select(Team.is_active).where(Team.id == team.id).with_for_update(read=True)
    if not db.session.scalars(locked).one():
        raise InactiveTeamError(refusals.retired(team))


def _refuse_contradictions(person: Person, before: History, after: History) -> None:
    known = set(before.contradictions)
    new = [found for found in after.contradictions if found not in known]
    if new:
        # Of several, the entry just asked for explains most.
        found = min(new, key=lambda found: found.entry.number != PREVIEW)
        raise ContradictingMoveError(refusals.contradiction(person, found, is_asked=found.entry.number == PREVIEW))


def _refuse_second_correction(move: Move) -> None:
    correction = db.session.scalar(sa.select(Move).where(Move.corrects_id == move.id))
    if correction:
        raise AlreadyCorrectedError(refusals.already_corrected(move, correction))


def _refuse_no_change(move: Move, draft: MoveDraft | None) -> None:
    is_void = move.from_team is None and move.to_team is None
    if draft is None:
        is_same = is_void
    else:
        wanted = (draft.from_team, draft.to_team, draft.effective_on)
        is_same = wanted == (move.from_team, move.to_team, move.effective_on)
    if is_same:
        message = f"Move {move.number} already says that. Change a team or the day, or take the move out."
        raise InvalidError(message)


def _kind(draft: MoveDraft, before: History) -> MoveKind:
    from_kind = draft.from_team.kind if draft.from_team else None
    to_kind = draft.to_team.kind if draft.to_team else None
    if draft.kind is not None:
        problem = why_not(draft.kind, from_kind, to_kind)
        if problem:
            raise InvalidError(problem)
        return draft.kind
    earlier = [tour.team for tour in before.tours if tour.from_on < draft.effective_on]
    was_there_before = len(earlier) > 1 and earlier[-2] == _id(draft.to_team)
    return inferred_kind(from_kind, to_kind, was_there_before=was_there_before)


def _write(  # noqa: PLR0913
    person: Person, draft: MoveDraft, *, kind: MoveKind, by: Person | None, now: datetime, corrects: Move | None = None
) -> Move:
    move = Move(
        number=next_number("moves"),
        person=person,
        from_team=draft.from_team,
        to_team=draft.to_team,
        effective_on=draft.effective_on,
        kind=kind,
        reason=draft.reason.strip(),
        logged_by=by,
        logged_at=now,
        corrects=corrects,
    )
    db.session.add(move)
    db.session.flush()
    return move


def _approved_at(move: Move, by: Person) -> datetime:
    query = sa.select(MoveApproval.approved_at).where(MoveApproval.move_id == move.id, MoveApproval.person_id == by.id)
    return db.session.scalars(query).one()


def _teams(draft: MoveDraft | None) -> tuple[Team | None, Team | None]:
    return (draft.from_team, draft.to_team) if draft else (None, None)


def _id(thing: Person | Team | None) -> int | None:
    return thing.id if thing else None
