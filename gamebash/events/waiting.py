"""The waiting list of a full event: first come, first moved up."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.drafts import lock_event
from gamebash.events.models import Event, Player, Waiting
from gamebash.events.places import places_left, take_place
from gamebash.events.players import USUAL_HOURS, check_hours, find_player, refuse_joining, refuse_person
from gamebash.people.models import Person


class NotWaitingError(DomainError):
    """The person does not wait for a place."""


def wait_for_place(event: Event, person: Person, *, now: datetime, hours: float = USUAL_HOURS) -> Waiting | Player:
    """Wait for a place in a full event; where one is free by now, it is taken at once.

    Raises:
        NotOptedInError, PlayerRemovedError: where the person may not play.
        JoiningOverError: where the event is a draft, over or cancelled.
        InvalidError: where the hours make no sense.
    """
    check_hours(hours)
    lock_event(event)
    refuse_joining(event, now)
    refuse_person(event, person)
    player = find_player(event, person)
    if player is not None and player.left_at is None:
        return player
    waiting = find_waiting(event, person)
    if waiting is not None:
        return waiting
    if places_left(event) != 0:
        return take_place(event, person, hours=hours, now=now)
    waiting = Waiting(event_id=event.id, person_id=person.id, hours_free=hours, since_at=now)
    db.session.add(waiting)
    db.session.flush()
    audit.record("player:waits", person.handle, by_id=person.id, now=now, event_id=event.id, hours=hours)
    return waiting


def stop_waiting(event: Event, person: Person, *, now: datetime) -> None:
    """Give up one's turn.

    Raises:
        NotWaitingError: where the person does not wait.
    """
    lock_event(event)
    waiting = find_waiting(event, person)
    if waiting is None:
        message = f"You do not wait for a place in {event.name}."
        raise NotWaitingError(message)
    db.session.delete(waiting)
    audit.record("player:stopped_waiting", person.handle, by_id=person.id, now=now, event_id=event.id)


def find_waiting(event: Event, person: Person) -> Waiting | None:
    """Return the person's turn on the waiting list, if they have one."""
    return db.session.scalar(sa.select(Waiting).where(Waiting.event_id == event.id, Waiting.person_id == person.id))


def count_waiting(event: Event, before: Waiting | None = None) -> int:
    """Return how many wait, or how many wait before somebody."""
    query = sa.select(sa.func.count()).select_from(Waiting).where(Waiting.event_id == event.id)
    if before is not None:
        query = query.where(Waiting.id < before.id)
    return db.session.scalar(query) or 0
