"""The incidents of problems counted by week, in the database: an incident is never brought into memory to be counted."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from gamebash.backlog.models import Incident, ProblemWeek
from gamebash.backlog.severity import WEIGHTS
from gamebash.core.db import db
from gamebash.core.sql_times import hour_in_zone, monday_of_week, offsets_of

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
EARLIEST_YEAR = 1970

Seen = tuple[datetime, datetime]
Weeks = dict[int, dict[date, ProblemWeek]]


def recount_weeks(problem_ids: Collection[int]) -> None:
    """Write the weeks of these problems anew from their incidents."""
    ids = list(problem_ids)
    db.session.execute(sa.delete(ProblemWeek).where(ProblemWeek.problem_id.in_(ids)))
    columns = ["problem_id", "week_on", "incidents", "noise", "weight", "impact_minutes", "at_night"]
    db.session.execute(sa.insert(ProblemWeek).from_select(columns, _by_week(ids)))


def weeks_of(problem_ids: Collection[int]) -> dict[int, list[Any]]:
    """Return the weeks of problems as rows of (problem, week, incidents, noise, weight, minutes)."""
    query = sa.select(
        ProblemWeek.problem_id,
        ProblemWeek.week_on,
        ProblemWeek.incidents,
        ProblemWeek.noise,
        ProblemWeek.weight,
        ProblemWeek.impact_minutes,
    ).where(ProblemWeek.problem_id.in_(list(problem_ids)))
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query.order_by(ProblemWeek.problem_id, ProblemWeek.week_on)):
        found.setdefault(row.problem_id, []).append(row)
    return found


def seen_of(problem_ids: Collection[int]) -> dict[int, Seen]:
    """Return when the first and the last incident of problems was opened."""
    query = (
        sa.select(Incident.problem_id, sa.func.min(Incident.opened_at), sa.func.max(Incident.opened_at))
        .where(Incident.problem_id.in_(list(problem_ids)))
        .group_by(Incident.problem_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query) if row[0] is not None}


def _by_week(ids: list[int]) -> sa.Select[Any]:
    week = monday_of_week(Incident.opened_at).label("week_on")
    is_real = Incident.is_noise.is_(False)
    return (
        sa.select(
            Incident.problem_id,
            week,
            _sum(is_real, 1),
            _sum(Incident.is_noise, 1),
            _sum(is_real, sa.case(*((Incident.severity == name, weight) for name, weight in WEIGHTS.items()), else_=0)),
            _sum(is_real, sa.func.coalesce(Incident.impact_minutes, 0)),
            _sum(sa.and_(is_real, _is_at_night(ids)), 1),
        )
        .where(Incident.problem_id.in_(ids))
        .group_by(Incident.problem_id, week)
    )


def _sum(condition: Any, value: Any) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, value), else_=0))


def _is_at_night(ids: list[int]) -> sa.ColumnElement[bool]:
    zone = str(current_app.config["GAMEBASH_TIMEZONE"])
    if zone == "UTC" or db.engine.dialect.name == "postgresql":
        hour = hour_in_zone(Incident.opened_at, zone)
        return sa.or_(hour >= NIGHT_BEGINS, hour < NIGHT_ENDS)
    query = sa.select(sa.func.min(Incident.opened_at), sa.func.max(Incident.opened_at))
    first, last = db.session.execute(query.where(Incident.problem_id.in_(ids))).one()
    years = (max(first.year, EARLIEST_YEAR), last.year + 1) if first else (EARLIEST_YEAR, EARLIEST_YEAR)
    hour = hour_in_zone(Incident.opened_at, zone, _offsets(zone, *years))
    return sa.or_(hour >= NIGHT_BEGINS, hour < NIGHT_ENDS)


@lru_cache(maxsize=64)
def _offsets(zone: str, first: int, last: int) -> tuple[tuple[datetime, int], ...]:
    return offsets_of(ZoneInfo(zone), datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 2, tzinfo=UTC))
