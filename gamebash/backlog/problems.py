"""Problems: their counts, weeks and forecast kept true to their incidents."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from gamebash.backlog.forecast import Calibration, bursts_of_weeks, forecast, shrunk_weight
from gamebash.backlog.models import Backtest, Incident, Problem, ProblemWeek
from gamebash.backlog.noise_rules import mark_noise
from gamebash.backlog.severity import WEIGHTS
from gamebash.core.db import db

AT_ONCE = 200
WEEKS_READ = 208
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
    """Mark noise in these problems, count their incidents anew, forecast the next quarter; called inside a unit of work."""
    ids, calibration = sorted(problem_ids), current_calibration()
    for start in range(0, len(ids), AT_ONCE):
        mark_noise(ids[start : start + AT_ONCE], now=now)
        _refresh(ids[start : start + AT_ONCE], calibration, now=now)


def current_calibration() -> Calibration:
    """Return how strength becomes a count here, as the newest backtest taught; the usual way where there is none yet."""
    query = sa.select(Backtest.calibration).where(Backtest.calibration.is_not(None))
    document = db.session.scalar(query.order_by(Backtest.finished_at.desc()).limit(1))
    return Calibration.from_document(document) if document else Calibration()


def refresh_forecasts(*, now: datetime) -> int:
    """Forecast anew those problems whose forecast is older than today, some at a time; return how many.

    A forecast fades while nothing happens, so it has to be made again although no incident came in.
    """
    today = now.date()
    is_old = sa.or_(Problem.forecast_on.is_(None), Problem.forecast_on < today)
    problems = db.session.scalars(sa.select(Problem).where(is_old).order_by(Problem.id).limit(AT_ONCE)).all()
    if not problems:
        return 0
    calibration = current_calibration()
    weeks: dict[int, dict[date, int]] = {problem.id: {} for problem in problems}
    query = sa.select(ProblemWeek.problem_id, ProblemWeek.week_on, ProblemWeek.incidents)
    for problem_id, week_on, incidents in db.session.execute(query.where(ProblemWeek.problem_id.in_(list(weeks)))):
        weeks[problem_id][week_on] = incidents
    for problem in problems:
        _forecast(problem, weekly_counts(weeks[problem.id], now=now), calibration, today)
    return len(problems)


def _refresh(ids: list[int], calibration: Calibration, *, now: datetime) -> None:
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
        _write(problem, tallies.get(problem.id) or _Tally({}), calibration, now=now)
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


def _write(problem: Problem, tally: _Tally, calibration: Calibration, *, now: datetime) -> None:
    weeks = tally.weeks.values()
    problem.incident_count = sum(week.incidents for week in weeks)
    problem.noise_count = sum(week.noise for week in weeks)
    problem.weight = sum(week.weight for week in weeks)
    problem.impact_minutes = sum(week.impact_minutes for week in weeks)
    problem.first_seen_at, problem.last_seen_at = tally.first_seen_at, tally.last_seen_at
    counts = {week_on: week.incidents for week_on, week in tally.weeks.items()}
    _forecast(problem, weekly_counts(counts, now=now), calibration, now.date())


def _forecast(problem: Problem, weeks: list[int], calibration: Calibration, today: date) -> None:
    found = forecast(bursts_of_weeks(weeks), calibration)
    problem.mean_weight = shrunk_weight(problem.weight, problem.incident_count, calibration)
    problem.forecast, problem.forecast_low, problem.forecast_high = found.expected, found.low, found.high
    problem.forecast_parts = {**asdict(found), "weeks": len(weeks)}
    problem.value = problem.forecast * problem.mean_weight
    problem.forecast_on = today


def weekly_counts(weeks: dict[date, int], *, now: datetime) -> list[int]:
    """Return incidents week by week up to the last whole one, four years at most."""
    this = monday_of(now.date())
    first = max(min(weeks, default=this), this - timedelta(weeks=WEEKS_READ))
    return [weeks.get(first + timedelta(weeks=number), 0) for number in range((this - first).days // 7)]


def monday_of(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())
