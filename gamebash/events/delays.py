"""A delayed start: everything of the day moves with it, and everybody is told."""

from datetime import datetime, timedelta

from gamebash.core import audit
from gamebash.core.errors import InvalidError
from gamebash.core.filters import when
from gamebash.core.lifecycles import WrongStateError
from gamebash.events.audience import tell_everybody
from gamebash.events.drafts import apply_day, lock_event, plan_of
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.people.models import Person

LONGEST_DELAY = 24 * 60


def delay_start(event: Event, minutes: int, *, by: Person, now: datetime) -> Event:
    """Move the start of a scheduled event, and freeze, end and review deadline with it.

    Where the start is past already it moves from now: an event that has not gone live cannot start earlier than that.

    Raises:
        InvalidError: for a length that makes no sense.
        WrongStateError: where the event is not scheduled; a live one moves by pause and extension.
    """
    if not 1 <= minutes <= LONGEST_DELAY:
        raise InvalidError(f"A delay is 1 to {LONGEST_DELAY} minutes. For another day change the day.")
    lock_event(event)
    if event.state is not EventState.SCHEDULED:
        raise WrongStateError(
            f"{event.name} is {event.state.value}. A scheduled start can be delayed; a live event moves by pause and extension."
        )
    before = event.starts_at
    apply_day(event, plan_of(event).moved_to(max(before, now) + timedelta(minutes=minutes)))
    audit.record("event:delayed", event.slug, by_id=by.id, now=now, event_id=event.id, minutes=minutes)
    text = f"{event.name} starts later, at {when(event.starts_at, now)}. Its end moves with it, to {when(event.ends_at, now)}."
    tell_everybody(event, text, key=f"delayed:{event.id}:{event.starts_at.isoformat()}", now=now)
    return event
