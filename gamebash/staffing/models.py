"""Versions of the rules that managers set, what people wish, and managers' words for them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
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
