"""The ceremony: an organiser goes through it step by step, and its end lets the result out."""

import json
from datetime import datetime

import sqlalchemy as sa

from gamebash.ceremony.models import Ceremony
from gamebash.ceremony.results import get_result
from gamebash.ceremony.reveal import script_of
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.core.filters import when
from gamebash.events.lifecycle import is_revealed
from gamebash.events.models import Event, Player
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.pauses import locked_event


class CeremonyRefusedError(DomainError):
    """The ceremony cannot go there now; the message says why."""


def move_ceremony(event: Event, step: int, *, by: Person, now: datetime) -> Ceremony:
    """Go to a step of the ceremony, forward or back; the last one lets the result out.

    A step that the hall has reached already changes nothing, since a press may arrive twice where the network is poor.

    Raises:
        NoResultError: where the event is not closed.
        CeremonyRefusedError: where there is no such step, or the result is out: then everybody has their own keys.
    """
    event = locked_event(event)
    last = script_of(json.loads(get_result(event).document)).drinks
    if not 0 <= step <= last:
        raise CeremonyRefusedError(f"The ceremony of {event.name} has {last + 1} steps; there is no step {step + 1}.")
    if is_revealed(event.state, event.reveals_at, now):
        raise CeremonyRefusedError(
            f"The result of {event.name} is out since {when(event.reveals_at, now)}. Run the ceremony again on your own screen."
        )
    ceremony = db.session.get(Ceremony, event.id)
    if ceremony is None:
        ceremony = Ceremony(event_id=event.id, step=0, started_at=now, started_by_id=by.id, moved_at=now)
        db.session.add(ceremony)
        audit.record("ceremony:started", event.slug, by_id=by.id, now=now, event_id=event.id)
    if step == ceremony.step:
        return ceremony
    ceremony.step, ceremony.moved_at = step, now
    if step == last:
        _reveal(event, ceremony, by=by, now=now)
    else:
        audit.record("ceremony:moved", event.slug, by_id=by.id, now=now, event_id=event.id, step=step)
    return ceremony


def reveal_result(event: Event, *, by: Person, now: datetime) -> Event:
    """Let the result out without a ceremony.

    Raises:
        NoResultError: where the event is not closed.
        CeremonyRefusedError: where it is out already.
    """
    event = locked_event(event)
    get_result(event)
    if is_revealed(event.state, event.reveals_at, now):
        raise CeremonyRefusedError(f"The result of {event.name} is out since {when(event.reveals_at, now)}.")
    _reveal(event, db.session.get(Ceremony, event.id), by=by, now=now)
    return event


def step_of(event: Event) -> int:
    """Return the step that the hall is at; 0 is the dark hall before anybody pressed."""
    return db.session.scalar(sa.select(Ceremony.step).where(Ceremony.event_id == event.id)) or 0


def _reveal(event: Event, ceremony: Ceremony | None, *, by: Person, now: datetime) -> None:
    event.reveals_at = now
    if ceremony is not None:
        ceremony.ended_at = now
    audit.record("event:revealed", event.slug, by_id=by.id, now=now, event_id=event.id)
    text = f"Was {event.name} worth the day? Two minutes, anonymous, open for a week."
    played = sa.select(Player.person_id).where(Player.event_id == event.id, Player.left_at.is_(None))
    for person_id in db.session.scalars(played):
        tell(person_id, NoticeKind.EVENT, text, key=f"survey:{event.id}", now=now, url=f"/events/{event.slug}/retro")
