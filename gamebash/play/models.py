"""Claims, fixes with their assists, and reviews."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.backlog.models import RootCause
from gamebash.core.db import Model, enum_column
from gamebash.events.models import Event, Player
from gamebash.play.kinds import ChangeState
from gamebash.stories.models import Story


class ClaimEnd(StrEnum):
    """How a claim ended."""

    RELEASED = "released"
    LAPSED = "lapsed"
    ACCEPTED = "accepted"
    EVENT_OVER = "event_over"


class FixState(StrEnum):
    """Where a fix stands."""

    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"


class Verdict(StrEnum):
    """What a reviewer says."""

    ACCEPT = "accept"
    SEND_BACK = "send_back"


class Claim(Model):
    """A player's exclusive lease on a story. It runs out at its time without any job.

    While the fix is in review, or its player on a break (``break_id``), the lease stands still: ``lease_ends_at`` is empty
    and ``lease_left_seconds`` keeps the rest.
    At most one claim on a story is not ended, which the partial index decides under any race.
    """

    __tablename__ = "claims"
    __table_args__ = (
        sa.Index(
            "uq_claims_open_story",
            "story_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_claims_player", "player_id", "ended_at"),
        sa.Index("ix_claims_event", "event_id", "ended_at"),
        sa.CheckConstraint("lease_ends_at IS NOT NULL OR lease_left_seconds IS NOT NULL", name="lease"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    story_id: Mapped[int] = mapped_column(sa.ForeignKey("stories.id"))
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"))
    claimed_at: Mapped[datetime]
    lease_ends_at: Mapped[datetime | None]
    lease_left_seconds: Mapped[int | None]
    break_id: Mapped[int | None] = mapped_column(sa.ForeignKey("breaks.id"))
    extensions: Mapped[int] = mapped_column(default=0)
    helped_at: Mapped[datetime | None]
    # The end of the lease that its player was reminded of.
    reminded_of: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end: Mapped[ClaimEnd | None] = mapped_column(enum_column(ClaimEnd, "claim_end"))
    draft: Mapped[dict[str, str] | None] = mapped_column(sa.JSON(none_as_null=True))
    event: Mapped[Event] = relationship()
    story: Mapped[Story] = relationship()
    player: Mapped[Player] = relationship()
    on_break: Mapped["Break | None"] = relationship()

    @property
    def is_on_break(self) -> bool:
        """Whether it stands still because production needs its player."""
        return self.break_id is not None

    def holds_at(self, moment: datetime) -> bool:
        """Say whether it keeps a story for its player at that moment of the event's clock; one in review is not counted."""
        is_running = self.lease_ends_at is not None and self.lease_ends_at > moment
        return self.ended_at is None and (self.is_on_break or is_running)


class Break(Model):
    """Production needs a player: their leases stand still until they return. At most one at a time for each player."""

    __tablename__ = "breaks"
    __table_args__ = (
        sa.Index(
            "uq_breaks_open_player",
            "player_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_breaks_event", "event_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(300))
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    passes_reviews: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    event: Mapped[Event] = relationship()
    player: Mapped[Player] = relationship()


class FreeAlert(Model):
    """Somebody wants to be told when a held story is free again; the row goes when they have been told."""

    __tablename__ = "free_alerts"
    __table_args__ = (sa.UniqueConstraint("event_id", "story_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    story_id: Mapped[int] = mapped_column(sa.ForeignKey("stories.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    event: Mapped[Event] = relationship()
    story: Mapped[Story] = relationship()


class Fix(Model):
    """What a player submits for a claimed story. Each attempt is its own row, so the history of send-backs stays.

    ``squad_id`` is the author's squad then. ``needs_knowing``: by an outsider, while somebody plays who knows the service;
    an organiser may waive that, with a reason. ``begun_at`` is when the change was begun, and ``is_own_change`` that it mends
    the author's own, as they say. ``unpaid_because`` says why an accepted fix paid its author nothing.
    """

    __tablename__ = "fixes"
    __table_args__ = (
        sa.Index(
            "uq_fixes_open_story",
            "story_id",
            unique=True,
            sqlite_where=sa.text("state = 'in_review'"),
            postgresql_where=sa.text("state = 'in_review'"),
        ),
        sa.Index(
            "uq_fixes_accepted_story",
            "event_id",
            "story_id",
            unique=True,
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        ),
        sa.Index("ix_fixes_event", "event_id", "state"),
        sa.Index("ix_fixes_player", "player_id"),
        sa.Index("ix_fixes_claim", "claim_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    story_id: Mapped[int] = mapped_column(sa.ForeignKey("stories.id"))
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claims.id"))
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"))
    squad_id: Mapped[int | None] = mapped_column(sa.ForeignKey("squads.id", ondelete="SET NULL"))
    # The fix that this one is decided with: one change that solves two stories.
    same_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("fixes.id"), index=True)
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[FixState] = mapped_column(enum_column(FixState, "fix_state"), default=FixState.IN_REVIEW)
    change_url: Mapped[str] = mapped_column(sa.String(500))
    what_was_done: Mapped[str] = mapped_column(sa.Text())
    root_cause: Mapped[RootCause] = mapped_column(enum_column(RootCause, "root_cause"))
    root_cause_found: Mapped[str] = mapped_column(sa.Text(), default="")
    prevention: Mapped[str] = mapped_column(sa.Text())
    begun_at: Mapped[datetime | None]
    deployed_at: Mapped[datetime | None]
    is_own_change: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    needs_knowing: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    unpaid_because: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    appeal_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    waived_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    waived_because: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    event: Mapped[Event] = relationship()
    story: Mapped[Story] = relationship()
    claim: Mapped[Claim] = relationship()
    player: Mapped[Player] = relationship()
    same_as: Mapped["Fix | None"] = relationship(remote_side="Fix.id")
    assists: Mapped[list["Assist"]] = relationship(back_populates="fix", cascade="all, delete-orphan")
    reviews: Mapped[list["Review"]] = relationship(back_populates="fix", order_by="Review.id")
    change: Mapped["Change | None"] = relationship(back_populates="fix", uselist=False)
    checks: Mapped[list["SpotCheck"]] = relationship(back_populates="fix", order_by="SpotCheck.id")


class Assist(Model):
    """A second person who helped, named in the fix."""

    __tablename__ = "assists"

    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id", ondelete="CASCADE"), primary_key=True)
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"), primary_key=True)
    fix: Mapped[Fix] = relationship(back_populates="assists")
    player: Mapped[Player] = relationship()


class Review(Model):
    """A drawn reviewer's verdict on a fix, itself under a lease. A reviewer who lets it lapse is drawn over.

    ``lease_left_seconds`` is set while the reviewer is on a break: then the lease stands still with that much left.
    ``squad_id`` is the reviewer's squad when they decided.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        sa.UniqueConstraint("fix_id", "player_id"),
        sa.Index("ix_reviews_player", "player_id", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id"))
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"))
    squad_id: Mapped[int | None] = mapped_column(sa.ForeignKey("squads.id", ondelete="SET NULL"))
    drawn_at: Mapped[datetime]
    lease_ends_at: Mapped[datetime]
    lease_left_seconds: Mapped[int | None]
    reminded_of: Mapped[datetime | None]
    is_knowing: Mapped[bool] = mapped_column(default=False)
    is_appeal: Mapped[bool] = mapped_column(default=False)
    verdict: Mapped[Verdict | None] = mapped_column(enum_column(Verdict, "verdict"))
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    fix: Mapped[Fix] = relationship(back_populates="reviews")
    player: Mapped[Player] = relationship()


class CheckCause(StrEnum):
    """Why an accepted fix is looked at again."""

    LOT = "lot"
    SEND_BACKS = "send_backs"


class SpotCheck(Model):
    """A second look at an accepted fix by somebody drawn for it, under a lease; ``holds`` is what they found."""

    __tablename__ = "spot_checks"
    __table_args__ = (
        sa.UniqueConstraint("fix_id", "player_id"),
        sa.Index("ix_spot_checks_player", "player_id", "decided_at"),
        sa.Index("ix_spot_checks_open", "decided_at", "ended_at", "lease_ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id"))
    player_id: Mapped[int] = mapped_column(sa.ForeignKey("players.id"))
    cause: Mapped[CheckCause] = mapped_column(enum_column(CheckCause, "check_cause"))
    drawn_at: Mapped[datetime]
    lease_ends_at: Mapped[datetime]
    holds: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    fix: Mapped[Fix] = relationship(back_populates="checks")
    player: Mapped[Player] = relationship()


class Change(Model):
    """What the Git host says of the change behind a fix. ``next_at`` is when it is asked again, none when there is no more to learn.

    ``message`` says why it could not be read. A change whose first commit is older than its event is a fact, not a verdict.
    """

    __tablename__ = "changes"
    __table_args__ = (
        sa.UniqueConstraint("fix_id", name="uq_changes_fix_id"),
        sa.Index("ix_changes_next_at", "next_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id"))
    state: Mapped[ChangeState] = mapped_column(enum_column(ChangeState, "change_state"), default=ChangeState.UNKNOWN)
    opened_at: Mapped[datetime | None]
    first_commit_at: Mapped[datetime | None]
    merged_at: Mapped[datetime | None]
    deployed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(sa.String(500), default="")
    fix: Mapped[Fix] = relationship(back_populates="change")
