"""Hiding a leaderboard: where it does harm, organisers take it down with a reason, and the scores go on."""

from datetime import datetime

from gamebash.core import audit
from gamebash.core.errors import InvalidError
from gamebash.events.drafts import lock_event
from gamebash.events.models import Event
from gamebash.people.models import Person


def hide_board(event: Event, *, reason: str, by: Person, now: datetime) -> Event:
    """Take an event's leaderboard down everywhere, the big screen too; everybody still sees their own points.

    Raises:
        InvalidError: without a reason.
    """
    if not reason.strip():
        raise InvalidError("Say why the leaderboard is hidden; it stands where the ranks stood.")
    lock_event(event)
    event.board_hidden_because = reason.strip()
    audit.record("board:hidden", event.slug, by_id=by.id, now=now, event_id=event.id, reason=reason.strip())
    return event


def show_board(event: Event, *, by: Person, now: datetime) -> Event:
    """Put a leaderboard up again."""
    lock_event(event)
    event.board_hidden_because = ""
    audit.record("board:shown", event.slug, by_id=by.id, now=now, event_id=event.id)
    return event
