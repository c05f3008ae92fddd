"""Arithmetic on moments in SQL, as each database does it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from gamebash.core.db import db

SECONDS_A_DAY = 86_400.0
SECONDS_A_MINUTE = 60.0


def minutes_between(start: Any, end: Any) -> sa.ColumnElement[Any]:
    """Return the minutes from one moment to another."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.extract("epoch", end - start) / SECONDS_A_MINUTE
    days = sa.func.julianday(end, type_=sa.Float()) - sa.func.julianday(start, type_=sa.Float())
    return days * (SECONDS_A_DAY / SECONDS_A_MINUTE)


def minutes_before(moment: Any, minutes: int) -> sa.ColumnElement[Any]:
    """Return the moment so many minutes before another one, so that an index on times can be used."""
    if db.engine.dialect.name == "postgresql":
        earlier: sa.ColumnElement[Any] = moment - sa.func.make_interval(0, 0, 0, 0, 0, minutes)
        return earlier
    return sa.func.strftime("%Y-%m-%d %H:%M:%f", moment, f"-{minutes} minutes")


def day_of(moment: Any) -> sa.ColumnElement[Any]:
    """Return the day of a moment, in UTC."""
    if db.engine.dialect.name == "postgresql":
        return sa.cast(sa.func.timezone("UTC", moment), sa.Date)
    return sa.func.date(moment, type_=sa.Date())


def monday_of_week(moment: Any) -> sa.ColumnElement[Any]:
    """Return the Monday of a moment's week, in UTC."""
    if db.engine.dialect.name == "postgresql":
        return sa.cast(sa.func.date_trunc("week", sa.func.timezone("UTC", moment)), sa.Date)
    return sa.func.date(moment, "-6 days", "weekday 1", type_=sa.Date())


def hour_in_zone(moment: Any, zone: str, offsets: Sequence[tuple[datetime, int]] = ()) -> sa.ColumnElement[Any]:
    """Return the hour of a moment by the clocks of a zone; SQLite, which knows none, needs its offsets as (until, seconds)."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.extract("hour", sa.func.timezone(zone, moment))
    if not offsets:
        return sa.cast(sa.func.strftime("%H", moment), sa.Integer)
    cases = [(moment < until, f"{seconds:+d} seconds") for until, seconds in offsets[:-1]]
    last = f"{offsets[-1][1]:+d} seconds"
    shift: Any = sa.case(*cases, else_=last) if cases else last
    return sa.cast(sa.func.strftime("%H", moment, shift), sa.Integer)


def offsets_of(zone: ZoneInfo, first: datetime, last: datetime) -> tuple[tuple[datetime, int], ...]:
    """Return each offset of a zone in seconds, with the moment until which it counts; the last one counts on."""
    found: list[tuple[datetime, int]] = []
    day, offset = first, _seconds(zone, first)
    while day < last:
        following = day + timedelta(days=1)
        if (changed := _seconds(zone, following)) != offset:
            found.append((_change(zone, day, following), offset))
            offset = changed
        day = following
    return (*found, (last, offset))


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the moment at which the offset changes, to the second."""
    offset = _seconds(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (middle, after) if _seconds(zone, middle) == offset else (before, middle)
    return after


def _seconds(zone: ZoneInfo, moment: datetime) -> int:
    return int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())
