"""Badges that people earned, and the fixes looked at already."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.badges.kinds import Badge
from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.play.models import Fix


class Stage(StrEnum):
    """What of a fix was looked at: that it is accepted, that it held, that it did not after all."""

    ACCEPTED = "accepted"
    HELD = "held"
    RECURRED = "recurred"


class BadgeAward(Model):
    """A badge that a person earned, once, with the fix that proves it.

    Where that fix turns out not to have held and no other one proves it, the badge is withdrawn; another fix may bring it back.
    """

    __tablename__ = "badge_awards"
    __table_args__ = (sa.UniqueConstraint("person_id", "badge", name="uq_badge_awards_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    badge: Mapped[Badge] = mapped_column(enum_column(Badge, "badge"))
    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id"), index=True)
    awarded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
    fix: Mapped[Fix] = relationship()


class BadgeLook(Model):
    """A fix was looked at in one stage, so that it is not looked at again."""

    __tablename__ = "badge_looks"

    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "badge_stage"), primary_key=True)
    at: Mapped[datetime]
