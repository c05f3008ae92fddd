"""Spectators: people who follow an event without playing. They hear its announcements and are never counted."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.drafts import lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Spectator
from gamebash.events.players import find_player
from gamebash.people.models import Person

WATCHABLE = (EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)


class SpectatingError(DomainError):
    """The event cannot be followed, or is not."""


def follow_event(event: Event, person: Person, *, now: datetime) -> Spectator:
    """Follow an event; a second time changes nothing. It needs no opting in.

    Raises:
        SpectatingError: where the event is not announced or over, or the person plays in it and hears all anyway.
    """
    lock_event(event)
    if event.state not in WATCHABLE:
        raise SpectatingError(f"{event.name} is {event.state.value}; there is nothing to follow.")
    player = find_player(event, person)
    if player is not None and player.left_at is None:
        raise SpectatingError(f"You play in {event.name}, so you hear everything there is to hear.")
    spectator = find_spectator(event, person)
    if spectator is not None:
        return spectator
    spectator = Spectator(event_id=event.id, person_id=person.id, since_at=now)
    db.session.add(spectator)
    db.session.flush()
    audit.record("event:followed", event.slug, by_id=person.id, now=now, event_id=event.id)
    return spectator


def unfollow_event(event: Event, person: Person, *, now: datetime) -> None:
    """Follow an event no longer.

    Raises:
        SpectatingError: where the person does not follow it.
    """
    spectator = find_spectator(event, person)
    if spectator is None:
        raise SpectatingError(f"You do not follow {event.name}.")
    db.session.delete(spectator)
    audit.record("event:unfollowed", event.slug, by_id=person.id, now=now, event_id=event.id)


def find_spectator(event: Event, person: Person) -> Spectator | None:
    """Return the person's seat among the spectators, if they have one."""
    query = sa.select(Spectator).where(Spectator.event_id == event.id, Spectator.person_id == person.id)
    return db.session.scalar(query)
