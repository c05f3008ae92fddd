"""Releases, the hypercare that follows them, who is L3, what was taught, and how it was decided to end."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.backlog.models import Service
from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.staffing.hypercare.kinds import DecisionKind, SeatState
from gamebash.staffing.rulebook import HypercareRule

RUNS = "ended_on IS NULL"
IS_END = "kind != 'prolonged'"


class ReleaseHook(Model):
    """A secret address to which a deploy pipeline sends its releases. Only its hash is kept."""

    __tablename__ = "release_hooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Hypercare(Model):
    """The time after a release in which builders stay beside ops. A service has one that runs at a time.

    ``rule`` is the rule as it was when it began. ``expected_on`` is until when those who built it usually stay,
    ``longest_on`` the day on which somebody has to decide. ``ended_on`` is the day after the last one.
    """

    __tablename__ = "hypercares"
    __table_args__ = (
        sa.Index("uq_hypercares_running", "service_id", unique=True, sqlite_where=sa.text(RUNS),
                 postgresql_where=sa.text(RUNS)),
        sa.Index("ix_hypercares_ended_on", "ended_on", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"), index=True)
    begins_on: Mapped[date]
    expected_on: Mapped[date]
    longest_on: Mapped[date]
    ended_on: Mapped[date | None]
    rule: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True))
    runbook_url: Mapped[str] = mapped_column(sa.String(500), default="")
    alerts: Mapped[str] = mapped_column(sa.String(500), default="")
    reminded_on: Mapped[date | None]
    service: Mapped[Service] = relationship()
    seats: Mapped[list["L3Seat"]] = relationship(order_by="L3Seat.id")

    @property
    def asks(self) -> HypercareRule:
        """The rule as it was when it began."""
        return HypercareRule.from_document(self.rule)


class Release(Model):
    """A version of a service that went out; registered once, by a person or by a pipeline."""

    __tablename__ = "releases"
    __table_args__ = (
        sa.UniqueConstraint("service_id", "version", name="uq_releases_service_id_version"),
        sa.Index("ix_releases_deployed_at", "deployed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    version: Mapped[str] = mapped_column(sa.String(80))
    deployed_at: Mapped[datetime]
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    registered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    hook_id: Mapped[int | None] = mapped_column(sa.ForeignKey("release_hooks.id"))
    registered_at: Mapped[datetime]
    hypercare_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hypercares.id"), index=True)
    service: Mapped[Service] = relationship()
    hypercare: Mapped[Hypercare | None] = relationship()
    registered_by: Mapped[Person | None] = relationship()
    hook: Mapped[ReleaseHook | None] = relationship()
    authors: Mapped[list["ReleaseAuthor"]] = relationship(order_by="ReleaseAuthor.id")


class ReleaseAuthor(Model):
    """Somebody who wrote changes of a release, as the pipeline named them, and who that is here where known."""

    __tablename__ = "release_authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(sa.ForeignKey("releases.id"), index=True)
    given: Mapped[str] = mapped_column(sa.String(200))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    person: Mapped[Person | None] = relationship()


class L3Seat(Model):
    """Somebody was asked to stay as L3, why, and what they said. Nobody is L3 without having said yes.

    ``until_on`` is the day after their last one, where they stepped back or it ended.
    """

    __tablename__ = "l3_seats"
    __table_args__ = (
        sa.UniqueConstraint("hypercare_id", "person_id", name="uq_l3_seats_person"),
        sa.Index("ix_l3_seats_person", "person_id", "state"),
        sa.CheckConstraint("state != 'accepted' OR from_on IS NOT NULL", name="accepted_from_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hypercare_id: Mapped[int] = mapped_column(sa.ForeignKey("hypercares.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    reasons: Mapped[list[str]] = mapped_column(sa.JSON(none_as_null=True), default=list)
    state: Mapped[SeatState] = mapped_column(enum_column(SeatState, "l3_seat_state"), default=SeatState.ASKED)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    hypercare: Mapped[Hypercare] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class TeachEntry(Model):
    """What an L3 taught whom, and when. It counts once the learner confirmed it; never changed."""

    __tablename__ = "teach_entries"
    __table_args__ = (
        sa.Index("ix_teach_entries_hypercare", "hypercare_id", "id"),
        sa.Index("ix_teach_entries_learner", "learner_id", "id"),
        sa.CheckConstraint("teacher_id != learner_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hypercare_id: Mapped[int] = mapped_column(sa.ForeignKey("hypercares.id"))
    teacher_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    what: Mapped[str] = mapped_column(sa.String(300))
    taught_on: Mapped[date]
    logged_at: Mapped[datetime]
    hypercare: Mapped[Hypercare] = relationship()
    teacher: Mapped[Person] = relationship(foreign_keys=[teacher_id])
    learner: Mapped[Person] = relationship(foreign_keys=[learner_id])


class TeachConfirmation(Model):
    """The learner says that they were taught that; once."""

    __tablename__ = "teach_confirmations"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("teach_entries.id"), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    confirmed_at: Mapped[datetime] = mapped_column(index=True)


class HypercareDecision(Model):
    """How a hypercare was decided on: its one end, or that it goes on until a further day. Never changed.

    ``evidence`` is what was met and missing on that day, with the figures.
    """

    __tablename__ = "hypercare_decisions"
    __table_args__ = (
        sa.Index("uq_hypercare_decisions_end", "hypercare_id", unique=True, sqlite_where=sa.text(IS_END),
                 postgresql_where=sa.text(IS_END)),
        sa.Index("ix_hypercare_decisions_hypercare", "hypercare_id", "id"),
        sa.CheckConstraint("kind = 'evidence' OR reason != ''", name="reason"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    hypercare_id: Mapped[int] = mapped_column(sa.ForeignKey("hypercares.id"))
    kind: Mapped[DecisionKind] = mapped_column(enum_column(DecisionKind, "hypercare_decision_kind"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON(none_as_null=True), default=list)
    until_on: Mapped[date | None]
    person: Mapped[Person] = relationship()
