"""The database: one session, one place that commits, UTC times, named constraints, and what SQLite needs to be safe.

SQLite runs in WAL with ``synchronous=FULL``, so that what was acknowledged survives a power cut, and a writing
transaction takes its lock at the start (``BEGIN IMMEDIATE``), so that it never has to be refused in the middle.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.command import upgrade
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

BUSY_MILLISECONDS = 15_000
CHANNEL = "gamebash_live"
_CHANGED = "changed_topics"
MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Naive values are refused, since nobody could say what they mean."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no offset, so it is taken off after conversion."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value!r} has no time zone"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table's base: typed columns, named constraints."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: sa.JSON(none_as_null=True)},
    )


def enum_column(values: type[StrEnum], name: str) -> sa.Enum:
    """Return a column type that stores an enum's values as text under a CHECK constraint."""
    return sa.Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    # Flask-SQLAlchemy builds its base as the program runs, where no type checker can see it.
    Model = Base
else:
    Model = db.Model
migrations = Migrate()

_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)


@contextmanager
def write_intent() -> Iterator[None]:
    """Make transactions begun inside take SQLite's write lock at once instead of half way through."""
    token = _is_writing.set(True)
    try:
        yield
    finally:
        _is_writing.reset(token)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Do everything inside in one transaction: all of it is kept, or on any exception none of it.

    The only place that commits. Wrapped around every unsafe request, command and job.
    """
    with write_intent():
        try:
            yield
            _tell_watchers()
            db.session.commit()
        except BaseException:
            release()
            raise


def release() -> None:
    """End the reading so far, so that slow work (hashing a password) holds no lock; what was not kept is not told."""
    db.session.rollback()
    db.session.info.pop(_CHANGED, None)


def mark_changed(topic: str) -> None:
    """Note that a topic changes with this transaction; every process whose pages watch it hears when it commits."""
    db.session.info.setdefault(_CHANGED, set()).add(topic)


def _tell_watchers() -> None:
    """Tell PostgreSQL inside the transaction, so that it passes on neither too early nor what was rolled back.

    SQLite needs no word: whoever watches asks it whether anything was committed.
    """
    topics = sorted(db.session.info.pop(_CHANGED, ()))
    if topics and db.engine.dialect.name == "postgresql":
        for topic in topics:
            db.session.execute(sa.select(sa.func.pg_notify(CHANNEL, topic)))


def violated_constraint(error: sa.exc.IntegrityError) -> str:
    """Return the name of the violated constraint or index, or on SQLite the columns it names."""
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None and diagnostics.constraint_name:
        return str(diagnostics.constraint_name)
    return str(error.orig)


def is_violation_of(error: sa.exc.IntegrityError, index: sa.Index | sa.UniqueConstraint) -> bool:
    """Say whether the database refused a row because of this very index or constraint."""
    violated = violated_constraint(error)
    if violated == index.name:
        return True
    columns = ", ".join(f"{column.table.name}.{column.name}" for column in index.columns)
    return f"index '{index.name}'" in violated or violated.endswith(f"failed: {columns}")


def init_app(app: Flask) -> None:
    """Bind the database to the app and set up SQLite's pragmas and locking."""
    uri = str(app.config["SQLALCHEMY_DATABASE_URI"])
    options: dict[str, Any] = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    if uri.startswith("sqlite"):
        if sa.engine.make_url(uri).database:
            Path(str(sa.engine.make_url(uri).database)).parent.mkdir(parents=True, exist_ok=True)
        options.setdefault("connect_args", {}).setdefault("timeout", BUSY_MILLISECONDS / 1000)
    else:
        options.setdefault("pool_pre_ping", True)
    if sa.engine.make_url(uri).database not in {None, "", ":memory:"}:
        options.setdefault("pool_size", 20)
        options.setdefault("max_overflow", 20)
    db.init_app(app)
    migrations.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=False)
    with app.app_context():
        set_up = _make_sqlite_safe if uri.startswith("sqlite") else _make_postgresql_quick
        set_up(db.engine)


def migrate(app: Flask) -> None:
    """Bring the app's database to the newest schema."""
    with app.app_context():
        config = app.extensions["migrate"].migrate.get_config(str(MIGRATIONS))
        upgrade(config, "head")
        db.session.remove()


def _make_postgresql_quick(engine: sa.Engine) -> None:
    """Compile no statement to machine code: for one of many tables that takes longer than to answer a page."""

    @event.listens_for(engine, "connect")
    def _switch_off(connection: Any, _record: Any) -> None:
        connection.execute("SET jit = off")
        connection.commit()


def _make_sqlite_safe(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would begin them deferred.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _is_writing.get() else "BEGIN")
