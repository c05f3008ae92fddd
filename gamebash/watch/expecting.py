"""What was to be expected of a problem when its event went live: the forecast by its incidents up to then."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.forecast import Forecast, bursts_of_weeks, forecast
from gamebash.backlog.models import Problem, ProblemWeek
from gamebash.backlog.problems import WEEKS_READ, current_calibration, monday_of, weekly_counts
from gamebash.core.db import db


def forecast_at(problem: Problem, moment: datetime, *, of_noise: bool) -> Forecast:
    """Return the incidents to expect in the quarter after a moment, by the whole weeks before it.

    Counted from the weeks, not copied from the problem, so that it is the same whenever the watch begins to be kept.
    """
    monday = monday_of(moment.date())
    column = ProblemWeek.noise if of_noise else ProblemWeek.incidents
    query = sa.select(ProblemWeek.week_on, column).where(
        ProblemWeek.problem_id == problem.id,
        ProblemWeek.week_on < monday,
        ProblemWeek.week_on >= monday - timedelta(weeks=WEEKS_READ),
    )
    weeks: dict[date, int] = {week_on: count for week_on, count in db.session.execute(query)}  # noqa: C416
    return forecast(bursts_of_weeks(weekly_counts(weeks, now=moment)), current_calibration())
