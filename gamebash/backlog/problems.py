"""Problems: their counts, weeks and forecast kept true to their incidents."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from gamebash.backlog.forecast import forecast
from gamebash.backlog.models import Incident, Problem, ProblemWeek
from gamebash.backlog.severity import WEIGHTS
from gamebash.core.db import db

AT_ONCE = 200
WEEKS_READ = 104
LEAST_WEEKS = 26
NIGHT_BEGINS, NIGHT_ENDS = 22, 6


@dataclass(slots=True)
class _Week:
    """The sums of one week."""

    incidents: int = 0
    noise: int = 0
    weight: int = 0
    impact_minutes: int = 0
    at_night: int = 0


@dataclass(slots=True)
class _Tally:
    """What the incidents of one problem come to."""

    weeks: dict[date, _Week]
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None


def refresh_problems(problem_ids: Collection[int], *, now: datetime) -> None:
    """Count the incidents of these problems anew and forecast the next quarter; called inside a unit of work."""
    ids = sorted(problem_ids)
    for start in range(0, len(ids), AT_ONCE):
        _refresh(ids[start : start + AT_ONCE], now=now)


def _refresh(ids: list[int], *, now: datetime) -> None:
    tallies = _count(ids)
    db.session.execute(sa.delete(ProblemWeek).where(ProblemWeek.problem_id.in_(ids)))
    rows = [
        {"problem_id": problem_id, "week_on": week_on, **asdict(week)}
        for problem_id, tally in tallies.items()
        for week_on, week in sorted(tally.weeks.items())
    ]
    if rows:
        db.session.execute(sa.insert(ProblemWeek), rows)
    for problem in db.session.scalars(sa.select(Problem).where(Problem.id.in_(ids))):
        _write(problem, tallies.get(problem.id) or _Tally({}), now=now)
    db.session.flush()


def _count(ids: list[int]) -> dict[int, _Tally]:
    zone = ZoneInfo(str(current_app.config["GAMEBASH_TIMEZONE"]))
    tallies: dict[int, _Tally] = {}
    for problem_id, opened_at, severity, is_noise, minutes in _incidents(ids):
        tally = tallies.setdefault(problem_id, _Tally({}))
        week = tally.weeks.setdefault(monday_of(opened_at.date()), _Week())
        tally.first_seen_at = min(tally.first_seen_at or opened_at, opened_at)
        tally.last_seen_at = max(tally.last_seen_at or opened_at, opened_at)
        if is_noise:
            week.noise += 1
            continue
        week.incidents += 1
        week.weight += WEIGHTS[severity]
        week.impact_minutes += minutes or 0
        hour = opened_at.astimezone(zone).hour
        week.at_night += hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
    return tallies


def _incidents(ids: list[int]) -> Iterator[Any]:
    query = sa.select(
        Incident.problem_id, Incident.opened_at, Incident.severity, Incident.is_noise, Incident.impact_minutes
    ).where(Incident.problem_id.in_(ids))
    yield from db.session.execute(query.execution_options(yield_per=2_000))


def _write(problem: Problem, tally: _Tally, *, now: datetime) -> None:
    weeks = tally.weeks.values()
    problem.incident_count = sum(week.incidents for week in weeks)
    problem.noise_count = sum(week.noise for week in weeks)
    problem.weight = sum(week.weight for week in weeks)
    problem.impact_minutes = sum(week.impact_minutes for week in weeks)
    problem.first_seen_at, problem.last_seen_at = tally.first_seen_at, tally.last_seen_at
    problem.mean_weight = problem.weight / problem.incident_count if problem.incident_count else 0.0
    found = forecast(weekly_counts(tally.weeks, now=now))
    problem.forecast, problem.forecast_low, problem.forecast_high = found.expected, found.low, found.high
    problem.forecast_parts = asdict(found)
    problem.value = problem.forecast * problem.mean_weight


def weekly_counts(weeks: dict[date, _Week], *, now: datetime) -> list[int]:
    """Return incidents week by week up to the last whole one, half a year at least and two years at most.

    Half a year, so that one bad week of something new does not count as its usual rate.
    """
    this = monday_of(now.date())
    seen = min(min(weeks, default=this), this - timedelta(weeks=LEAST_WEEKS))
    first = max(seen, this - timedelta(weeks=WEEKS_READ))
    count = (this - first).days // 7
    return [weeks[day].incidents if (day := first + timedelta(weeks=number)) in weeks else 0 for number in range(count)]


def monday_of(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())
