"""Versions of the rules that managers set, what people wish, managers' words for them, and plans."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.staffing.plan_lifecycle import PlanState
from gamebash.staffing.rulebook import RuleKind
from gamebash.staffing.wishes import Wish


class StaffingRule(Model):
    """One version of a rule. The highest number of its kind holds; earlier ones stay to be read."""

    __tablename__ = "staffing_rules"
    __table_args__ = (sa.UniqueConstraint("kind", "number", name="uq_staffing_rules_kind_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Further rules come with their features, so the database does not list them.
    kind: Mapped[RuleKind] = mapped_column(
        sa.Enum(RuleKind, native_enum=False, length=32, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True))
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    set_at: Mapped[datetime]
    set_by: Mapped[Person | None] = relationship()


class PreferenceRow(Model):
    """What somebody said they wish, once. Their latest row holds; earlier ones stay for them to read."""

    __tablename__ = "preferences"
    __table_args__ = (sa.Index("ix_preferences_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    wish: Mapped[Wish] = mapped_column(enum_column(Wish, "wish"))
    teams: Mapped[list[int]] = mapped_column(sa.JSON(none_as_null=True), default=list)
    kinds: Mapped[list[str]] = mapped_column(sa.JSON(none_as_null=True), default=list)
    from_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    said_at: Mapped[datetime]
    person: Mapped[Person] = relationship()


class ManagerWord(Model):
    """A manager said that somebody is ready, or took that back. The last one about a person holds."""

    __tablename__ = "manager_words"
    __table_args__ = (sa.Index("ix_manager_words_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    is_given: Mapped[bool]
    said_at: Mapped[datetime]


class RotationPlan(Model):
    """A proposed set of moves: what was asked, and what was found. Worked out by a worker under a lease.

    ``log_number`` is the last move in the log when it was worked out: a plan is approved on that log or not at all.
    Asked and found name people by id only.
    """

    __tablename__ = "rotation_plans"
    __table_args__ = (sa.Index("ix_rotation_plans_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[PlanState] = mapped_column(enum_column(PlanState, "plan_state"), default=PlanState.WAITING)
    asked: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True))
    found: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    progress: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    based_on_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rotation_plans.id"))
    log_number: Mapped[int] = mapped_column(default=0)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    based_on: Mapped["RotationPlan | None"] = relationship(remote_side=[id])
