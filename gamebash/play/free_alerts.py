"""Watching a held story: told once when it is let go of or runs out."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.claims import find_open_claim
from gamebash.play.models import Claim, FreeAlert


class AlertRefusedError(DomainError):
    """There is nothing to wait for; the message says how the story stands."""


def ask_when_free(entry: EventStory, person: Person, *, now: datetime) -> FreeAlert:
    """Ask to be told when a held story is free; asking twice is asking once.

    Raises:
        AlertRefusedError: where it is free now, or one holds it oneself.
    """
    claim, key = find_open_claim(entry.story_id), entry.story.key
    if claim is None or (claim.lease_ends_at is not None and not claim.holds_at(entry.event.paused_at or now)):
        raise AlertRefusedError(f"{key} is free now. Claim it.")
    if claim.player.person_id == person.id:
        raise AlertRefusedError(f"{key} is yours.")
    query = sa.select(FreeAlert).where(
        FreeAlert.event_id == entry.event_id, FreeAlert.story_id == entry.story_id, FreeAlert.person_id == person.id
    )
    alert = db.session.scalar(query)
    if alert is None:
        alert = FreeAlert(event_id=entry.event_id, story_id=entry.story_id, person_id=person.id, asked_at=now)
        db.session.add(alert)
        db.session.flush()
        _record("person:waits_for_story", entry, person, now)
    return alert


def stop_waiting(entry: EventStory, person: Person, *, now: datetime) -> bool:
    """Say that one does not want to be told after all; says whether one was to be."""
    query = sa.delete(FreeAlert).where(
        FreeAlert.event_id == entry.event_id, FreeAlert.story_id == entry.story_id, FreeAlert.person_id == person.id
    )
    was_waiting = db.session.scalar(query.returning(FreeAlert.id)) is not None
    if was_waiting:
        _record("person:waits_no_more", entry, person, now)
    return was_waiting


def sweep_free_alerts(*, now: datetime) -> bool:
    """Tell whoever waits for a story that is free; forget it where it was squashed or the event is over."""
    query = (
        sa.select(FreeAlert, EventStory.squashed_at)
        .join(Event, Event.id == FreeAlert.event_id)
        .join(
            EventStory,
            sa.and_(EventStory.event_id == FreeAlert.event_id, EventStory.story_id == FreeAlert.story_id),
        )
        .where(Event.paused_at.is_(None), sa.or_(~_is_held(now), Event.state != EventState.LIVE, Event.ends_at <= now))
        .options(joinedload(FreeAlert.event), joinedload(FreeAlert.story))
        .order_by(FreeAlert.id)
    )
    due = db.session.execute(query).all()
    for alert, squashed_at in due:
        event = alert.event
        if squashed_at is None and event.state is EventState.LIVE and event.ends_at > now:
            text = f"{alert.story.key} is free again: {alert.story.title}"
            url, key = f"/stories/{alert.story.key}", f"free:{alert.story_id}:{alert.asked_at.isoformat()}"
            tell(alert.person_id, NoticeKind.STORY_FREE, text, key=key, now=now, url=url)
        db.session.delete(alert)
    return bool(due)


def _record(tag: str, entry: EventStory, person: Person, now: datetime) -> None:
    audit.record(tag, person.handle, by_id=person.id, now=now, event_id=entry.event_id, story=entry.story.key)


def _is_held(now: datetime) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Claim.story_id == FreeAlert.story_id,
        Claim.ended_at.is_(None),
        sa.or_(Claim.lease_ends_at.is_(None), Claim.lease_ends_at > now),
    )
