"""Backtests as a worker makes them: asked for by a person or due by age, kept with the calibration that they taught."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.backtest import LEAST_PERIODS, MOST_PERIODS, backtest, learn_calibration
from gamebash.backlog.granularity import LEAST_SEEN
from gamebash.backlog.models import Backtest, Incident
from gamebash.backlog.problems import refresh_forecasts
from gamebash.backlog.queries.history import day_of, lives
from gamebash.backlog.replay import Life
from gamebash.core import audit, clock
from gamebash.core.db import db, release, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.people.models import Person

LEASE = timedelta(minutes=30)
FRESH_FOR = timedelta(days=7)
MONTHS_A_QUARTER = 3
QUARTER = timedelta(days=91)


class BacktestRefusedError(DomainError):
    """A backtest cannot be asked for now; the message says why."""


def request_backtest(*, by: Person | None, now: datetime) -> Backtest:
    """Ask for a backtest of the installation's own history.

    Raises:
        BacktestRefusedError: where one is on its way.
    """
    waiting = db.session.scalar(sa.select(Backtest).where(Backtest.finished_at.is_(None)).with_for_update())
    if waiting is not None:
        raise BacktestRefusedError("A backtest is on its way already. Its result will stand here.")
    found = Backtest(requested_at=now, requested_by_id=by.id if by else None)
    db.session.add(found)
    audit.record("backtest:requested", "backlog", by_id=by.id if by else None, now=now)
    db.session.flush()
    return found


def run_backtests(*, now: datetime) -> bool:
    """Make the backtest that waits, or one that is due; says whether there was one. A chore of the worker."""
    backtest_id = _take(now=now)
    if backtest_id is None:
        return False
    log = lives()
    release()
    periods = list(past_quarters(log, now))
    report = backtest(log, periods) if len(periods) >= LEAST_PERIODS else None
    calibration = learn_calibration(log, day_of(now), QUARTER.days) if report else None
    with unit_of_work():
        found = db.session.get_one(Backtest, backtest_id)
        found.report = report.to_document() if report else None
        found.calibration = calibration.to_document() if calibration else None
        found.message = "" if report else "The history is too short: a backtest needs three quarters with incidents."
        found.finished_at, found.leased_until = clock.now(), None
    return True


def refresh_old_forecasts(*, now: datetime) -> bool:
    """Forecast anew what was forecast before today; says whether there was anything. A chore of the worker."""
    with unit_of_work():
        return refresh_forecasts(now=now) > 0


def past_quarters(log: list[Life], now: datetime) -> Iterator[tuple[float, float]]:
    """Yield the calendar quarters that are over and have a quarter of history before them, as days, oldest first.

    A log shorter than a year is cut into six equal parts instead, of which the later half is looked at.
    """
    if len(log) < LEAST_SEEN:
        return
    first, last = log[0].opened, min(log[-1].opened, day_of(now))
    starts = list(_quarter_starts(now.date()))
    found = [
        (day_of(start), day_of(end))
        for start, end in zip(starts[1:], starts, strict=False)
        if day_of(start) - first >= QUARTER.days and day_of(end) <= last + QUARTER.days / 2
    ]
    if len(found) < LEAST_PERIODS:
        part = (last - first) / 6
        found = [(first + number * part, first + (number + 1) * part) for number in (5, 4, 3)] if part > 0 else []
    yield from reversed(found[:MOST_PERIODS])


def _quarter_starts(today: date) -> Iterator[datetime]:
    """Yield the first days of this quarter and those before it, newest first."""
    year, quarter = today.year, (today.month - 1) // MONTHS_A_QUARTER
    for _ in range(MOST_PERIODS + 3 * 4):
        yield datetime(year, quarter * MONTHS_A_QUARTER + 1, 1, tzinfo=UTC)
        year, quarter = (year, quarter - 1) if quarter else (year - 1, 3)


def _take(*, now: datetime) -> int | None:
    """Take the backtest that waits or whose worker was killed; where the newest is a week old, a new one."""
    with unit_of_work():
        waiting = db.session.scalar(
            sa.select(Backtest).where(Backtest.finished_at.is_(None)).order_by(Backtest.id).limit(1).with_for_update()
        )
        if waiting is None and _is_due(now):
            waiting = request_backtest(by=None, now=now)
        if waiting is None or (waiting.leased_until is not None and waiting.leased_until > now):
            return None
        waiting.leased_until = now + LEASE
        return waiting.id


def _is_due(now: datetime) -> bool:
    newest = db.session.scalar(sa.select(sa.func.max(Backtest.finished_at)))
    if newest is not None and newest > now - FRESH_FOR:
        return False
    some = db.session.scalars(sa.select(Incident.id).limit(LEAST_SEEN)).all()
    return len(some) == LEAST_SEEN
