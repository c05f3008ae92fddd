"""Arithmetic on moments in SQL, as each database does it."""

from typing import Any

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
