"""The room in which an event is told of, and what is to be said there."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.chat.kinds import ChatKind
from gamebash.core.db import Model, enum_column
from gamebash.events.models import Event
from gamebash.people.models import Person


class ChatRoom(Model):
    """Where an event is told of. The address is a secret: whoever has it can write into the room."""

    __tablename__ = "chat_rooms"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    kind: Mapped[ChatKind] = mapped_column(enum_column(ChatKind, "chat_kind"))
    address_sealed: Mapped[str] = mapped_column(sa.Text())
    host: Mapped[str] = mapped_column(sa.String(255))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    event: Mapped[Event] = relationship()
    set_by: Mapped[Person] = relationship()


class ChatMessage(Model):
    """Something to be said in the room of an event; ``entry_id`` is the change that it tells of, which is told once.

    ``next_at`` is when it is tried, none when it is over; ``begun_at`` is set while it leaves. The text is gone once it was
    said: it is kept where it was said to.
    """

    __tablename__ = "chat_messages"
    __table_args__ = (
        sa.UniqueConstraint("entry_id"),
        sa.Index("ix_chat_messages_next_at", "next_at", "id"),
        sa.Index("ix_chat_messages_event", "event_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("audit_entries.id"))
    what: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text())
    made_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(sa.String(300), default="")
