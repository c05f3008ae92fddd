"""The database's own promises."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from gamebash.core.audit import record
from gamebash.core.counters import next_number
from gamebash.core.db import db

MOMENT = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def test_numbers_follow_each_other(context):
    assert [next_number("stories") for _ in range(3)] == [1, 2, 3]


def test_what_fails_leaves_nothing(work):
    def fail_half_way():
        with work():
            next_number("stories")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert next_number("stories") == 1


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET tag = 'x'", "DELETE FROM audit_entries"])
def test_the_record_of_changes_refuses_to_be_changed(work, statement):
    with work():
        record("event:paused", "autumn", by_id=None, now=MOMENT)
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()
    assert db.session.scalar(sa.text("SELECT count(*) FROM audit_entries")) == 1


def test_every_connection_is_set_up_as_its_engine_needs(context):
    ask, answer = {"postgresql": ("SHOW jit", "off"), "sqlite": ("PRAGMA foreign_keys", 1)}[db.engine.dialect.name]
    assert db.session.scalar(sa.text(ask)) == answer
