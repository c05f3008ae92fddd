"""Writing many new incidents at once, by each database's own fastest way: COPY on PostgreSQL, executemany on SQLite.

Only for incidents that are not there yet, with the source locked, so that nobody else can write the same ones.
"""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.models import Incident
from gamebash.core.db import db

TABLE = Incident.__table__
SECONDS_END = 26


@cache
def _columns() -> tuple[str, ...]:
    """Return the columns of an incident but for the id, which the database gives."""
    return tuple(column.name for column in TABLE.columns if column.name != "id")


@cache
def _defaults() -> dict[str, Any]:
    """Return what stands in the columns that no record fills."""
    found: dict[str, Any] = {}
    for column in TABLE.columns:
        default = column.default.arg if column.default is not None and column.default.is_scalar else None
        found[column.name] = default if default is not None or column.nullable else ""
    return found


def insert_incidents(rows: Sequence[dict[str, Any]]) -> None:
    """Insert incidents; each row has the values that differ from the columns' defaults."""
    names = [name for name in _columns() if name in rows[0] or _defaults()[name] is not None]
    defaults = _defaults()
    ready = [[_plain(row[name] if name in row else defaults[name]) for name in names] for row in rows]
    if db.engine.dialect.name == "postgresql":
        _copy(names, ready)
        return
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO incidents ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 names of our own columns
    db.session.connection().exec_driver_sql(statement, [tuple(row) for row in ready])


def gather_statistics() -> None:
    """Let PostgreSQL look at what came in before it plans how to count it; by itself it does so minutes later."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("ANALYZE incidents, problems"))


def _plain(value: Any) -> Any:
    """Return a value as the driver takes it, in the form in which it is stored."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return value
    if kind is datetime:
        # The times of records are in UTC; stored without offset on SQLite, and read as UTC by PostgreSQL.
        return value.isoformat(" ", "microseconds")[:SECONDS_END]
    if isinstance(value, StrEnum):
        return value.value
    return json.dumps(value) if value else ("[]" if kind is list else "{}")


def _copy(names: Sequence[str], rows: list[list[Any]]) -> None:
    """Copy rows in as CSV: nothing stands for no value, and for an empty text in the columns that need one."""
    texts = [
        name for name in names if isinstance(TABLE.columns[name].type, sa.String) and not TABLE.columns[name].nullable
    ]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    statement = f"COPY incidents ({', '.join(names)}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({', '.join(texts)}))"
    driver: Any = db.session.connection().connection.cursor()
    try:
        driver.execute("SET LOCAL timezone TO 'UTC'")
        with driver.copy(statement) as copy:
            copy.write(text.getvalue())
    finally:
        driver.close()
