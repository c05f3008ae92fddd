"""Rescores: who corrected which set of entries, when and why."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.events.models import Event
from gamebash.people.models import Person
from gamebash.rescoring.plan import Deed


class Rescore(Model):
    """One applied rescore; its correction entries name its reference (R-4) in their reason and their keys."""

    __tablename__ = "rescores"
    __table_args__ = (sa.Index("ix_rescores_event", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    deed: Mapped[Deed] = mapped_column(enum_column(Deed, "rescore_deed"))
    chosen: Mapped[str] = mapped_column(sa.String(300))
    reason: Mapped[str] = mapped_column(sa.String(200))
    fixes: Mapped[int]
    entries: Mapped[int]
    points: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    event: Mapped[Event] = relationship()
    made_by: Mapped[Person] = relationship()

    @property
    def reference(self) -> str:
        """What its entries are known by."""
        return f"R-{self.number}"
