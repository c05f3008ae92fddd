"""Answers for whoever looks after the process: whether it is alive, and whether it can serve."""

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gamebash.core.db import MIGRATIONS, db


def newest_revision() -> str | None:
    """Return the revision that this code expects."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def present_revision(connection: sa.Connection) -> str | None:
    """Return the revision that the database has; None where it has no schema yet."""
    return MigrationContext.configure(connection).get_current_revision()


def why_not_ready() -> str:
    """Return what keeps the process from serving, in words; nothing when it can serve."""
    try:
        present = present_revision(db.session.connection())
    except sa.exc.SQLAlchemyError:
        return "the database does not answer"
    if present != newest_revision():
        return f"the database is at revision {present}, this code needs {newest_revision()}: run gamebash migrate"
    return ""
