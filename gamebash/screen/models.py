"""The links that open big screens."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model
from gamebash.events.models import Event
from gamebash.people.models import Person


class ScreenLink(Model):
    """A link to an event's big screen, by the hash of its token. An event has one that works at a time.

    ``has_knock``: screens opened by it knock softly at each squash.
    """

    __tablename__ = "screen_links"
    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.Index(
            "uq_screen_links_open_event",
            "event_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    has_knock: Mapped[bool] = mapped_column(default=False)
    event: Mapped[Event] = relationship()
    made_by: Mapped[Person] = relationship()
