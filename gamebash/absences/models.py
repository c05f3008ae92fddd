"""Days on which somebody is away."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.absences.kinds import AbsenceKind
from gamebash.absences.spans import DaysAway
from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person

STANDS = "cancelled_at IS NULL"


class Absence(Model):
    """Somebody is away from a day to a day, both included. What came from a calendar keeps its UID there."""

    __tablename__ = "absences"
    __table_args__ = (
        sa.CheckConstraint("from_on <= until_on", name="days_in_order"),
        sa.Index("ix_absences_days", "until_on", "from_on"),
        sa.Index("uq_absences_days", "person_id", "kind", "from_on", unique=True, sqlite_where=sa.text(STANDS),
                 postgresql_where=sa.text(STANDS)),
        sa.Index("uq_absences_calendar", "person_id", "calendar_uid", unique=True,
                 sqlite_where=sa.text("calendar_uid IS NOT NULL"), postgresql_where=sa.text("calendar_uid IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    kind: Mapped[AbsenceKind] = mapped_column(enum_column(AbsenceKind, "absence_kind"))
    calendar_uid: Mapped[str | None] = mapped_column(sa.String(250))
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    @property
    def days(self) -> DaysAway:
        """The days as a plain span."""
        return DaysAway(self.from_on, self.until_on)
