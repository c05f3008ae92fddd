"""Logging, correcting and cancelling moves. The log only grows, and never contradicts itself."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.people.models import Person
from gamebash.rotation import chain, refusals, telling
from gamebash.rotation.approvals import approve_own_sides
from gamebash.rotation.entries import (
    PREVIEW,
    Logging,
    refuse_contradictions,
    refuse_corrected,
    refuse_retired,
    write_entry,
)
from gamebash.rotation.entries import AlreadyCorrectedError as AlreadyCorrectedError
from gamebash.rotation.entries import ContradictingMoveError as ContradictingMoveError
from gamebash.rotation.entries import InactiveTeamError as InactiveTeamError
from gamebash.rotation.entries import MoveDraft as MoveDraft
from gamebash.rotation.kinds import MoveKind, inferred_kind, why_not
from gamebash.rotation.membership import entries_of, is_standing
from gamebash.rotation.models import Move, Team
from gamebash.rotation.tours import Entry, History, history


class BegunMoveError(DomainError):
    """The move's first day has come, so it is corrected and no longer cancelled."""


def log_move(person: Person, draft: MoveDraft, *, by: Person | None, now: datetime) -> Move:
    """Add a move to the log. It may lie in the future, or in the past where everything logged later still fits.

    A manager named on one of its teams approves for that team by logging it. Whoever else is asked is told.

    Raises:
        ContradictingMoveError: where it starts from a team the person is not in, leads nowhere else, falls on the day
            of another move, or a later move would no longer fit.
        InactiveTeamError: where it leads to a retired team.
        InvalidError: where the chosen kind does not fit the teams.
    """
    refuse_retired(draft.to_team)
    chain.lock_log()
    entries = entries_of(person.id)
    entry = Entry(PREVIEW, draft.effective_on, _id(draft.from_team), _id(draft.to_team))
    before = history(entries)
    refuse_contradictions(person, before, history([*entries, entry]))
    kind = _kind(draft, before)
    move = write_entry(person, draft, kind, Logging(by, now))
    audit.record("move:logged", str(move.number), by_id=_id(by), now=now, person_id=person.id, kind=kind.value)
    approve_own_sides(move, by=by, now=now)
    telling.tell_asked(move, by=by, now=now)
    return move


def correct_move(move: Move, draft: MoveDraft | None, *, reason: str, by: Person | None, now: datetime) -> Move:
    """Add an entry that stands in the place of a wrong one, or with no draft takes it out of the count.

    Of a planned move the person and the managers are asked anew: what they said was about another day or team.

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
    if draft and draft.to_team != move.to_team:
        refuse_retired(draft.to_team)
    chain.lock_log()
    foresee_correction(move, draft)
    correction = _stand_in(move, draft, reason.strip(), Logging(by, now))
    audit.record("move:corrected", str(move.number), by_id=_id(by), now=now, correction=correction.number)
    approve_own_sides(correction, by=by, now=now)
    telling.tell_corrected(move, correction, by=by, now=now)
    return correction


def cancel_move(move: Move, *, reason: str, by: Person | None, now: datetime) -> tuple[Move, ...]:
    """Take a planned move out before its day, with everything planned that builds on it and the other half of a swap.

    Returns:
        The moves that no longer count, the latest first.

    Raises:
        AlreadyCorrectedError: where it no longer counts.
        BegunMoveError: where its day has come.
        InvalidError: without a reason.
    """
    if not reason.strip():
        raise InvalidError(f"Say why move {move.number} is cancelled. The reason stays in the log.")
    chain.lock_log()
    refuse_cancelling(move, now=now)
    falling = falling_with(move, now=now)
    for one in falling:
        why = reason.strip() if one is move else f"Falls with move {move.number}: {reason.strip()}"[:500]
        _stand_in(one, None, why, Logging(by, now))
        audit.record("move:cancelled", str(one.number), by_id=_id(by), now=now, because_of=move.number)
        telling.tell_cancelled(one, by=by, now=now)
    return falling


def refuse_cancelling(move: Move, *, now: datetime) -> None:
    """Refuse to cancel a move that no longer counts, or is no longer ahead.

    Raises:
        AlreadyCorrectedError: where it no longer counts.
        BegunMoveError: where its day has come.
    """
    refuse_corrected(move)
    if move.effective_on <= now.date():
        raise BegunMoveError(refusals.begun(move))


def falling_with(move: Move, *, now: datetime) -> tuple[Move, ...]:
    """Return a planned move and all planned ones that cannot stand without it, the latest first."""
    found: dict[int, Move] = {}
    waiting = [move]
    while waiting:
        one = waiting.pop()
        if one.id in found:
            continue
        found[one.id] = one
        builds_on = sa.and_(Move.person_id == one.person_id, Move.effective_on > one.effective_on)
        belongs = sa.or_(builds_on, Move.swap == one.swap) if one.swap else builds_on
        query = sa.select(Move).where(belongs, Move.effective_on > now.date(), is_standing())
        waiting += db.session.scalars(query)
    return tuple(sorted(found.values(), key=lambda one: (one.effective_on, one.number), reverse=True))


def foresee_correction(move: Move, draft: MoveDraft | None) -> tuple[History, History]:
    """Return the person's history as it is, and as it would be with a correction; nothing is written.

    Raises:
        AlreadyCorrectedError, ContradictingMoveError, InactiveTeamError, InvalidError: as the correction itself would.
    """
    refuse_corrected(move)
    if draft and draft.to_team != move.to_team:
        refuse_retired(draft.to_team)
    _refuse_no_change(move, draft)
    entries = entries_of(move.person_id)
    from_team, to_team = (draft.from_team, draft.to_team) if draft else (None, None)
    on = draft.effective_on if draft else move.effective_on
    entry = Entry(PREVIEW, on, _id(from_team), _id(to_team), corrects=move.number)
    before, after = history(entries), history([*entries, entry])
    refuse_contradictions(move.person, before, after)
    return before, after


def _stand_in(move: Move, draft: MoveDraft | None, reason: str, logging: Logging) -> Move:
    """Write the entry that names a move; it belongs to the same swap."""
    kept = draft or MoveDraft(None, None, move.effective_on)
    kept = replace(kept, reason=reason, swap=move.swap)
    return write_entry(move.person, kept, MoveKind.CORRECTION, logging, corrects=move)


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


def _id(thing: Person | Team | None) -> int | None:
    return thing.id if thing else None
