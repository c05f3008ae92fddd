"""Making somebody who left anonymous: the one case in which a text in an append-only table changes, and its record.

While an erasure is open (``finished_at`` empty, inside one transaction), the triggers of ``append_only`` let the texts of
those tables be changed, and nothing else of them. Where such a text is part of a chain's hash, the entry keeps the hash
that was true of it, and a redaction keeps the hash of what it says since.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from gamebash.core.db import Model, db


class Erasure(Model):
    """Somebody was made anonymous: by whom, when, and in how many places. Their old name is nowhere kept."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), unique=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    places: Mapped[int] = mapped_column(default=0)


class Redaction(Model):
    """A text of a chained entry was changed by an erasure: the hash that stands in the entry, and that of what it says now."""

    __tablename__ = "redactions"
    __table_args__ = (sa.Index("ix_redactions_entry", "table_name", "row_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    erasure_id: Mapped[int] = mapped_column(sa.ForeignKey("erasures.id"))
    table_name: Mapped[str] = mapped_column(sa.String(32))
    row_id: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    rehash: Mapped[str] = mapped_column(sa.String(64))


def is_redacted(table: str, row_id: int, stored: str, found: str) -> bool:
    """Say whether an entry with a stored hash may say what hashes to ``found``: its last redaction says so."""
    latest = sa.select(Redaction).where(Redaction.table_name == table, Redaction.row_id == row_id)
    redaction = db.session.scalar(latest.order_by(Redaction.id.desc()).limit(1))
    return redaction is not None and (redaction.hash, redaction.rehash) == (stored, found)


def last_erasure() -> sa.ScalarSelect[int | None]:
    """Return the number of the last erasure as an expression: what was drawn before it is drawn anew."""
    return sa.select(sa.func.max(Erasure.id)).scalar_subquery()
