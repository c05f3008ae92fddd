"""What may happen to an event, and what its times mean. Times decide, whether or not a job has run since."""

from datetime import datetime
from enum import StrEnum


class EventState(StrEnum):
    """Where an event stands; the transitions are in ``lifecycle``."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    JUDGING = "judging"
    CLOSED = "closed"
    CANCELLED = "cancelled"


TRANSITIONS: dict[EventState, dict[str, EventState]] = {
    EventState.DRAFT: {"schedule": EventState.SCHEDULED, "cancel": EventState.CANCELLED},
    EventState.SCHEDULED: {
        "go_live": EventState.LIVE,
        "back_to_draft": EventState.DRAFT,
        "cancel": EventState.CANCELLED,
    },
    EventState.LIVE: {"judge": EventState.JUDGING, "cancel": EventState.CANCELLED},
    EventState.JUDGING: {"close": EventState.CLOSED, "cancel": EventState.CANCELLED},
    EventState.CLOSED: {},
    EventState.CANCELLED: {},
}


def state_at(state: EventState, ends_at: datetime, paused_at: datetime | None, now: datetime) -> EventState:
    """Return the state that counts now: a live event past its end is in judging. A pause stops the clock."""
    if state is EventState.LIVE and paused_at is None and now >= ends_at:
        return EventState.JUDGING
    return state


def clock_at(paused_at: datetime | None, now: datetime) -> datetime:
    """Return what the event's clock shows: it stands still while the event is paused."""
    return paused_at or now


def is_revealed(state: EventState, reveals_at: datetime | None, now: datetime) -> bool:
    """Say whether the results of an event are out: it is closed, and its ceremony is over or its waiting time is.

    Between closing and that moment the public board stays as it froze, so that nothing spoils the ceremony.
    """
    return state is EventState.CLOSED and (reveals_at is None or reveals_at <= now)
