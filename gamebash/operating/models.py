"""The append-only log of operating models."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.operating.kinds import OperatingModel
from gamebash.people.models import Person
from gamebash.rotation.models import Team


class ModelSwitch(Model):
    """One entry: from a day on a team works by an operating model, and why.

    Never changed: a correction is a further entry that names the wrong one and stands in its place; with no model it takes
    that one out of the count.
    """

    __tablename__ = "model_switches"
    __table_args__ = (
        sa.Index("ix_model_switches_team", "team_id", "starts_on"),
        sa.CheckConstraint("model IS NOT NULL OR corrects_id IS NOT NULL", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"))
    model: Mapped[OperatingModel | None] = mapped_column(enum_column(OperatingModel, "operating_model"))
    starts_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(500))
    logged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    logged_at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("model_switches.id"), unique=True)
    team: Mapped[Team] = relationship()
    logged_by: Mapped[Person | None] = relationship()
    corrects: Mapped["ModelSwitch | None"] = relationship(remote_side=[id])
