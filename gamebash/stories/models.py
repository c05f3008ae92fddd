"""Stories and the notes that stay with them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.backlog.models import Incident, Problem, Service
from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.rotation.models import Team
from gamebash.stories.grades import Grade
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.readiness import Check, ready_checks

IS_OPEN = "state NOT IN ('dropped', 'held', 'recurred')"


class Origin(StrEnum):
    """What a story came from."""

    PROBLEM = "problem"
    INCIDENT = "incident"
    NOISE = "noise"
    HAND = "hand"


class Story(Model):
    """An improvement story, known by its key (GB-412).

    ``estimated_by`` gave it its grade and effort; ``second_grade`` is what somebody else thinks it takes.
    """

    __tablename__ = "stories"
    __table_args__ = (
        sa.Index("ix_stories_state", "state", "value"),
        sa.Index("ix_stories_service", "service_id"),
        sa.Index("ix_stories_problem", "problem_id"),
        sa.Index("ix_stories_incident", "incident_id"),
        # A problem has one open story at a time. Watched ones count as open: another fix would blur the verdict.
        sa.Index(
            "uq_stories_open_problem",
            "problem_id",
            unique=True,
            sqlite_where=sa.text(IS_OPEN),
            postgresql_where=sa.text(IS_OPEN),
        ),
        sa.CheckConstraint("effort_hours > 0", name="effort_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    why: Mapped[str] = mapped_column(sa.String(300), default="")
    description: Mapped[str] = mapped_column(sa.Text(), default="")
    acceptance_criteria: Mapped[str] = mapped_column(sa.Text(), default="")
    origin: Mapped[Origin] = mapped_column(enum_column(Origin, "origin"))
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"))
    incident_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incidents.id"))
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    grade: Mapped[Grade] = mapped_column(enum_column(Grade, "grade"))
    effort_hours: Mapped[float]
    state: Mapped[StoryState] = mapped_column(enum_column(StoryState, "story_state"), default=StoryState.PROPOSED)
    value: Mapped[float] = mapped_column(default=0.0)
    value_parts: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    dropped_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    estimated_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    second_grade: Mapped[Grade | None] = mapped_column(enum_column(Grade, "second_grade"))
    second_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    second_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    problem: Mapped[Problem | None] = relationship()
    incident: Mapped[Incident | None] = relationship()
    service: Mapped[Service] = relationship()
    team: Mapped[Team | None] = relationship()
    created_by: Mapped[Person | None] = relationship(foreign_keys=[created_by_id])
    estimated_by: Mapped[Person | None] = relationship(foreign_keys=[estimated_by_id])
    second_by: Mapped[Person | None] = relationship(foreign_keys=[second_by_id])
    starter: Mapped["Starter | None"] = relationship(back_populates="story")

    @property
    def key(self) -> str:
        """The key people use."""
        return f"GB-{self.number}"

    @property
    def ready_checks(self) -> tuple[Check, ...]:
        """What it needs before it can be pulled, and whether it has that."""
        has_service = self.service is not None
        return ready_checks(
            acceptance_criteria=self.acceptance_criteria, effort_hours=self.effort_hours, has_service=has_service
        )


class Starter(Model):
    """A story that is good for a first fix, with where to begin and a mentor who helps once they agreed."""

    __tablename__ = "starters"

    story_id: Mapped[int] = mapped_column(sa.ForeignKey("stories.id"), primary_key=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    agreed_at: Mapped[datetime | None]
    runbook_url: Mapped[str] = mapped_column(sa.String(500), default="")
    pointers: Mapped[str] = mapped_column(sa.String(1000), default="")
    marked_at: Mapped[datetime]
    marked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    story: Mapped[Story] = relationship(back_populates="starter")
    mentor: Mapped[Person] = relationship(foreign_keys=[mentor_id])

    @property
    def helper(self) -> str:
        """The name of the mentor, once they agreed; empty before."""
        return self.mentor.player_name if self.agreed_at else ""


class StoryNote(Model):
    """A note that stays with the story, whoever claims it next."""

    __tablename__ = "story_notes"
    __table_args__ = (sa.Index("ix_story_notes_story", "story_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(sa.ForeignKey("stories.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    written_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(sa.Text())
    person: Mapped[Person] = relationship()
