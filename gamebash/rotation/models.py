"""Teams and the append-only, chained log: moves, and what managers and the people moved said to them."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.rotation.kinds import ConsentKind as ConsentKind
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


class TeamManager(Model):
    """Somebody named as manager of a team: approves who comes and who goes."""

    __tablename__ = "team_managers"

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)


class Team(Model):
    """A team of kind ops, SRE or scrum, shown by its three-letter code and crest.

    A tour in it should last no less than ``min_weeks`` and no more than ``max_weeks``; 0 means no limit.
    """

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
    min_weeks: Mapped[int] = mapped_column(default=0)
    max_weeks: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    product_owner: Mapped[Person | None] = relationship()
    managers: Mapped[list[Person]] = relationship(secondary="team_managers", order_by="Person.name, Person.id")


class LogHead(Model):
    """The last link of the log's chain; its row is locked while the next link is written.

    ``told_on`` and ``told_seq`` say up to where people were told of what lies ahead.
    """

    __tablename__ = "rotation_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    told_on: Mapped[date | None]
    told_seq: Mapped[int] = mapped_column(default=0)


class Link:
    """What every link of the chain carries: its place, the hash of the link before it, and its own."""

    seq: Mapped[int] = mapped_column(unique=True)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Move(Link, Model):
    """One entry in the log. Never changed: a mistake is mended by a further entry that names it.

    A correction replaces the entry it names with its own teams and day; with no teams at all it takes the entry out.
    ``swap`` is shared by the two moves of a swap. ``asks_consent`` says that the person moved was asked.
    """

    __tablename__ = "moves"
    __table_args__ = (
        sa.Index("ix_moves_person", "person_id", "effective_on", "id"),
        sa.Index("ix_moves_effective_on", "effective_on"),
        # Only of corrections: as most moves correct nothing, planners would not use an index over all of them.
        sa.Index(
            "uq_moves_corrects_id",
            "corrects_id",
            unique=True,
            sqlite_where=sa.text("corrects_id IS NOT NULL"),
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        ),
        sa.Index("ix_moves_swap", "swap"),
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
    asks_consent: Mapped[bool] = mapped_column(default=False)
    swap: Mapped[int | None]
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("move_imports.id"))
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    logged_by: Mapped[Person | None] = relationship(foreign_keys=[logged_by_id])
    from_team: Mapped[Team | None] = relationship(foreign_keys=[from_team_id])
    to_team: Mapped[Team | None] = relationship(foreign_keys=[to_team_id])
    corrects: Mapped["Move | None"] = relationship(foreign_keys=[corrects_id], remote_side=[id])


class TourRow(Model):
    """One tour as it follows from the log, kept in the transaction of every move, as standings are beside the ledger.

    Planned tours are there too. ``until_on`` is the day after the last one and ``days`` the length of a tour with an end;
    both are empty where no end is in the log.
    """

    __tablename__ = "tours"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "from_on"),
        sa.Index("ix_tours_team", "team_id", "from_on"),
        sa.Index("ix_tours_until_on", "until_on"),
        sa.Index("ix_tours_from_on", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    days: Mapped[int | None]


class MoveApproval(Link, Model):
    """A manager's yes to a move, for the team that gives, the team that receives, or both; each manager says it once."""

    __tablename__ = "move_approvals"
    __table_args__ = (sa.UniqueConstraint("move_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    move_id: Mapped[int] = mapped_column(sa.ForeignKey("moves.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    for_giving: Mapped[bool] = mapped_column(default=True)
    for_receiving: Mapped[bool] = mapped_column(default=True)
    approved_at: Mapped[datetime]


class MoveConsent(Link, Model):
    """What the person moved answered, or a manager's word that stands in for it. The latest of a move counts."""

    __tablename__ = "move_consents"
    __table_args__ = (sa.Index("ix_move_consents_move", "move_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    move_id: Mapped[int] = mapped_column(sa.ForeignKey("moves.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[ConsentKind] = mapped_column(enum_column(ConsentKind, "consent_kind"))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    answered_at: Mapped[datetime]


class ImportState(StrEnum):
    """How far an import of moves has come."""

    PREVIEWED = "previewed"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MoveImport(Model):
    """A file of past moves: kept, checked, confirmed, then written under a lease. ``is_whole``: all of it or nothing."""

    __tablename__ = "move_imports"
    __table_args__ = (sa.Index("ix_move_imports_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState, "move_import_state"))
    is_whole: Mapped[bool] = mapped_column(default=False)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    file_path: Mapped[str] = mapped_column(sa.String(400))
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_written: Mapped[int] = mapped_column(default=0)
    rows_known: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    started_by: Mapped[Person | None] = relationship()


class MoveImportFault(Model):
    """A line of a file that did not go in, and why."""

    __tablename__ = "move_import_faults"
    __table_args__ = (sa.Index("ix_move_import_faults_import", "import_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("move_imports.id"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(500))
    excerpt: Mapped[str] = mapped_column(sa.String(300))


class CalendarFeed(Model):
    """A secret link under which a calendar program reads the moves of its owner, or of a team. Only its hash is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (sa.Index("ix_calendar_feeds_owner", "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    owner: Mapped[Person] = relationship()
    team: Mapped[Team | None] = relationship()
