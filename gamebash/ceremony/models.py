"""The awards of an event, how far its ceremony is, and its report."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.ceremony.award_rules import AwardRule
from gamebash.core.db import Model, enum_column
from gamebash.events.models import Event
from gamebash.people.models import Person
from gamebash.points.models import PointEntry


class EventAward(Model):
    """An award of an event: given by hand while it is judged, or by rule when it closes; after that it stands.

    ``figures`` are those of the rule. One by hand has a title, a reason, who gave it, and the entry that pays it where it
    pays. A row with ``is_left_out`` keeps an organiser's decision not to give what a rule proposes, with the reason.
    """

    __tablename__ = "event_awards"
    __table_args__ = (sa.UniqueConstraint("event_id", "rule", "person_id", "title", name="uq_event_awards_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    rule: Mapped[AwardRule] = mapped_column(enum_column(AwardRule, "award_rule"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True), default=dict)
    title: Mapped[str] = mapped_column(sa.String(60), default="")
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    is_left_out: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("point_entries.id"))
    at: Mapped[datetime]
    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    entry: Mapped[PointEntry | None] = relationship()


class Ceremony(Model):
    """How far the ceremony of a closed event is, so that whoever comes late or follows from afar sees the same step."""

    __tablename__ = "ceremonies"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    step: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    moved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    event: Mapped[Event] = relationship()


class EventReport(Model):
    """The published report of an event. ``figures`` are those of that moment, ``last_figures`` those after the watch."""

    __tablename__ = "event_reports"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    figures: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True))
    finished_at: Mapped[datetime | None]
    last_figures: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    event: Mapped[Event] = relationship()
