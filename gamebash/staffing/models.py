"""Versions of the rules that managers set."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model
from gamebash.people.models import Person
from gamebash.staffing.rulebook import RuleKind


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
