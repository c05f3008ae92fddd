"""Audits of an event, made by a worker; and what organisers said of its flags."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model
from gamebash.people.models import Person


class IncentiveAudit(Model):
    """One audit of an event. At most one of an event is under way; ``mark`` says which rules, stories and players it was of."""

    __tablename__ = "incentive_audits"
    __table_args__ = (
        sa.Index(
            "uq_incentive_audits_open",
            "event_id",
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        ),
        sa.Index("ix_incentive_audits_event", "event_id", "finished_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    parts_done: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    mark: Mapped[str] = mapped_column(sa.String(16), default="")
    message: Mapped[str] = mapped_column(sa.String(300), default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), deferred=True)


class FlagVerdict(Model):
    """That an organiser looked at a flag and is content, and why; kept with the event, so that nobody looks twice."""

    __tablename__ = "flag_verdicts"
    __table_args__ = (sa.UniqueConstraint("event_id", "key", name="uq_flag_verdicts_event_id_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(sa.String(200))
    says: Mapped[str] = mapped_column(sa.String(500))
    reason: Mapped[str] = mapped_column(sa.String(300))
    seen_at: Mapped[datetime]
    seen_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    seen_by: Mapped[Person] = relationship()
