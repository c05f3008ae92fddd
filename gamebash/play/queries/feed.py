"""What has just happened in an event, in words, read from the record of changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.events.freeze import STILL_TOLD
from gamebash.events.models import Event
from gamebash.people.models import Person

ITEMS = 8

WORDS: Mapping[str, tuple[str, str]] = {
    "story:claimed": ("claimed", "."),
    "story:taken_over": ("took over", "."),
    "story:released": ("let go of", "."),
    "fix:submitted": ("asked for a review of", "."),
    "fix:accepted": ("squashed", "."),
    "fix:sent_back": ("sent", " back for another go."),
    "player:break_began": ("went to help with a live incident.", ""),
    "player:break_ended": ("is back in the game.", ""),
    "event:announced": ("announced:", ""),
    "question:answered_to_all": ("answered to all:", ""),
    "event:delayed": ("moved the start.", ""),
    "event:went_live": ("opened the board.", ""),
    "event:paused": ("paused the clock.", ""),
    "event:resumed": ("started the clock again.", ""),
    "event:extended": ("gave everybody more time.", ""),
    "event:ended": ("called full time.", ""),
}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One thing that happened: who did what with which story, and the points it gave."""

    number: int
    at: datetime
    who: str
    words: str
    key: str
    rest: str
    plus: int | None


@dataclass(frozen=True, slots=True)
class Feed:
    """The latest of an event, newest first."""

    slug: str
    items: tuple[FeedItem, ...]


def feed_of(event: Event, *, now: datetime) -> Feed:
    """Return the newest things worth telling everybody; what happens after a freeze is not told until the ceremony."""
    query = (
        sa.select(AuditEntry, Person)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(AuditEntry.event_id == event.id, AuditEntry.tag.in_(WORDS))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(ITEMS)
    )
    until = event.public_until(now)
    if until is not None:
        query = query.where(sa.or_(AuditEntry.at <= until, AuditEntry.tag.in_(STILL_TOLD)))
    return Feed(event.slug, tuple(_item(entry, person) for entry, person in db.session.execute(query)))


def _item(entry: AuditEntry, person: Person | None) -> FeedItem:
    words, rest = WORDS[entry.tag]
    detail: dict[str, Any] = entry.detail or {}
    key = entry.subject_key if entry.subject_kind in {"story", "fix"} else ""
    who = detail.get("player") or (person.player_name if person else "Somebody")
    said = f" {detail['text']}" if "text" in detail and not key else rest
    return FeedItem(entry.id, entry.at, str(who), words, key, said, detail.get("points"))
