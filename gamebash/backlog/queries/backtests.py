"""The page of the backtest: how the pull would have done in each past quarter."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from gamebash.backlog.backtest import Period, Report
from gamebash.backlog.forecast import Calibration
from gamebash.backlog.models import Backtest
from gamebash.backlog.queries.history import moment_of
from gamebash.core.db import db

WAYS = (
    ("pull", "The pull of gamebash"),
    ("frequent", "Most frequent so far"),
    ("recent", "Most recent"),
    ("random", "At random"),
    ("oracle", "The best possible, known only afterwards"),
)


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One past period with the moments it lasted from and to."""

    period: Period
    starts_at: datetime
    ends_at: datetime

    @property
    def ratio(self) -> float:
        """Incidents that came as a share of those expected."""
        return self.period.came / self.period.expected if self.period.expected else 0.0


@dataclass(frozen=True, slots=True)
class BacktestPage:
    """The newest backtest, whether one is on its way, and what it taught."""

    made_at: datetime | None
    message: str
    is_waiting: bool
    report: Report | None
    lines: tuple[PeriodLine, ...]
    ways: tuple[tuple[str, float], ...]
    calibration: Calibration | None


def backtest_page() -> BacktestPage:
    """Return the newest backtest that ended."""
    query = sa.select(Backtest).where(Backtest.finished_at.is_not(None)).options(undefer(Backtest.report))
    newest = db.session.scalar(query.order_by(Backtest.finished_at.desc()).limit(1))
    is_waiting = db.session.scalar(sa.select(sa.exists().where(Backtest.finished_at.is_(None))))
    report = Report.from_document(newest.report) if newest and newest.report else None
    periods = report.periods if report else ()
    return BacktestPage(
        made_at=newest.finished_at if newest else None,
        message=newest.message if newest else "",
        is_waiting=bool(is_waiting),
        report=report,
        lines=tuple(PeriodLine(one, moment_of(one.at), moment_of(one.end)) for one in reversed(periods)),
        ways=tuple((label, report.mean(name)) for name, label in WAYS) if report else (),
        calibration=Calibration.from_document(newest.calibration) if newest and newest.calibration else None,
    )
