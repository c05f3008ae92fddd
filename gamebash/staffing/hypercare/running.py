"""A hypercare by its number, and the lock under which it changes."""

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.core.rows import lock_row, one_row
from gamebash.people.models import Person
from gamebash.rotation.refusals import words
from gamebash.staffing.hypercare.kinds import ENDS, SeatState
from gamebash.staffing.hypercare.models import Hypercare, HypercareDecision, L3Seat


class EndedHypercareError(DomainError):
    """The hypercare is over; the message says by whom it was ended and when."""


def get_hypercare(number: int) -> Hypercare:
    """Return a hypercare by its number.

    Raises:
        NotFoundError: where there is none.
    """
    missing = f"There is no hypercare {number}. The roster has them all."
    return one_row(sa.select(Hypercare).where(Hypercare.number == number), missing)


def lock_hypercare(hypercare: Hypercare) -> Hypercare:
    """Hold a hypercare that runs until the transaction ends, as it is now.

    Raises:
        EndedHypercareError: where it is over.
    """
    locked = lock_row(Hypercare, hypercare.id)
    if locked.ended_on is not None:
        raise EndedHypercareError(ended_words(locked))
    return locked


def ended_words(hypercare: Hypercare) -> str:
    """Return by whom and when a hypercare was ended, as a sentence."""
    query = (
        sa.select(HypercareDecision, Person.name)
        .join(Person, Person.id == HypercareDecision.person_id)
        .where(HypercareDecision.hypercare_id == hypercare.id, HypercareDecision.kind.in_(ENDS))
    )
    row = db.session.execute(query).one_or_none()
    name, at = (row[1], words(row[0].decided_at)) if row else ("Somebody", "another day")
    return f"{name} ended hypercare of {hypercare.service.name} on {at}. Nothing of it changes any more."


def is_l3(hypercare: Hypercare, person: Person) -> bool:
    """Say whether somebody is L3 of a hypercare: said yes, and has not stepped back."""
    stands = (L3Seat.state == SeatState.ACCEPTED, L3Seat.until_on.is_(None))
    query = sa.select(L3Seat.id).where(L3Seat.hypercare_id == hypercare.id, L3Seat.person_id == person.id, *stands)
    return db.session.scalar(query) is not None
