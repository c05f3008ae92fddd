"""Links to the big screen: made and ended by organisers, shown once, read-only, and dead soon after the event."""

import secrets
from collections.abc import Collection, Hashable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit, clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import NotFoundError
from gamebash.core.filters import when
from gamebash.core.live.hub import Pass
from gamebash.events.drafts import lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.events.refusals import NotReadyError
from gamebash.people.identity import token_hash
from gamebash.people.models import Person
from gamebash.people.throttling import count_guess, refuse_guesses
from gamebash.screen.models import ScreenLink

PURPOSE = "screen"
# The hall looks on until the ceremony is over and the music starts.
AFTER_CLOSING = timedelta(days=1)
IF_NEVER_CLOSED = timedelta(days=7)


class DeadScreenError(NotFoundError):
    """The link was ended or replaced, its event is over, or it never was; does not tell which."""


def make_link(event: Event, *, by: Person, now: datetime, has_knock: bool = False) -> str:
    """Return the token of a new link to an event's big screen; the earlier one stops working.

    ``has_knock``: screens opened by it knock softly at each squash that everybody may see.

    Raises:
        NotReadyError: where the event is over, so that the link would be dead at once.
    """
    lock_event(event)
    db.session.refresh(event)
    if not _is_shown(event, now):
        raise NotReadyError(f"{event.name} is over since {when(event.ends_at)}; there is nothing to show any more.")
    _end(event, now=now)
    token = secrets.token_urlsafe(32)
    link = ScreenLink(
        event_id=event.id, token_hash=token_hash(token), made_at=now, made_by_id=by.id, has_knock=has_knock
    )
    db.session.add(link)
    db.session.flush()
    audit.record("screen:made", event.slug, by_id=by.id, now=now, event_id=event.id)
    return token


def end_link(event: Event, *, by: Person, now: datetime) -> bool:
    """End the link to an event's big screen; says whether there was one. Screens that show it go dark with the next update."""
    lock_event(event)
    was_there = _end(event, now=now)
    if was_there:
        audit.record("screen:ended", event.slug, by_id=by.id, now=now, event_id=event.id)
    return was_there


def get_working_link(token: str, *, now: datetime) -> ScreenLink:
    """Return the link that a token is of, with the event that it shows.

    Raises:
        DeadScreenError: where it shows none.
    """
    query = (
        sa.select(ScreenLink)
        .where(ScreenLink.token_hash == token_hash(token), ScreenLink.ended_at.is_(None))
        .options(joinedload(ScreenLink.event))
    )
    link = db.session.scalar(query)
    if link is None or not _is_shown(link.event, now):
        raise DeadScreenError("This screen is switched off. Ask an organiser for a new link.")
    return link


def open_screen(token: str, *, address: str, now: datetime) -> ScreenLink:
    """Return the link that a token is of to whoever asks from an address.

    Raises:
        DeadScreenError: where it shows none; counted for the address.
        ThrottledError: where too many tokens from that address showed none.
    """
    refuse_guesses(PURPOSE, address, now=now)
    try:
        return get_working_link(token, now=now)
    except DeadScreenError:
        # Kept although the answer is a refusal: what is counted must stay counted.
        with unit_of_work():
            count_guess(PURPOSE, address, now=now)
        raise


def still_shown(keys: Collection[Hashable]) -> Collection[Hashable]:
    """Return the hashes of tokens that still show something; in one query for all screens of a process."""
    query = (
        sa.select(ScreenLink.token_hash, Event)
        .join(Event, Event.id == ScreenLink.event_id)
        .where(ScreenLink.token_hash.in_(keys), ScreenLink.ended_at.is_(None))
    )
    now = clock.now()
    return [hashed for hashed, event in db.session.execute(query) if _is_shown(event, now)]


def screen_pass(token: str) -> Pass:
    """Return what lets a hall watch for as long as its link works."""
    return Pass(still_shown, token_hash(token))


def _is_shown(event: Event, now: datetime) -> bool:
    if event.state is EventState.CANCELLED:
        return False
    if event.closed_at is not None:
        return now < event.closed_at + AFTER_CLOSING
    return now < event.reviews_end_at + IF_NEVER_CLOSED


def _end(event: Event, *, now: datetime) -> bool:
    update = sa.update(ScreenLink).where(ScreenLink.event_id == event.id, ScreenLink.ended_at.is_(None))
    ended = db.session.execute(update.values(ended_at=now).execution_options(synchronize_session=False))
    return bool(ended.rowcount)  # type: ignore[attr-defined]
