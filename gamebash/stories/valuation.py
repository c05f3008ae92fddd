"""Keeping the values of stories true to the problems behind them."""

from collections.abc import Collection
from datetime import datetime
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.forecast import WEEKS_A_QUARTER, bursts_of_weeks, forecast
from gamebash.backlog.models import Incident, Problem, ProblemWeek
from gamebash.backlog.problems import current_calibration
from gamebash.core.db import db, release, unit_of_work
from gamebash.stories.grounds import Evidence
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin, Story
from gamebash.stories.value import NONE, Value, value_of_incident, value_of_noise, value_of_problem

# Before an event copies them; from then on a story is worth what it was worth at go-live.
REFRESHED = (StoryState.PROPOSED, StoryState.READY, StoryState.SCHEDULED)
NOISE_WEEKS = 2 * WEEKS_A_QUARTER
NOISE_READ = 200
STALE_AT_ONCE = 500
TOLERANCE = 1e-9
USUAL_NOISE_MINUTES = 15.0
MOST_NOISE_MINUTES = 60.0


def value_of_evidence(evidence: Evidence) -> Value:
    """Return what a story that comes from this is worth by what is known now."""
    problem, incident = evidence.problem, evidence.incident
    if problem is None:
        return value_of_incident(incident.severity) if incident is not None else NONE
    if evidence.is_noise:
        return _value_of_noise(problem)
    return value_of_problem(
        forecast=problem.forecast,
        low=problem.forecast_low,
        high=problem.forecast_high,
        mean_weight=problem.mean_weight,
        seen=problem.incident_count,
    )


def set_value(story: Story) -> bool:
    """Give a story its present value with the parts; say whether that changed anything."""
    value = value_of_evidence(Evidence(story.problem, story.incident, story.origin is Origin.NOISE))
    document = value.to_document()
    if story.value == value.amount and story.value_parts == document:
        return False
    story.value, story.value_parts = value.amount, document
    return True


def refresh_values(problem_ids: Collection[int] | None = None) -> int:
    """Give stories that no event has copied yet their present value, all or those of some problems; return how many changed.

    To be called after incidents came in, were moved or judged noise.
    """
    query = sa.select(Story).where(Story.state.in_(REFRESHED)).order_by(Story.id)
    query = query.options(joinedload(Story.problem), joinedload(Story.incident))
    if problem_ids is not None:
        query = query.where(Story.problem_id.in_(problem_ids))
    return sum(set_value(story) for story in db.session.scalars(query))


def refresh_stale_values(*, now: datetime) -> bool:  # noqa: ARG001 every chore takes it
    """Find stories whose problem has moved on since they were valued, and value them anew; say whether there were any.

    A chore of the worker, so that importing incidents need not know about stories.
    """
    seen = Story.value_parts["seen"].as_integer()
    counted = sa.case((Story.origin == Origin.NOISE, Problem.noise_count), else_=Problem.incident_count)
    is_other = sa.func.abs(Story.value - Problem.forecast * Problem.mean_weight) > TOLERANCE
    query = (
        sa.select(Story.problem_id)
        .join(Problem, Problem.id == Story.problem_id)
        .where(Story.state.in_(REFRESHED), sa.or_(seen != counted, sa.and_(Story.origin == Origin.PROBLEM, is_other)))
        .limit(STALE_AT_ONCE)
    )
    stale = db.session.scalars(query).all()
    release()
    if not stale:
        return False
    with unit_of_work():
        refresh_values([problem_id for problem_id in stale if problem_id is not None])
    return True


def _value_of_noise(problem: Problem) -> Value:
    query = sa.select(ProblemWeek.week_on, ProblemWeek.noise).where(ProblemWeek.problem_id == problem.id)
    weeks = {week_on: noise for week_on, noise in db.session.execute(query)}  # noqa: C416 rows are no pairs to mypy
    newest = max(weeks, default=None)
    counts = [] if newest is None else [0] * min(NOISE_WEEKS, (newest - min(weeks)).days // 7 + 1)
    for week_on, noise in weeks.items():
        age = 0 if newest is None else (newest - week_on).days // 7
        if age < len(counts):
            counts[-1 - age] = noise
    return value_of_noise(
        incidents=forecast(bursts_of_weeks(counts), current_calibration()).expected,
        minutes_each=_noise_minutes(problem),
        seen=problem.noise_count,
    )


def _noise_minutes(problem: Problem) -> float:
    """Return what a false alarm usually takes, in minutes: the median from opening to resolving, an hour at most.

    An alert left open over a weekend took nobody the weekend, hence the median and the bound.
    """
    query = (
        sa.select(Incident.opened_at, Incident.resolved_at)
        .where(Incident.problem_id == problem.id, Incident.is_noise, Incident.resolved_at.is_not(None))
        .order_by(Incident.opened_at.desc())
        .limit(NOISE_READ)
    )
    minutes = [
        max(0.0, (resolved - opened).total_seconds() / 60)
        for opened, resolved in db.session.execute(query)
        if resolved is not None
    ]
    return min(MOST_NOISE_MINUTES, median(minutes)) if minutes else USUAL_NOISE_MINUTES
