"""Setting the room in which an event is told of, and saying something there by hand."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from gamebash.chat import words
from gamebash.chat.kinds import ChatKind
from gamebash.chat.models import ChatMessage, ChatRoom
from gamebash.chat.telling import told_of
from gamebash.core import audit
from gamebash.core.config import allowed_hosts
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.sealing import seal
from gamebash.events.drafts import lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.people.models import Person

# Of what may be said by hand at once, so that a room is not flooded by a button.
MOST_WAITING = 3


class RoomRefusedError(DomainError):
    """The room cannot be set, or nothing be said in it now; the message says why."""


@dataclass(frozen=True, slots=True)
class _Place:
    kind: ChatKind
    sealed: str
    host: str


def set_room(event: Event, kind: ChatKind, address: str, *, by: Person, now: datetime) -> ChatRoom:
    """Let an event be told of in a room; the one before is told nothing more.

    Raises:
        InvalidError: where the address is none that can be called.
        RoomRefusedError: where the event is over.
    """
    host = _host_of(address.strip())
    return _set(event, _Place(kind, seal(address.strip()), host), by=by, now=now)


def same_room(event: Event, other: ChatRoom, *, by: Person, now: datetime) -> ChatRoom:
    """Let an event be told of where another one is.

    Raises:
        RoomRefusedError: where the event is over.
    """
    return _set(event, _Place(other.kind, other.address_sealed, other.host), by=by, now=now)


def drop_room(event: Event, *, by: Person, now: datetime) -> bool:
    """Tell nothing more of an event; says whether there was a room. What waits is not said."""
    lock_event(event)
    room = db.session.get(ChatRoom, event.id)
    if room is None:
        return False
    waiting = sa.update(ChatMessage).where(ChatMessage.event_id == event.id, ChatMessage.next_at.is_not(None))
    values = {"next_at": None, "text": "", "message": "Not said: the room was taken off."}
    db.session.execute(waiting.values(values).execution_options(synchronize_session=False))
    db.session.delete(room)
    audit.record("chat:dropped", event.slug, by_id=by.id, now=now, event_id=event.id)
    return True


def say_test(event: Event, *, by: Person, now: datetime) -> ChatMessage:
    """Try the room out.

    Raises:
        RoomRefusedError: without a room, or where several such lines wait.
    """
    return _say(event, "Test", words.test(told_of(event)), by=by, now=now)


def say_invitation(event: Event, *, by: Person, now: datetime) -> ChatMessage:
    """Invite the room.

    Raises:
        RoomRefusedError: without a room, for what is a draft or over, or where several such lines wait.
    """
    if event.state not in {EventState.SCHEDULED, EventState.LIVE}:
        raise RoomRefusedError(f"{event.name} is {event.state.value}. People are invited once it is scheduled.")
    return _say(event, "Invitation", words.invitation(told_of(event)), by=by, now=now)


def _host_of(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidError("That is no address. Copy it whole from the settings of the chat.") from error
    if not host or parts.scheme not in {"https", "http"}:
        raise InvalidError("The address begins with https://. Copy it whole from the settings of the chat.")
    if parts.scheme == "http" and host.casefold() not in allowed_hosts(current_app.config):
        raise InvalidError("Only a chat in your own network may be told without https; an admin has to allow its host.")
    if parts.username or parts.password:
        raise InvalidError("The address must not hold a name or a password.")
    return host


def _set(event: Event, place: _Place, *, by: Person, now: datetime) -> ChatRoom:
    lock_event(event)
    if event.state in {EventState.CLOSED, EventState.CANCELLED}:
        raise RoomRefusedError(f"{event.name} is {event.state.value}; there is nothing more to tell.")
    room = db.session.get(ChatRoom, event.id)
    if room is None:
        room = ChatRoom(event_id=event.id)
        db.session.add(room)
    room.kind, room.address_sealed, room.host = place.kind, place.sealed, place.host
    room.set_at, room.set_by_id = now, by.id
    db.session.flush()
    audit.record(
        "chat:set", event.slug, by_id=by.id, now=now, event_id=event.id, kind=place.kind.value, host=place.host
    )
    return room


def _say(event: Event, what: str, text: str, *, by: Person, now: datetime) -> ChatMessage:
    lock_event(event)
    if db.session.get(ChatRoom, event.id) is None:
        raise RoomRefusedError(f"{event.name} has no room. Set one first.")
    by_hand = sa.select(sa.func.count()).where(
        ChatMessage.event_id == event.id, ChatMessage.next_at.is_not(None), ChatMessage.entry_id.is_(None)
    )
    if (db.session.scalar(by_hand) or 0) >= MOST_WAITING:
        raise RoomRefusedError("Some lines still wait to be said there. Wait for them.")
    message = ChatMessage(event_id=event.id, what=what, text=text, made_at=now, next_at=now)
    db.session.add(message)
    db.session.flush()
    audit.record("chat:said", event.slug, by_id=by.id, now=now, what=what)
    return message
