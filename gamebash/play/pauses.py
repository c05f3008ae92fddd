"""The clock of a running event: pause, resume, extend, freeze, end. Leases move with it."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import clock
from gamebash.events.first_call import move_windows
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event
from gamebash.people.models import Person
from gamebash.play.leases import move_leases

LONGEST_EXTENSION = 12 * 60


class ClockRefusedError(DomainError):
    """The clock cannot be changed this way now; the message says how it stands."""


def pause_event(event: Event, *, by: Person, now: datetime) -> Event:
    """Stop the clock: nothing can be claimed, and no lease runs.

    Raises:
        ClockRefusedError: where the event is not live or is paused already.
    """
    event = _live(event, now=now)
    if event.paused_at is not None:
        raise ClockRefusedError(f"{event.name} is paused since {clock(event.paused_at)} already.")
    event.paused_at = now
    _record("event:paused", event, by, now)
    return event


def resume_event(event: Event, *, by: Person, now: datetime) -> Event:
    """Start the clock again: end, freeze, review deadline and every running lease move by the length of the pause.

    A freeze that the clock had reached stays.

    Raises:
        ClockRefusedError: where the event is not paused.
    """
    event = _live(event, now=now)
    if event.paused_at is None:
        raise ClockRefusedError(f"{event.name} is not paused; its clock runs.")
    length = now - event.paused_at
    if event.freezes_at is not None and event.freezes_at > event.paused_at:
        event.freezes_at += length
    event.ends_at += length
    event.reviews_end_at += length
    event.paused_at = None
    move_leases(event, length, paused_at=now - length)
    move_windows(event, length, paused_at=now - length)
    _record("event:resumed", event, by, now, seconds=int(length.total_seconds()))
    return event


def extend_event(event: Event, minutes: int, *, by: Person, now: datetime) -> Event:
    """Move the end, and the review deadline with it.

    Raises:
        InvalidError: for a length that makes no sense.
        ClockRefusedError: where the event is not live.
    """
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise InvalidError(f"An extension is 1 to {LONGEST_EXTENSION} minutes.")
    event = _live(event, now=now)
    event.ends_at += timedelta(minutes=minutes)
    event.reviews_end_at += timedelta(minutes=minutes)
    _record("event:extended", event, by, now, minutes=minutes)
    return event


def freeze_now(event: Event, *, by: Person, now: datetime) -> Event:
    """Let the public board stand still from now on; players still see their own points.

    Raises:
        ClockRefusedError: where the event is not live or the board stands still already.
    """
    event = _live(event, now=now)
    ticking = clock_at(event.paused_at, now)
    if event.freezes_at is not None and event.freezes_at <= ticking:
        raise ClockRefusedError(f"The board stands still since {clock(event.freezes_at)} already.")
    # While the clock stands still the freeze is at the moment that it shows, so that the end of the pause does not move it.
    event.freezes_at = ticking
    _record("event:frozen", event, by, now)
    return event


def end_event_now(event: Event, *, by: Person, now: datetime) -> Event:
    """Call full time before the planned end; reviews go on until their deadline.

    Raises:
        ClockRefusedError: where the event is not live.
    """
    event = _live(event, now=now)
    if event.paused_at is not None:
        raise ClockRefusedError(f"{event.name} is paused. Start the clock again before you end it.")
    for_reviews = event.reviews_end_at - event.ends_at
    event.ends_at = now
    event.reviews_end_at = now + for_reviews
    if event.freezes_at is not None and event.freezes_at > now:
        event.freezes_at = now
    _record("event:ended", event, by, now)
    return event


def locked_event(event: Event) -> Event:
    """Return the event as it is now, locked until the transaction ends."""
    query = sa.select(Event).where(Event.id == event.id).with_for_update()
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def _live(event: Event, *, now: datetime) -> Event:
    event = locked_event(event)
    present = state_at(event.state, event.ends_at, event.paused_at, now)
    if present is not EventState.LIVE:
        raise ClockRefusedError(f"{event.name} is {present.value}. Its clock can be changed while it is live.")
    return event


def _record(tag: str, event: Event, by: Person, now: datetime, **detail: int) -> None:
    audit.record(tag, event.slug, by_id=by.id, now=now, event_id=event.id, **detail)
