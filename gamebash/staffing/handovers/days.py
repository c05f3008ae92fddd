"""Days that giver and receiver spend together: planned, cancelled; both have them in their calendars."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError, NotFoundError
from gamebash.people.models import Person
from gamebash.rotation.refusals import words
from gamebash.staffing.handovers import telling
from gamebash.staffing.handovers.allowing import lock_handover, may_lead
from gamebash.staffing.handovers.checklist import DAY_WORDS, DayKind
from gamebash.staffing.handovers.models import Handover, HandoverDay

# Somebody who moved may still come back for some days.
AFTERWARDS = timedelta(weeks=6)
_ONE_A_DAY = next(index for index in HandoverDay.__table__.indexes if index.name == "uq_handover_days_on")  # type: ignore[attr-defined]


class SameDayError(DomainError):
    """The two are together on that day already."""


def plan_day(handover: Handover, on: date, kind: DayKind, *, by: Person, now: datetime) -> HandoverDay:
    """Plan a day that giver and receiver spend together.

    Raises:
        InvalidError: where the day is past, or long after the move, or nobody is named who receives.
        NotAllowedError: where somebody else than the two and the managers of both teams plans it.
        SameDayError: where they are together on that day already.
        CalledOffHandoverError, SignedHandoverError: where it is over.
    """
    _refuse_strangers(handover, by)
    handover = lock_handover(handover)
    if handover.receiver is None:
        raise InvalidError("Name first who takes over; then plan days together.")
    if not now.date() <= on <= handover.move.effective_on + AFTERWARDS:
        last = words(handover.move.effective_on + AFTERWARDS)
        raise InvalidError(f"Choose a day from today to {last}, six weeks after the move.")
    day = HandoverDay(handover_id=handover.id, together_on=on, kind=kind, planned_by_id=by.id, planned_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(day)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_A_DAY):
            raise
        raise SameDayError(
            f"{handover.person.name} and {handover.receiver.name} are together on {words(on)} already."
        ) from error
    audit.record("handover:day_planned", str(handover.number), by_id=by.id, now=now, on=on.isoformat(), kind=kind.value)
    telling.tell_day(
        day, f"{by.name} planned a {DAY_WORDS[kind].lower()} of the handover on {words(on)}.", by.id, now=now
    )
    return day


def cancel_day(handover: Handover, day_id: int, *, by: Person, now: datetime) -> HandoverDay:
    """Take a planned day back.

    Raises:
        NotAllowedError: where somebody else than the two and the managers of both teams does.
        NotFoundError: where there is no such day, or it was taken back already.
        CalledOffHandoverError, SignedHandoverError: where the handover is over.
    """
    _refuse_strangers(handover, by)
    handover = lock_handover(handover)
    day = db.session.scalar(
        sa.select(HandoverDay).where(
            HandoverDay.id == day_id, HandoverDay.handover_id == handover.id, HandoverDay.cancelled_at.is_(None)
        )
    )
    if day is None:
        raise NotFoundError("That day is not planned any more. Look at the list again.")
    day.cancelled_at = now
    audit.record("handover:day_cancelled", str(handover.number), by_id=by.id, now=now, on=day.together_on.isoformat())
    telling.tell_day(day, f"{by.name} took the handover day on {words(day.together_on)} back.", by.id, now=now)
    return day


def _refuse_strangers(handover: Handover, by: Person) -> None:
    if by.id != handover.receiver_id and not may_lead(handover, by):
        raise NotAllowedError("Days together are planned by the two who spend them, and by their managers.")
