"""Who may do what with a handover, and the lock under which it is done."""

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import DomainError, NotAllowedError
from gamebash.core.rows import lock_row, one_row
from gamebash.people.models import Person
from gamebash.rotation.managing import speaks_for
from gamebash.rotation.models import Move
from gamebash.rotation.refusals import words
from gamebash.staffing.handovers.models import Handover, HandoverSignOff


class SignedHandoverError(DomainError):
    """The receiver signed, so nothing of the handover changes any more."""


class CalledOffHandoverError(DomainError):
    """The move no longer counts, so there is nothing to hand over."""


def get_handover(number: int) -> Handover:
    """Return a handover by its number.

    Raises:
        NotFoundError: where there is none.
    """
    missing = f"There is no handover {number}. The list of handovers has them all."
    return one_row(sa.select(Handover).where(Handover.number == number), missing)


def lock_handover(handover: Handover) -> Handover:
    """Hold a handover until the transaction ends, as it is now; of two people at once the second sees the first's.

    Raises:
        CalledOffHandoverError: where its move no longer counts.
        SignedHandoverError: where it is signed; says by whom and when.
    """
    locked = lock_row(Handover, handover.id)
    if sign_off := sign_off_of(locked):
        who = locked.receiver.name if locked.receiver else "The receiver"
        message = f"{who} signed this handover on {words(sign_off.signed_at)}. It stands as it was signed."
        raise SignedHandoverError(message)
    if is_off(locked.move):
        raise CalledOffHandoverError(f"{locked.person.name} does not move any more, so there is nothing to hand over.")
    return locked


def sign_off_of(handover: Handover) -> HandoverSignOff | None:
    """Return the receiver's signature, where there is one."""
    return db.session.scalar(sa.select(HandoverSignOff).where(HandoverSignOff.handover_id == handover.id))


def is_off(move: Move) -> bool:
    """Say whether the entry that a handover follows takes the move out of the count."""
    return move.from_team_id is None


def manages(handover: Handover, person: Person) -> bool:
    """Say whether somebody manages one of the two teams; a team on which nobody is named is managed by any manager."""
    return speaks_for(handover.move, person)


def may_lead(handover: Handover, person: Person) -> bool:
    """Say whether somebody may change the list and name the receiver: who gives, and managers of the two teams."""
    return person.id == handover.person_id or manages(handover, person)


def refuse_strangers(handover: Handover, by: Person) -> None:
    """Refuse what is for the giver and the managers of both teams.

    Raises:
        NotAllowedError: names whose it is.
    """
    if not may_lead(handover, by):
        raise NotAllowedError(f"This is for {handover.person.name} and the managers of both teams.")


def refuse_others_than_giver(handover: Handover, by: Person) -> None:
    """Refuse what only the giver can say.

    Raises:
        NotAllowedError: names the giver.
    """
    if by.id != handover.person_id:
        raise NotAllowedError(f"Only {handover.person.name} hands this over.")
