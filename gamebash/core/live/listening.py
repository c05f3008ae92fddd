"""How a process hears that something changed: it asks SQLite, and PostgreSQL tells it."""

import sqlite3
import time
from collections.abc import Collection
from typing import Protocol, cast

import psycopg
import sqlalchemy as sa

from gamebash.core.audit import marks_of, topic_of
from gamebash.core.db import CHANNEL

ASK_EVERY_SECONDS = 0.05
ALIVE = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}


class Listener(Protocol):
    """Hears of changes, also by other processes."""

    def changed(self, topics: Collection[str], seconds: float) -> Collection[str]:
        """Wait that long at most; return which of these topics may have changed meanwhile."""

    def close(self) -> None:
        """Stop listening."""


def listen_to(engine: sa.Engine) -> Listener:
    """Return what hears of this database's changes."""
    return PostgresListener(engine) if engine.dialect.name == "postgresql" else SqliteListener(engine)


class SqliteListener:
    """Asks on a connection of its own whether any other one committed, and then which topics have a newer change.

    SQLite has one writer at a time, so changes are numbered in the order in which they are committed.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Listen from now on."""
        self._engine = engine
        self._connection = sqlite3.connect(str(engine.url.database), isolation_level=None)
        self._state = self._ask()
        self._marks: dict[str, int] = {}

    def changed(self, topics: Collection[str], seconds: float) -> Collection[str]:
        """Return the topics with a newer change."""
        until = time.monotonic() + seconds
        while (state := self._ask()) == self._state:
            left = until - time.monotonic()
            if left <= 0:
                return ()
            time.sleep(min(left, ASK_EVERY_SECONDS))
        self._state = state
        with self._engine.connect() as connection:
            marks = {topic_of(event_id or 0): mark for event_id, mark in connection.execute(marks_of(topics))}
        newer = [topic for topic, mark in marks.items() if mark != self._marks.get(topic)]
        self._marks.update(marks)
        return newer

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def _ask(self) -> int:
        return cast("int", self._connection.execute("PRAGMA data_version").fetchone()[0])


class PostgresListener:
    """Waits for what transactions say as they commit."""

    def __init__(self, engine: sa.Engine) -> None:
        """Listen from now on."""
        # Not one of the pool's: it is never given back. It only waits, so the system has to find out when it is dead.
        arguments, names = engine.dialect.create_connect_args(engine.url)
        self._connection = psycopg.connect(*arguments, **{**ALIVE, **names}, autocommit=True)
        self._connection.execute(f"LISTEN {CHANNEL}")

    def changed(self, topics: Collection[str], seconds: float) -> Collection[str]:
        """Return the topics that were named."""
        heard = {note.payload for note in self._connection.notifies(timeout=seconds, stop_after=1)}
        return heard.intersection(topics)

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()
