"""Problems: their counts, weeks and forecast kept true to their incidents."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.counting import recount_weeks, seen_of, weeks_of
from gamebash.backlog.forecast import Calibration, bursts_of_weeks, forecast, shrunk_weight
from gamebash.backlog.models import Backtest, Problem, ProblemState, ProblemWeek
from gamebash.backlog.noise_rules import mark_noise
from gamebash.core.db import db, unit_of_work

AT_ONCE = 200
WEEKS_READ = 208


def refresh_problems(problem_ids: Collection[int], *, now: datetime) -> None:
    """Mark noise in these problems, count their incidents anew, forecast the next quarter; called inside a unit of work."""
    ids, calibration = sorted(problem_ids), current_calibration()
    for start in range(0, len(ids), AT_ONCE):
        mark_noise(ids[start : start + AT_ONCE], now=now)
        _refresh(ids[start : start + AT_ONCE], calibration, now=now)


def current_calibration() -> Calibration:
    """Return how strength becomes a count here, as the newest backtest taught; the usual way where there is none yet."""
    return calibration_in(db.session.scalar(newest_calibration()))


def newest_calibration() -> sa.Select[dict[str, Any] | None]:
    """Select what the newest backtest taught, for queries that need it beside other things; ``calibration_in`` reads it."""
    query = sa.select(Backtest.calibration).where(Backtest.calibration.is_not(None))
    return query.order_by(Backtest.finished_at.desc()).limit(1)


def calibration_in(document: dict[str, Any] | None) -> Calibration:
    """Return the calibration that was selected; the usual one where nothing was."""
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


def refresh_stale_problems(*, now: datetime) -> bool:
    """Count some of those problems anew whose incidents changed; says whether there were any. A chore of the worker."""
    with unit_of_work():
        query = sa.select(Problem.id).where(Problem.is_stale).order_by(Problem.id).limit(AT_ONCE)
        ids = db.session.scalars(query.with_for_update(skip_locked=True)).all()
        refresh_problems(ids, now=now)
    return bool(ids)


def mark_stale(problem_ids: Collection[int]) -> None:
    """Remember, in the transaction that changes their incidents, that these problems have to be counted anew."""
    ids = sorted(problem_ids)
    # Locked first, all in one order: whoever counts them now shall not take the mark away, nor two writers wait for each other.
    db.session.execute(
        sa.select(Problem.id).where(Problem.id.in_(ids)).order_by(Problem.id).with_for_update(key_share=True)
    )
    update = sa.update(Problem).where(Problem.id.in_(ids), Problem.is_stale.is_(False)).values(is_stale=True)
    db.session.execute(update.execution_options(synchronize_session=False))


def _refresh(ids: list[int], calibration: Calibration, *, now: datetime) -> None:
    recount_weeks(ids)
    weeks, seen = weeks_of(ids), seen_of(ids)
    for problem in db.session.scalars(sa.select(Problem).where(Problem.id.in_(ids))):
        first, latest = seen.get(problem.id, (None, None))
        _ask_again(problem, latest, sum(week.incidents for week in weeks.get(problem.id, [])))
        problem.first_seen_at, problem.last_seen_at = first, latest
        problem.is_stale = False
        _write(problem, weeks.get(problem.id, []), calibration, now=now)
    db.session.flush()


def _write(problem: Problem, weeks: Sequence[Any], calibration: Calibration, *, now: datetime) -> None:
    problem.incident_count = sum(week.incidents for week in weeks)
    problem.noise_count = sum(week.noise for week in weeks)
    problem.weight = sum(week.weight for week in weeks)
    problem.impact_minutes = sum(week.impact_minutes for week in weeks)
    counts = {week.week_on: week.incidents for week in weeks}
    _forecast(problem, weekly_counts(counts, now=now), calibration, now.date())


def _ask_again(problem: Problem, latest: datetime | None, count: int) -> None:
    """Let a problem wait for a decision again: one that was all noise has a real incident, or a solved one struck again.

    What people decided about the incidents before stays as it is.
    """
    is_no_longer_noise = count > 0 and problem.incident_count == 0 and problem.noise_count > 0
    before = problem.last_seen_at
    is_back = problem.state is ProblemState.SOLVED and before is not None and latest is not None and latest > before
    if is_back:
        problem.state = ProblemState.OPEN
    if is_no_longer_noise or is_back:
        problem.triaged_at = None


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
