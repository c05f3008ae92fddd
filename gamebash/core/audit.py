"""The record of every state change: who, when, what. Append-only, by trigger."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from gamebash.core.db import Model, db, mark_changed


class AuditEntry(Model):
    """One change: its tag is ``subject:action``, its subject the thing's public key."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("ix_audit_entries_subject", "subject_kind", "subject_key", "id"),
        sa.Index("ix_audit_entries_event", "event_id", "id"),
        sa.Index("ix_audit_entries_event_at", "event_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    tag: Mapped[str] = mapped_column(sa.String(64))
    subject_kind: Mapped[str] = mapped_column(sa.String(32))
    subject_key: Mapped[str] = mapped_column(sa.String(200))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True), default=dict)


def record(
    tag: str,
    subject_key: str,
    *,
    by_id: int | None,
    now: datetime,
    event_id: int | None = None,
    **detail: Any,
) -> AuditEntry:
    """Write down that somebody did something; called inside the action, kept with its transaction.

    ``tag`` is ``subject:action`` (``story:claimed``); ``detail`` holds plain values that JSON can carry. With an event
    named, the pages that show it are told when the transaction is kept.
    """
    entry = AuditEntry(
        at=now,
        person_id=by_id,
        tag=tag,
        subject_kind=tag.partition(":")[0],
        subject_key=subject_key,
        event_id=event_id,
        detail=detail,
    )
    db.session.add(entry)
    if event_id is not None:
        mark_changed(topic_of(event_id))
    return entry


def topic_of(event_id: int) -> str:
    """Return the topic that the pages of an event watch."""
    return f"event:{event_id}"


def event_id_in(topic: str) -> int:
    """Return whose topic it is."""
    return int(topic.partition(":")[2])


def marks_of(topics: Collection[str]) -> sa.Select[int | None, int]:
    """Return a query for the newest change of each of these topics, as (event's id, entry's id)."""
    event_ids = [event_id_in(topic) for topic in topics]
    newest = sa.func.max(AuditEntry.id)
    return (
        sa.select(AuditEntry.event_id, newest).where(AuditEntry.event_id.in_(event_ids)).group_by(AuditEntry.event_id)
    )
