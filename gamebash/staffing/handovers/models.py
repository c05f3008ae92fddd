"""Handovers, their items and days together, and the receiver's signature."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.rotation.models import Move
from gamebash.staffing.handovers.checklist import DayKind

STANDS = "cancelled_at IS NULL"


class Handover(Model):
    """What ``person`` passes on before they leave a team by a planned move, to the receiver.

    ``move`` is the entry that counts: where a correction takes its place, the handover goes over to that one.
    ``reminded_on`` is the day up to which people were reminded.
    """

    __tablename__ = "handovers"
    __table_args__ = (
        sa.Index("ix_handovers_person", "person_id"),
        sa.Index("ix_handovers_receiver", "receiver_id"),
        sa.CheckConstraint("receiver_id IS NULL OR receiver_id != person_id", name="somebody_else"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    move_id: Mapped[int] = mapped_column(sa.ForeignKey("moves.id"), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    notes: Mapped[str] = mapped_column(sa.Text(), default="")
    made_at: Mapped[datetime]
    reminded_on: Mapped[date | None]
    move: Mapped[Move] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    receiver: Mapped[Person | None] = relationship(foreign_keys=[receiver_id])
    items: Mapped[list["HandoverItem"]] = relationship(order_by="HandoverItem.id")


class HandoverItem(Model):
    """One thing to pass on; the giver ticks it."""

    __tablename__ = "handover_items"
    __table_args__ = (sa.Index("ix_handover_items_handover", "handover_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(sa.ForeignKey("handovers.id"))
    text: Mapped[str] = mapped_column(sa.String(200))
    ticked_at: Mapped[datetime | None]


class HandoverDay(Model):
    """A day that giver and receiver spend together. One a day; a cancelled one stays, so that calendars hear of it."""

    __tablename__ = "handover_days"
    __table_args__ = (
        sa.Index("uq_handover_days_on", "handover_id", "together_on", unique=True, sqlite_where=sa.text(STANDS),
                 postgresql_where=sa.text(STANDS)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(sa.ForeignKey("handovers.id"), index=True)
    together_on: Mapped[date]
    kind: Mapped[DayKind] = mapped_column(enum_column(DayKind, "handover_day_kind"))
    planned_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    planned_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    handover: Mapped[Handover] = relationship()


class HandoverSignOff(Model):
    """The receiver took it over, with these services of the team left. Written once, and never changed."""

    __tablename__ = "handover_sign_offs"

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(sa.ForeignKey("handovers.id"), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    signed_at: Mapped[datetime] = mapped_column(index=True)
    services: Mapped[list[int]] = mapped_column(sa.JSON(none_as_null=True), default=list)
