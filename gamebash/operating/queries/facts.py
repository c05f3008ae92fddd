"""What is counted of a team: incidents of its services, how long its stories took, whether fixes held."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.models import Incident, Service
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.sql_times import day_of, minutes_between
from gamebash.operating.outcome import Span
from gamebash.play.models import Fix, FixState
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch

MINUTES_A_DAY = 24 * 60


def services_of(team_id: int) -> dict[int, str]:
    """Return the services that a team owns or builds today, with their names."""
    query = sa.select(Service.id, Service.name).where(
        sa.or_(Service.team_id == team_id, Service.builder_team_id == team_id)
    )
    return {row.id: row.name for row in db.session.execute(query.order_by(Service.name))}


def known_from() -> date | None:
    """Return the day of the first incident that this installation knows."""
    first = db.session.scalar(sa.select(sa.func.min(Incident.opened_at, type_=Incident.opened_at.type)))
    return first.date() if first else None


def incidents_by_day(services: Collection[int], spans: Sequence[Span]) -> dict[date, int]:
    """Return how many incidents of these services were opened on each day of the spans, noise left out."""
    day = day_of(Incident.opened_at)
    query = (
        sa.select(day, sa.func.count())
        .where(Incident.service_id.in_(services), Incident.is_noise.is_(False), _within(Incident.opened_at, spans))
        .group_by(day)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def lead_times(services: Collection[int], spans: Sequence[Span]) -> list[tuple[date, float]]:
    """Return the stories of these services accepted in the spans, as (day, days since they were made ready).

    A story that was never made ready, or that a freeze still holds back, is left out.
    """
    ready_at = (
        sa.select(sa.func.max(AuditEntry.at, type_=AuditEntry.at.type))
        .where(
            AuditEntry.subject_kind == "story",
            AuditEntry.subject_key == sa.literal("GB-") + sa.cast(Story.number, sa.String),
            AuditEntry.tag == "story:made_ready",
            AuditEntry.at <= Fix.decided_at,
        )
        .correlate(Story, Fix)
        .scalar_subquery()
    )
    query = (
        sa.select(day_of(Fix.decided_at), minutes_between(ready_at, Fix.decided_at))
        .join_from(Fix, Story, Story.id == Fix.story_id)
        .where(
            Story.service_id.in_(services), Fix.state == FixState.ACCEPTED, Story.state != StoryState.IN_REVIEW,
            _within(Fix.decided_at, spans),
        )
    )  # fmt: skip
    return [(day, float(minutes) / MINUTES_A_DAY) for day, minutes in db.session.execute(query) if minutes is not None]


def verdicts(services: Collection[int], spans: Sequence[Span]) -> list[tuple[date, bool]]:
    """Return the fixes for these services that went out in the spans and have their verdict, as (day, whether it held).

    A fix about no problem cannot come back, so it is left out; what came back is nobody's to know before it is settled.
    """
    is_settled = sa.and_(Watch.state == WatchState.CAME_BACK, Watch.decided_at.is_not(None))
    held = sa.or_(Watch.state == WatchState.HELD, is_settled)
    query = (
        sa.select(day_of(Watch.starts_at), held)
        .join(Fix, Fix.id == Watch.fix_id)
        .join(Story, Story.id == Fix.story_id)
        .where(
            Story.service_id.in_(services), Watch.problem_id.is_not(None), _within(Watch.starts_at, spans),
            sa.or_(held, Watch.state == WatchState.RECURRED),
        )
    )  # fmt: skip
    return [(day, bool(has_held)) for day, has_held in db.session.execute(query)]


def _within(moment: sa.orm.InstrumentedAttribute[Any], spans: Sequence[Span]) -> sa.ColumnElement[bool]:
    """Return the condition that a moment lies in one of the spans, so that an index on it can be used."""
    return sa.or_(
        sa.false(), *(sa.and_(moment >= _start(span.first), moment < _start(span.until)) for span in spans if span.days)
    )


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
