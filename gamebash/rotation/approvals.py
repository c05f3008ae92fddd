"""Managers' yes to a move: the one of the team that gives, and the one of the team that receives."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.people.models import Person
from gamebash.rotation import chain, refusals
from gamebash.rotation.entries import refuse_corrected
from gamebash.rotation.managing import managers_of, sides_of
from gamebash.rotation.models import Move, MoveApproval
from gamebash.rotation.standing import Side


class AlreadyApprovedError(DomainError):
    """The manager approved the move before."""


def approve_move(move: Move, *, by: Person, now: datetime) -> MoveApproval:
    """Say yes to a move, as a manager, once and for good: for each of its teams that one manages, in one go.

    A team on which nobody is named is spoken for by any manager.

    Raises:
        AlreadyCorrectedError: where the move no longer counts.
        AlreadyApprovedError: where the same manager approved it before.
        InvalidError: where it is an entry that takes another one out.
        NotAllowedError: where both teams have managers of their own; names them.
    """
    chain.lock_log()
    refuse_corrected(move)
    sides = sides_of(move)
    if not sides:
        raise InvalidError(f"Move {move.number} takes another one out of the count, and needs nobody's yes.")
    if earlier := _approval_by(move, by):
        raise AlreadyApprovedError(refusals.already_approved(move, earlier.approved_at))
    managers = managers_of(tuple(sides.values()))
    spoken_for = {side for side, team in sides.items() if team not in managers or by in managers[team]}
    if not spoken_for:
        names = [person.name for team in sides.values() for person in managers[team]]
        raise NotAllowedError(refusals.not_their_manager(move, tuple(dict.fromkeys(names))))
    return _write(move, spoken_for, by=by, now=now)


def approve_own_sides(move: Move, *, by: Person | None, now: datetime) -> None:
    """Count a move logged by a manager named on one of its teams as approved for that team."""
    sides = sides_of(move)
    managers = managers_of(tuple(sides.values()))
    own = {side for side, team in sides.items() if by in managers.get(team, ())}
    if by is not None and own:
        _write(move, own, by=by, now=now)


def _write(move: Move, sides: set[Side], *, by: Person, now: datetime) -> MoveApproval:
    approval = MoveApproval(
        move_id=move.id,
        person_id=by.id,
        for_giving=Side.GIVING in sides,
        for_receiving=Side.RECEIVING in sides,
        approved_at=now,
    )
    chain.append(approval)
    audit.record("move:approved", str(move.number), by_id=by.id, now=now, sides=sorted(sides))
    return approval


def _approval_by(move: Move, by: Person) -> MoveApproval | None:
    return db.session.scalar(
        sa.select(MoveApproval).where(MoveApproval.move_id == move.id, MoveApproval.person_id == by.id)
    )
