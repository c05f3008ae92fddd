"""Teams and the append-only log of moves between them."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.rotation.kinds import MoveKind as MoveKind
from gamebash.rotation.kinds import TeamKind as TeamKind


class Crest(StrEnum):
    """The shape beside a team's code."""

    RING = "ring"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    SQUARE = "square"
    PENTAGON = "pentagon"
    CROSS = "cross"


class Team(Model):
    """A team of kind ops, SRE or scrum, shown by its three-letter code and crest."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(3), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    kind: Mapped[TeamKind] = mapped_column(enum_column(TeamKind, "team_kind"))
    crest: Mapped[Crest] = mapped_column(enum_column(Crest, "crest"))
    colour: Mapped[str] = mapped_column(sa.String(8), default="ops")
    division: Mapped[str] = mapped_column(sa.String(80), default="")
    product_owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    product_owner: Mapped[Person | None] = relationship()


class Move(Model):
    """One entry in the log. Never changed: a mistake is mended by a further entry that names it.

    A correction replaces the entry it names with its own teams and day; with no teams at all it takes the entry out.
    """

    __tablename__ = "moves"
    __table_args__ = (
        sa.Index("ix_moves_person", "person_id", "effective_on", "id"),
        sa.Index("ix_moves_effective_on", "effective_on"),
        sa.Index("uq_moves_corrects_id", "corrects_id", unique=True),
        sa.CheckConstraint("(kind = 'correction') = (corrects_id IS NOT NULL)", name="correction_names_a_move"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    from_team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    to_team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    effective_on: Mapped[date]
    kind: Mapped[MoveKind] = mapped_column(enum_column(MoveKind, "move_kind"))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    logged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    logged_at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moves.id"))
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    logged_by: Mapped[Person | None] = relationship(foreign_keys=[logged_by_id])
    from_team: Mapped[Team | None] = relationship(foreign_keys=[from_team_id])
    to_team: Mapped[Team | None] = relationship(foreign_keys=[to_team_id])
    corrects: Mapped["Move | None"] = relationship(foreign_keys=[corrects_id], remote_side=[id])


class MoveApproval(Model):
    """A manager's yes to a move; each manager says it once."""

    __tablename__ = "move_approvals"
    __table_args__ = (sa.UniqueConstraint("move_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    move_id: Mapped[int] = mapped_column(sa.ForeignKey("moves.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime]


class PersonLock(Model):
    """One row a person, locked while a move of theirs is checked and written, so that two moves cannot contradict."""

    __tablename__ = "rotation_locks"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    moves: Mapped[int] = mapped_column(default=0)
