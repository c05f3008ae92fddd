"""Who changed an event last, when, and whether somebody else did so since a page was opened."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.filters import when
from gamebash.events.models import Event
from gamebash.events.refusals import StaleEditError
from gamebash.people.models import Person

DAY_TAGS = ("event:drafted", "event:day_changed", "event:went_live")
THE_CLOCK = "The clock"
RULES_TAGS = ("event:drafted", "event:rules_changed")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the record: who did it, and when."""

    who: str
    at: datetime
    tag: str


def last_change(event: Event, tags: tuple[str, ...] = ()) -> Change | None:
    """Return the latest change of an event that bears one of these tags, or the latest at all."""
    query = (
        sa.select(AuditEntry.at, AuditEntry.tag, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(AuditEntry.event_id == event.id, AuditEntry.subject_kind == "event")
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if tags:
        query = query.where(AuditEntry.tag.in_(tags))
    row = db.session.execute(query).first()
    return Change(row.name or THE_CLOCK, row.at, row.tag) if row else None


def day_version(event: Event) -> str:
    """Return a mark that changes with the event's day: its name, times, place, link, limit and words."""
    moments = (event.starts_at, event.ends_at, event.freezes_at, event.reviews_end_at)
    words = (event.name, event.place, event.link, event.about, event.player_limit)
    return _mark([*words, *(str(moment) for moment in moments)])


def rules_version(event: Event) -> str:
    """Return a mark that changes with the event's rules."""
    return _mark(event.rules)


def refuse_stale_edit(
    event: Event, seen: str | None, version: Callable[[Event], str], tags: tuple[str, ...], now: datetime
) -> None:
    """Refuse to overwrite what somebody else changed since the page was opened; without a mark nothing is checked.

    Raises:
        StaleEditError: naming who changed it, and when.
    """
    if not seen or seen == version(event):
        return
    change = last_change(event, tags)
    who = f"{change.who} changed this at {when(change.at, now)}" if change else "Somebody changed this"
    message = f"{who}, after you opened the page. What you see now is the newer version; enter your change again."
    raise StaleEditError(message)


def _mark(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
