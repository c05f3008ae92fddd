"""Watches: what must not move once a fix is watched, and how it ended; and what its fixers may not decide alone."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.backlog.models import Incident, Problem
from gamebash.backlog.second_person import Verb
from gamebash.core.db import Model, enum_column
from gamebash.events.models import Event
from gamebash.people.models import Person
from gamebash.play.models import Fix
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.verdict import QUARTER_DAYS, Window


class Watch(Model):
    """One fix under watch, from its deploy; one verdict a fix.

    The problem is the one it was about at acceptance; where that is merged the watch goes on with the other. None for a
    story by hand, which cannot come back. ``forecast`` is incidents in a quarter as expected when the event went live, with
    its interval, ``mean_weight`` the severity weight of one. ``told_at`` is when the fixer heard of ``recurrence``;
    ``decided_at`` when everybody saw the verdict; ``new_story`` is the one that took over where the problem came back.
    ``bonus_due_at`` is when the bonus is looked at once more, where what the watch took was given back; None once that is done.
    """

    __tablename__ = "watches"
    __table_args__ = (
        sa.UniqueConstraint("fix_id", name="uq_watches_fix_id"),
        sa.Index("ix_watches_state", "state", "ends_at"),
        sa.Index("ix_watches_problem", "problem_id", "state"),
        sa.Index("ix_watches_event", "event_id", "state"),
        sa.Index("ix_watches_new_story", "new_story_id"),
        sa.Index("ix_watches_bonus_due", "bonus_due_at"),
        sa.CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        sa.CheckConstraint("state != 'came_back' OR told_at IS NOT NULL", name="told"),
        sa.CheckConstraint("state NOT IN ('held', 'recurred') OR decided_at IS NOT NULL", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id"))
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"))
    is_about_noise: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[WatchState] = mapped_column(enum_column(WatchState, "watch_state"), default=WatchState.WATCHING)
    forecast: Mapped[float] = mapped_column(default=0.0)
    forecast_low: Mapped[float] = mapped_column(default=0.0)
    forecast_high: Mapped[float] = mapped_column(default=0.0)
    mean_weight: Mapped[float] = mapped_column(default=0.0)
    recurrence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incidents.id"))
    told_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    bonus_due_at: Mapped[datetime | None]
    new_story_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stories.id"))
    fix: Mapped[Fix] = relationship()
    event: Mapped[Event] = relationship()
    problem: Mapped[Problem | None] = relationship()
    recurrence: Mapped[Incident | None] = relationship()
    new_story: Mapped[Story | None] = relationship()

    @property
    def window(self) -> Window:
        """The time in which it is watched."""
        return Window(self.starts_at, self.ends_at)

    @property
    def days(self) -> int:
        """How many days it is watched."""
        return (self.ends_at - self.starts_at).days

    @property
    def expected(self) -> float:
        """How many incidents were to be expected while it is watched, if nobody had fixed it."""
        return self.forecast * self.days / QUARTER_DAYS


class ProposalState(StrEnum):
    """What became of a decision that needs a second person."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Proposal(Model):
    """A decision about a watched problem by somebody who had a part in its fix: nothing changes until another confirms it.

    ``content`` is what is needed to do it then. Each one stays on record, and stands in the event's report.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        sa.Index("ix_proposals_state", "state", "id"),
        sa.CheckConstraint("state = 'waiting' OR second_id IS NOT NULL", name="second"),
        sa.CheckConstraint("second_id IS NULL OR second_id != by_id", name="somebody_else"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    verb: Mapped[Verb] = mapped_column(enum_column(Verb, "proposal_verb"))
    state: Mapped[ProposalState] = mapped_column(
        enum_column(ProposalState, "proposal_state"), default=ProposalState.WAITING
    )
    summary: Mapped[str] = mapped_column(sa.String(400))
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True))
    made_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    second_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    second: Mapped[Person | None] = relationship(foreign_keys=[second_id])
    fixes: Mapped[list[Fix]] = relationship(secondary="proposal_fixes", order_by="Fix.id")


class ProposalFix(Model):
    """A fix whose watch a proposal touches, by somebody who had a part in it."""

    __tablename__ = "proposal_fixes"
    __table_args__ = (sa.Index("ix_proposal_fixes_fix", "fix_id"),)

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    fix_id: Mapped[int] = mapped_column(sa.ForeignKey("fixes.id"), primary_key=True)
