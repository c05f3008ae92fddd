"""Counting what a page asks the database."""

from contextlib import contextmanager

import sqlalchemy as sa
from flask import request_started

from gamebash.core.db import db
from gamebash.points import boards, seasons

# The most that any page may ask, its frame included.
MOST = 12


@contextmanager
def asked(app):
    """Collect the statements that the last request inside needs where nobody has worked out yet who leads."""
    statements = []

    def begin(_app, **_):
        boards.forget()
        seasons.forget()
        statements.clear()

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        with request_started.connected_to(begin, app):
            yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
