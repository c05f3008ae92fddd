"""How often problems struck, week by week."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import ProblemWeek
from gamebash.core.db import db

QUARTER = 13
HALF_YEAR = 26


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a problem, from Monday; noise stands apart from incidents."""

    starts_on: date
    incidents: int = 0
    noise: int = 0
    at_night: int = 0
    impact_minutes: int = 0


def weeks_of(problem_ids: Collection[int], *, now: datetime, weeks: int) -> dict[int, tuple[Week, ...]]:
    """Return the latest weeks of problems, oldest first, weeks without incidents too. One query."""
    newest = now.date() - timedelta(days=now.date().weekday())
    mondays = [newest - timedelta(weeks=age) for age in range(weeks - 1, -1, -1)]
    query = sa.select(ProblemWeek).where(ProblemWeek.problem_id.in_(problem_ids), ProblemWeek.week_on >= mondays[0])
    found: dict[tuple[int, date], Week] = {}
    for row in db.session.scalars(query) if problem_ids else ():
        found[row.problem_id, row.week_on] = Week(
            row.week_on, row.incidents, row.noise, row.at_night, row.impact_minutes
        )
    return {key: tuple(found.get((key, monday), Week(monday)) for monday in mondays) for key in problem_ids}


def counts(weeks: Sequence[Week], *, of_noise: bool) -> tuple[int, ...]:
    """Return how often it struck, a number a week; of noise how often that fired."""
    return tuple(week.noise if of_noise else week.incidents for week in weeks)


def months_below(weeks: Sequence[Week]) -> tuple[str, ...]:
    """Return the month below the first week of each month, so that 26 bars stay readable on a phone."""
    months = [f"{week.starts_on:%b}" for week in weeks]
    return tuple(month if not place or month != months[place - 1] else "" for place, month in enumerate(months))
