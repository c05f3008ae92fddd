"""What organisers see of the room of an event."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.chat.kinds import LABELS
from gamebash.chat.models import ChatMessage, ChatRoom
from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event

SHOWN = 12


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room that is set: its kind in words, the chat's host, who set it and when."""

    kind: str
    host: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class MessageLine:
    """Something said or to be said: what it is about, when it was said, else why not (yet)."""

    what: str
    made_at: datetime
    sent_at: datetime | None
    waits: bool
    message: str


@dataclass(frozen=True, slots=True)
class RoomPage:
    """The room of an event, what was said there last, and another event whose room it can take over (its slug and name)."""

    slug: str
    name: str
    room: RoomLine | None
    messages: tuple[MessageLine, ...]
    can_invite: bool
    is_over: bool
    other: tuple[str, str] | None

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be said."""
        return any(one.waits for one in self.messages)


def room_page(event: Event) -> RoomPage:
    """Return the page of an event's room. Three queries."""
    room = db.session.scalar(
        sa.select(ChatRoom).where(ChatRoom.event_id == event.id).options(joinedload(ChatRoom.set_by))
    )
    latest = sa.select(ChatMessage).where(ChatMessage.event_id == event.id).order_by(ChatMessage.id.desc())
    other = None if room else _last_other(event)
    return RoomPage(
        event.slug,
        event.name,
        RoomLine(LABELS[room.kind], room.host, room.set_by.name, room.set_at) if room else None,
        tuple(_line(one) for one in db.session.scalars(latest.limit(SHOWN))),
        can_invite=event.state in {EventState.SCHEDULED, EventState.LIVE},
        is_over=event.state in {EventState.CLOSED, EventState.CANCELLED},
        other=(other.event.slug, other.event.name) if other else None,
    )


def get_room(event: Event) -> ChatRoom:
    """Return the room of an event.

    Raises:
        NotFoundError: where it has none.
    """
    room = db.session.get(ChatRoom, event.id)
    if room is None:
        raise NotFoundError(f"{event.name} is told of in no chat.")
    return room


def _last_other(event: Event) -> ChatRoom | None:
    query = sa.select(ChatRoom).where(ChatRoom.event_id != event.id).options(joinedload(ChatRoom.event))
    return db.session.scalar(query.order_by(ChatRoom.set_at.desc(), ChatRoom.event_id.desc()).limit(1))


def _line(one: ChatMessage) -> MessageLine:
    return MessageLine(one.what, one.made_at, one.sent_at, one.next_at is not None, one.message)
