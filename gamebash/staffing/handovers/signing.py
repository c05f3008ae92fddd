"""The receiver signs: once, for themselves, when everything is ticked."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, NotAllowedError
from gamebash.people.models import Person
from gamebash.rotation.refusals import words
from gamebash.staffing.handovers import telling
from gamebash.staffing.handovers.allowing import SignedHandoverError, lock_handover
from gamebash.staffing.handovers.models import Handover, HandoverSignOff
from gamebash.staffing.handovers.services import services_handed_over

_ONE_OF_A_HANDOVER = next(
    constraint
    for constraint in db.metadata.tables["handover_sign_offs"].constraints
    if isinstance(constraint, sa.UniqueConstraint)
)


class OpenItemsError(DomainError):
    """Something is not passed on yet; the message says how much."""


def sign_off(handover: Handover, *, by: Person, now: datetime) -> HandoverSignOff:
    """Sign that everything was passed on. It counts as a lesson given for the giver, and as one learned for the receiver.

    The services are those of the team left, as they are on this day.

    Raises:
        NotAllowedError: where somebody else than the receiver signs; names them.
        OpenItemsError: where an item is not ticked.
        SignedHandoverError: where it is signed already.
        CalledOffHandoverError: where the move no longer counts.
    """
    handover = lock_handover(handover)
    if by.id != handover.receiver_id:
        who = f"Only {handover.receiver.name} signs this." if handover.receiver else "Nobody is named who receives."
        raise NotAllowedError(f"{who} Nobody signs for somebody else.")
    missing = sum(item.ticked_at is None for item in handover.items)
    if missing:
        open_items = "1 item is" if missing == 1 else f"{missing} items are"
        raise OpenItemsError(f"{open_items} open. {handover.person.name} ticks them; then you sign.")
    services = [service.id for service in services_handed_over(handover.move, today=now.date())]
    signature = HandoverSignOff(handover_id=handover.id, person_id=by.id, signed_at=now, services=services)
    try:
        with db.session.begin_nested():
            db.session.add(signature)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_OF_A_HANDOVER):
            raise
        raise SignedHandoverError(f"You signed this handover already, on {words(now)}.") from error
    audit.record("handover:signed", str(handover.number), by_id=by.id, now=now, services=len(services))
    telling.tell_signed(handover, now=now)
    return signature
