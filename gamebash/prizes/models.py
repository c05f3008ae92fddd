"""The prizes of an event, and who got one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.events.models import Event, Player
from gamebash.prizes.moments import PrizeKind


class Prize(Model):
    """Something small that an event gives. ``seed`` decides a draw; only its hash is shown until all of it is drawn."""

    __tablename__ = "prizes"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "what"),
        sa.CheckConstraint("pieces >= 1 AND every >= 1", name="some"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    what: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[PrizeKind] = mapped_column(enum_column(PrizeKind, "prize_kind"))
    pieces: Mapped[int]
    every: Mapped[int]
    seed: Mapped[str] = mapped_column(sa.String(64))
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    event: Mapped[Event] = relationship()


class PrizeWinner(Model):
    """Who got a piece of a prize, why, and when it was handed over; empty while it waits. One piece a moment."""

    __tablename__ = "prize_winners"
    __table_args__ = (
        sa.UniqueConstraint("prize_id", "ordinal", name="uq_prize_winners_moment"),
        sa.Index("ix_prize_winners_player", "player_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prize_id: Mapped[int] = mapped_column(sa.ForeignKey("prizes.id"))
    ordinal: Mapped[int]
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"))
    why: Mapped[str] = mapped_column(sa.String(300))
    # The numbers that were in the hat, where it was drawn.
    hat: Mapped[list[int] | None] = mapped_column(sa.JSON(none_as_null=True))
    named_at: Mapped[datetime]
    named_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    handed_at: Mapped[datetime | None]
    prize: Mapped[Prize] = relationship()
    player: Mapped[Player] = relationship()
