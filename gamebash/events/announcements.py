"""Announcements: what the organisers tell everybody who plays, waits or watches. They cannot be missed."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import clock
from gamebash.core.rows import one_row
from gamebash.events.audience import tell_everybody
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Announcement, AnnouncementSeen, Event
from gamebash.people.models import Person

LONGEST = 500
SPEAKING = (EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)
UNDO_WITHIN = timedelta(minutes=10)


class AnnouncementRefusedError(DomainError):
    """Nothing can be announced, or taken back, now."""


def announce(event: Event, text: str, *, by: Person, now: datetime) -> Announcement:
    """Tell everybody something: a banner on every page of the event, a line in the feed, a notice for each.

    Raises:
        InvalidError: for nothing, or more than fits.
        AnnouncementRefusedError: where the event is a draft, closed or cancelled.
    """
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise InvalidError(f"Say it in 1 to {LONGEST} letters.")
    if event.state not in SPEAKING:
        raise AnnouncementRefusedError(f"{event.name} is {event.state.value}; nobody listens to it now.")
    announcement = Announcement(event_id=event.id, text=text, at=now, by_id=by.id)
    db.session.add(announcement)
    db.session.flush()
    audit.record("event:announced", event.slug, by_id=by.id, now=now, event_id=event.id, text=text)
    tell_everybody(event, f"{event.name}: {text}", key=f"announced:{announcement.id}", now=now)
    return announcement


def withdraw_announcement(announcement: Announcement, *, by: Person, now: datetime) -> Announcement:
    """Take an announcement off every page again, within ten minutes; whoever read it has read it.

    Raises:
        AnnouncementRefusedError: later than that, or where it was taken back already.
    """
    if announcement.withdrawn_at is not None:
        raise AnnouncementRefusedError(f"It was taken back at {clock(announcement.withdrawn_at)} already.")
    if now - announcement.at > UNDO_WITHIN:
        raise AnnouncementRefusedError("It was read for ten minutes by now. Announce what is right instead.")
    announcement.withdrawn_at = now
    event = db.session.get_one(Event, announcement.event_id)
    audit.record("event:announcement_withdrawn", event.slug, by_id=by.id, now=now, event_id=event.id)
    return announcement


def dismiss_announcement(announcement: Announcement, person: Person, *, now: datetime) -> None:
    """Put an announcement away for oneself; a second time changes nothing."""
    seen = db.session.get(AnnouncementSeen, (announcement.id, person.id))
    if seen is None:
        db.session.add(AnnouncementSeen(announcement_id=announcement.id, person_id=person.id, at=now))
        db.session.flush()


def get_announcement(event: Event, number: int) -> Announcement:
    """Return an announcement of an event.

    Raises:
        NotFoundError: where there is none of that number.
    """
    query = sa.select(Announcement).where(Announcement.id == number, Announcement.event_id == event.id)
    return one_row(query, f"{event.name} has no such announcement.")
