"""An event, the series it comes from, the stories on its board, and who takes part."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.events.freeze import public_until
from gamebash.events.lifecycle import EventState
from gamebash.events.shared_goal import GoalMeasure
from gamebash.people.models import Person
from gamebash.rotation.models import Team
from gamebash.stories.grades import Grade
from gamebash.stories.models import Story


class Series(Model):
    """What makes events quarterly: a recurrence (RRULE) that proposes the next draft, with the last one's rules."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    rrule: Mapped[str] = mapped_column(sa.String(200))
    starts_at: Mapped[datetime]
    duration_minutes: Mapped[int] = mapped_column(default=420)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class Event(Model):
    """A bug bash. Its rules are one document, frozen when it goes live; its times decide, no job needed."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_state", "state", "starts_at"),
        sa.CheckConstraint("starts_at < ends_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id"), index=True)
    state: Mapped[EventState] = mapped_column(enum_column(EventState, "event_state"), default=EventState.DRAFT)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    freezes_at: Mapped[datetime | None]
    reviews_end_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    about: Mapped[str] = mapped_column(sa.Text(), default="")
    player_limit: Mapped[int | None]
    rules: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True))
    rules_confirmed_at: Mapped[datetime | None]
    scheduled_at: Mapped[datetime | None]
    went_live_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    freeze_told_at: Mapped[datetime | None]
    judged_from: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reveals_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    board_hidden_because: Mapped[str] = mapped_column(sa.String(300), default="")
    goal_measure: Mapped[GoalMeasure | None] = mapped_column(enum_column(GoalMeasure, "goal_measure"))
    goal_target: Mapped[float | None]
    goal_reward: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    series: Mapped[Series | None] = relationship()

    def public_until(self, now: datetime) -> datetime | None:
        """Return the moment up to which the public sees what happened; None where it sees all there is."""
        return public_until(self.state, self.freezes_at, self.paused_at, self.reveals_at, now)


class EventStory(Model):
    """A story on an event's board. Grade, points, value and problem are copied at go-live and never move again.

    So are ``value_per_hour`` and ``middle_per_hour``: what an hour on it prevents, and on the middle of the board.

    ``scheduled_grade`` is the grade when the event was announced: a later rise is not paid. ``note`` says why a story pays less
    than its grade does.
    """

    __tablename__ = "event_stories"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "story_id"),
        sa.Index("ix_event_stories_story", "story_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    story_id: Mapped[int] = mapped_column(sa.ForeignKey("stories.id"))
    rank: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    reason_parts: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    grade: Mapped[Grade | None] = mapped_column(enum_column(Grade, "grade"))
    points: Mapped[int | None]
    scheduled_grade: Mapped[Grade | None] = mapped_column(enum_column(Grade, "scheduled_grade"))
    value: Mapped[float | None]
    value_per_hour: Mapped[float | None]
    middle_per_hour: Mapped[float | None]
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"))
    # Until then only the team that built it may claim it; empty where nobody of that team played when it opened.
    builders_until: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    pulled_at: Mapped[datetime]
    pulled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    squashed_at: Mapped[datetime | None]
    squashed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("players.id"))
    event: Mapped[Event] = relationship()
    story: Mapped[Story] = relationship()
    squashed_by: Mapped["Player | None"] = relationship()


class Squad(Model):
    """Players who play together in one event, with a captain."""

    __tablename__ = "squads"
    __table_args__ = (sa.UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(sa.String(60))
    captain_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime]
    # Why these people are together, where the squad was balanced.
    why: Mapped[str] = mapped_column(sa.String(300), default="")


class SquadInvitation(Model):
    """A captain asks somebody into the squad; the row goes when they answer."""

    __tablename__ = "squad_invitations"
    __table_args__ = (
        sa.UniqueConstraint("squad_id", "person_id"),
        sa.Index("ix_squad_invitations_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    squad_id: Mapped[int] = mapped_column(sa.ForeignKey("squads.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]
    squad: Mapped[Squad] = relationship()


class Balancing(Model):
    """One balancing of an event's squads, with who was where before, so that it can be taken back."""

    __tablename__ = "balancings"
    __table_args__ = (sa.Index("ix_balancings_event", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True))
    undone_at: Mapped[datetime | None]


class Player(Model):
    """A person taking part in an event, alone or in a squad. The team is the one they were in when they joined.

    ``talked_at`` is when an organiser last opened claiming for them again, after too many send-backs. Who was disqualified keeps
    every entry, and is in no rank.
    """

    __tablename__ = "players"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.Index("ix_players_person", "person_id"),
        sa.Index("ix_players_squad", "squad_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    squad_id: Mapped[int | None] = mapped_column(sa.ForeignKey("squads.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    hours_free: Mapped[float] = mapped_column(default=6.0)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    # Empty unless an organiser took the player off before the day.
    removed_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    talked_at: Mapped[datetime | None]
    disqualified_at: Mapped[datetime | None]
    disqualified_because: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    # Whether balancing chose the squad; who chose one together stays together.
    is_placed: Mapped[bool] = mapped_column(default=False)
    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    squad: Mapped[Squad | None] = relationship()
    team: Mapped[Team | None] = relationship()


class Waiting(Model):
    """Somebody who waits for a place in a full event; the one who waits longest moves up first."""

    __tablename__ = "waiting"
    __table_args__ = (sa.UniqueConstraint("event_id", "person_id"), sa.Index("ix_waiting_event", "event_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    hours_free: Mapped[float]
    since_at: Mapped[datetime]
    person: Mapped[Person] = relationship()


class Spectator(Model):
    """Somebody who follows an event without playing; never counted among its players."""

    __tablename__ = "spectators"
    __table_args__ = (sa.UniqueConstraint("event_id", "person_id"), sa.Index("ix_spectators_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    since_at: Mapped[datetime]


class Announcement(Model):
    """What the organisers tell everybody; it stays on every page of the event until a person puts it away."""

    __tablename__ = "announcements"
    __table_args__ = (sa.Index("ix_announcements_event", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    text: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    by: Mapped[Person | None] = relationship()


class AnnouncementSeen(Model):
    """A person put an announcement away."""

    __tablename__ = "announcements_seen"

    announcement_id: Mapped[int] = mapped_column(sa.ForeignKey("announcements.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class Question(Model):
    """What somebody asks the organisers of an event. An answer goes to them, or to all; it is given once."""

    __tablename__ = "questions"
    __table_args__ = (
        sa.Index("ix_questions_event", "event_id", "answered_at", "id"),
        sa.Index("ix_questions_person", "person_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(sa.String(1000))
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(sa.String(1000), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    is_to_all: Mapped[bool] = mapped_column(default=False)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])


class SurveyTurn(Model):
    """That somebody answered an event's survey; when and what is not kept with it."""

    __tablename__ = "survey_turns"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)


class SurveyAnswer(Model):
    """An anonymous answer to an event's survey; its id is random, so that it says nothing of the order either."""

    __tablename__ = "survey_answers"
    __table_args__ = (sa.CheckConstraint("worth BETWEEN 1 AND 5", name="worth"),)

    id: Mapped[int] = mapped_column(sa.BigInteger(), primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    worth: Mapped[int]
    automatic: Mapped[str] = mapped_column(sa.String(500), default="")
    change: Mapped[str] = mapped_column(sa.String(500), default="")


class Lesson(Model):
    """What an organiser chose to carry from one event into the next drafts of its series, until it is ticked off."""

    __tablename__ = "lessons"
    __table_args__ = (sa.UniqueConstraint("series_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("series.id"))
    number: Mapped[int]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    text: Mapped[str] = mapped_column(sa.String(300))
    chosen_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    chosen_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
