"""Audits of an event: asked for, worked off by a worker, and kept."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from gamebash.core.db import Model


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
