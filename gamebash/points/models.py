"""The ledger and the sums kept beside it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.points.scoring import EntryKind
from gamebash.stories.models import Story


class PointEntry(Model):
    """One line of an event's ledger: never changed, chained to the line before by its hash, made once by its key."""

    __tablename__ = "point_entries"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "seq"),
        sa.UniqueConstraint("key", name="uq_point_entries_key"),
        sa.Index("uq_point_entries_reverses_id", "reverses_id", unique=True),
        sa.Index("ix_point_entries_player", "player_id", "id"),
        sa.Index("ix_point_entries_fix", "fix_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    seq: Mapped[int]
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"))
    squad_id: Mapped[int | None] = mapped_column(sa.ForeignKey("squads.id"))
    story_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stories.id"))
    fix_id: Mapped[int | None] = mapped_column(sa.ForeignKey("fixes.id"))
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind, "entry_kind"))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(300))
    at: Mapped[datetime]
    caused_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("point_entries.id"))
    key: Mapped[str] = mapped_column(sa.String(120))
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))
    player: Mapped[Player] = relationship()
    story: Mapped[Story | None] = relationship()
    caused_by: Mapped[Person | None] = relationship()


class LedgerHead(Model):
    """The last line of an event's ledger; its row is locked while the next line is written."""

    __tablename__ = "ledger_heads"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(sa.String(64), default="")
    event: Mapped[Event] = relationship()


class Standing(Model):
    """The sum of a player's entries in an event, written in the same transaction as the entry."""

    __tablename__ = "standings"
    __table_args__ = (
        sa.Index("ix_standings_event", "event_id", "points"),
        sa.Index("ix_standings_squad", "squad_id"),
    )

    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    squad_id: Mapped[int | None] = mapped_column(sa.ForeignKey("squads.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    points: Mapped[int] = mapped_column(default=0)
    fixes: Mapped[int] = mapped_column(default=0)
    last_score_at: Mapped[datetime | None]
    player: Mapped[Player] = relationship()


class EventResult(Model):
    """The result of a closed event as announced: one document, and the line of the ledger that it was made from.

    Never changed. ``document`` holds ids and figures, no names, as canonical JSON; ``sha256`` is of its UTF-8 bytes.
    """

    __tablename__ = "event_results"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    seq: Mapped[int]
    ledger_hash: Mapped[str] = mapped_column(sa.String(64))
    document: Mapped[str] = mapped_column(sa.Text())
    sha256: Mapped[str] = mapped_column(sa.String(64))
    fixed_at: Mapped[datetime]
