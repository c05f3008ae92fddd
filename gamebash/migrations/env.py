"""How Alembic reaches the application's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from gamebash.core.search import is_modelled
from gamebash.models import metadata


def run() -> None:
    """Run the migrations in one transaction on the app's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, _rebuilding(connection):
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=False,
            compare_type=True,
            include_name=is_modelled,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def _rebuilding(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite rebuild tables that others point at: with foreign keys on, dropping the old one would empty those."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"The migration left rows that point nowhere: {broken[:3]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


run()
