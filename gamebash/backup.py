"""Backup and restore: SQLite's own online copy, or a portable dump that either engine reads back.

The dump is gzipped JSON lines: a header with the schema revision, then a line a row, tables in the order of their
foreign keys. It is read in one snapshot, so it is whole even while people play.
"""

import gzip
import json
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import UtcDateTime, db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.core.health import newest_revision, present_revision
from gamebash.models import metadata

FORMAT = "gamebash dump 1"
ROWS_AT_ONCE = 1_000
GZIP_LEVEL = 6


class BackupError(DomainError):
    """A backup that cannot be written or read back; the message says why and what to do."""


def copy_sqlite(target: Path) -> None:
    """Copy a SQLite database while it is in use, through SQLite's online backup.

    Raises:
        BackupError: where the database is not SQLite.
    """
    if db.engine.dialect.name != "sqlite":
        message = "An online copy is for SQLite. Name the file something.jsonl.gz for a portable dump instead."
        raise BackupError(message)
    with db.engine.connect() as connection, sqlite3.connect(target) as copy:
        source = connection.connection.driver_connection
        source.backup(copy)  # type: ignore[union-attr]
    copy.close()


def dump(target: Path) -> int:
    """Write every row to a portable dump and return how many there were."""
    rows = 0
    partial = target.with_name(target.name + ".part")
    with db.engine.connect() as plain, gzip.open(partial, "wt", GZIP_LEVEL, encoding="utf-8") as file:
        connection = plain
        if db.engine.dialect.name == "postgresql":
            connection = plain.execution_options(isolation_level="REPEATABLE READ")
        file.write(json.dumps({"format": FORMAT, "revision": present_revision(connection)}) + "\n")
        for table in metadata.sorted_tables:
            for row in connection.execute(_in_order(table)).mappings():
                file.write(json.dumps([table.name, dict(row)], default=_plain, separators=(",", ":")) + "\n")
                rows += 1
    partial.replace(target)
    return rows


def restore(source: Path) -> int:
    """Read a portable dump into an empty database and return how many rows it had; all of it or nothing.

    Raises:
        BackupError: where the file is no dump, fits another schema, or the database holds something already.
    """
    try:
        with gzip.open(source, "rt", encoding="utf-8") as file:
            _check_header(file.readline())
            _check_empty()
            with unit_of_work():
                rows = _insert(file)
                _continue_numbering()
    except (EOFError, OSError, zlib.error, ValueError) as error:
        raise BackupError(
            f"The dump is damaged or cut off ({error}); nothing was restored. Take an earlier one."
        ) from error
    return rows


def _in_order(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    message = f"no plain form for {value!r}"
    raise TypeError(message)


def _check_header(line: str) -> None:
    try:
        header = json.loads(line)
    except ValueError:
        header = {}
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        message = "This file is no gamebash dump. Make one with: gamebash backup FILE.jsonl.gz"
        raise BackupError(message)
    if header["revision"] != newest_revision():
        message = (
            f"The dump has schema {header['revision']}, this version needs {newest_revision()}. Restore it with the "
            "version that wrote it, then upgrade."
        )
        raise BackupError(message)


def _check_empty() -> None:
    for table in metadata.sorted_tables:
        if db.session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            message = (
                f"The database already holds {table.name}. Restore into a new, empty one (gamebash migrate makes it)."
            )
            raise BackupError(message)
    db.session.rollback()


def _insert(lines: Iterator[str]) -> int:
    rows = 0
    waiting: list[dict[str, Any]] = []
    current = ""
    for line in lines:
        name, values = json.loads(line)
        if waiting and (name != current or len(waiting) >= ROWS_AT_ONCE):
            rows += _flush(current, waiting)
        current = name
        waiting.append(values)
    return rows + (_flush(current, waiting) if waiting else 0)


def _flush(name: str, waiting: list[dict[str, Any]]) -> int:
    table = metadata.tables[name]
    readers = {column.name: _reader(column) for column in table.columns}
    rows = [{key: readers[key](value) for key, value in values.items()} for values in waiting]
    db.session.execute(table.insert(), rows)
    waiting.clear()
    return len(rows)


def _reader(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return lambda value: value and datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return lambda value: value and date.fromisoformat(value)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return lambda value: None if value is None else kind.enum_class(value)
    return lambda value: value


def _continue_numbering() -> None:
    """PostgreSQL's sequences know nothing of ids that came from outside."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "id" in table.columns and isinstance(table.columns["id"].type, sa.Integer):
            newest = sa.text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608  (our own table's name)
                f"COALESCE((SELECT MAX(id) FROM {table.name}), 0) + 1, false)"
            )
            db.session.execute(newest)
