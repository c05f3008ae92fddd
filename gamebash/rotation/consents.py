"""What the person moved says to it. Nobody else answers for them; a manager's word can stand against a no, in the open."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.people.models import Person
from gamebash.rotation import chain, refusals, telling
from gamebash.rotation.entries import correction_of, refuse_corrected
from gamebash.rotation.kinds import ConsentKind
from gamebash.rotation.models import Move, MoveConsent
from gamebash.rotation.moves import BegunMoveError, MoveDraft, cancel_move, correct_move

DECLINED = "Declined by the person it moves"


class AlreadyAnsweredError(DomainError):
    """The person said that already, or a manager's word stands."""


class NotDeclinedError(DomainError):
    """A manager's word is for a move that was declined, and this one was not."""


def agree_to_move(move: Move, *, by: Person, now: datetime) -> MoveConsent:
    """Say yes to being moved.

    Raises:
        AlreadyAnsweredError: where they agreed before, or a manager's word stands.
        AlreadyCorrectedError: where the move no longer counts.
        NotAllowedError: where somebody else than the person moved answers, or they are not asked.
    """
    chain.lock_log()
    _refuse_answer(move, by)
    consent = _write(move, ConsentKind.AGREED, "", by=by, now=now)
    audit.record("move:agreed", str(move.number), by_id=by.id, now=now)
    telling.tell_agreed(move, now=now)
    return consent


def decline_move(move: Move, *, reason: str, by: Person, now: datetime) -> MoveConsent:
    """Say no to being moved, with a reason that the managers read. The move is taken out of the count at once.

    What was planned on top of it falls with it, and so does the other half of a swap. To let it stand all the same
    takes a manager's word.

    Raises:
        AlreadyAnsweredError: where a manager's word stands.
        AlreadyCorrectedError: where the move no longer counts.
        BegunMoveError: where its day has come.
        InvalidError: without a reason.
        NotAllowedError: where somebody else than the person moved answers, or they are not asked.
    """
    if not reason.strip():
        raise InvalidError("Say why. Only you and the managers of both teams read it.")
    chain.lock_log()
    _refuse_answer(move, by, can_agree=False)
    telling.tell_declined(move, reason.strip(), now=now)
    cancel_move(move, reason=DECLINED, by=by, now=now)
    consent = _write(move, ConsentKind.DECLINED, reason.strip(), by=by, now=now)
    audit.record("move:declined", str(move.number), by_id=by.id, now=now)
    return consent


def give_word(move: Move, *, reason: str, by: Person, now: datetime) -> Move:
    """Let a declined move stand by a manager's word: a further entry brings it back, and says so to the person.

    Returns:
        The entry that counts now. Of a swap both moves come back, and the other person is asked anew.

    Raises:
        BegunMoveError: where its day has come.
        ContradictingMoveError: where the log moved on meanwhile.
        InvalidError: without a reason.
        NotDeclinedError: where the person did not decline, or the move came back already.
    """
    if not reason.strip():
        raise InvalidError("Say why it has to be. The person moved reads it.")
    chain.lock_log()
    latest, taken_out = latest_consent(move), correction_of(move)
    if latest is None or latest.kind is not ConsentKind.DECLINED or taken_out is None or correction_of(taken_out):
        raise NotDeclinedError(f"Move {move.number} is not one that was declined and still out. Look at it again.")
    if move.effective_on <= now.date():
        raise BegunMoveError(refusals.too_late_for_a_word(move))
    standing = _bring_back(taken_out, move, reason, by=by, now=now)
    _write(standing, ConsentKind.WORD, reason.strip(), by=by, now=now)
    audit.record("move:word_given", str(move.number), by_id=by.id, now=now, standing=standing.number)
    telling.tell_word(standing, reason.strip(), by=by, now=now)
    for other in _other_halves(move):
        out = correction_of(other)
        if out is not None and correction_of(out) is None:
            _bring_back(out, other, reason, by=by, now=now)
    return standing


def latest_consent(move: Move) -> MoveConsent | None:
    """Return what was last said to a move."""
    return db.session.scalar(
        sa.select(MoveConsent).where(MoveConsent.move_id == move.id).order_by(MoveConsent.seq.desc()).limit(1)
    )


def _bring_back(taken_out: Move, move: Move, reason: str, *, by: Person, now: datetime) -> Move:
    draft = MoveDraft(move.from_team, move.to_team, move.effective_on)
    return correct_move(taken_out, draft, reason=reason, by=by, now=now)


def _other_halves(move: Move) -> tuple[Move, ...]:
    if move.swap is None:
        return ()
    query = sa.select(Move).where(
        Move.swap == move.swap, Move.person_id != move.person_id, Move.to_team_id.is_not(None)
    )
    latest = db.session.scalars(query.order_by(Move.number.desc()).limit(1)).all()
    return tuple(latest)


def _refuse_answer(move: Move, by: Person, *, can_agree: bool = True) -> None:
    refuse_corrected(move)
    if move.person_id != by.id:
        raise NotAllowedError(f"Only {move.person.name} can answer for themselves.")
    if not move.asks_consent:
        raise NotAllowedError(f"Nobody is asked about move {move.number}: it joins, leaves, or was past when logged.")
    latest = latest_consent(move)
    if latest and latest.kind is ConsentKind.WORD:
        raise AlreadyAnsweredError(refusals.word_stands(move, latest))
    if latest and latest.kind is ConsentKind.AGREED and can_agree:
        raise AlreadyAnsweredError(refusals.agreed_before(move, latest))


def _write(move: Move, kind: ConsentKind, reason: str, *, by: Person, now: datetime) -> MoveConsent:
    consent = MoveConsent(move_id=move.id, person_id=by.id, kind=kind, reason=reason, answered_at=now)
    chain.append(consent)
    return consent
