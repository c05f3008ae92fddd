"""What watches hear of changes: the bus, its caps, and who may go on watching."""

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import audit, clock
from gamebash.core.audit import topic_of
from gamebash.core.db import db, unit_of_work
from gamebash.core.live.answers import hub_of
from gamebash.core.live.channels import Had
from gamebash.core.live.hub import FullError, Pass, Wish
from gamebash.core.live.shows import Show
from tests.conftest import make_app
from tests.factories import make_event, make_person

PATIENCE = 5.0
NOTHING = Had()


class Counting(Show):
    """Shows how many changes an event has; counts how often it was read and painted."""

    name = "counting"

    def __init__(self, due_at=None):
        self.read_times = 0
        self.painted_times = 0
        self.moment = due_at

    def read(self, topic, *, now):
        self.read_times += 1
        query = audit.AuditEntry.event_id == audit.event_id_in(topic)
        return db.session.query(audit.AuditEntry).filter(query).count()

    def due_at(self, reading):
        return self.moment if self.moment and self.moment > clock.now() else None

    def shared(self, reading, group, paint):
        self.painted_times += 1
        return {"count": f"<b id=count>{reading}</b>", "still": "<b id=still></b>"}

    def personal(self, reading, looker, args, paint):
        return {"own": f"<i id=own>{looker}</i>"} if looker else {}


def everybody(keys):
    return keys


@pytest.fixture
def event_id(app):
    with app.app_context(), unit_of_work():
        return make_event().id


def change(app, event_id, tag="event:changed"):
    with app.app_context(), unit_of_work():
        audit.record(tag, "it", by_id=None, now=clock.now(), event_id=event_id)


def change_in_vain(app, event_id):
    with app.app_context(), unit_of_work():
        audit.record("event:changed", "it", by_id=None, now=clock.now(), event_id=event_id)
        db.session.flush()
        raise ZeroDivisionError


def watch(app, show, event_id, looker=None, had=NOTHING):
    with app.app_context():
        watcher = hub_of(app).open(Wish(show, topic_of(event_id), looker), Pass(everybody, "me"), had, now=clock.now())
        db.session.remove()
    return watcher


def next_message(watcher):
    """The next message with something in it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        version = watcher.page.channel.version
        if version.number > watcher.page.seen and (text := watcher.page.message(version)):
            return text
        watcher.wait(0.1)
    raise AssertionError("nothing came")


def test_a_change_wakes_whoever_watches_within_a_second(app, event_id):
    watcher = watch(app, Counting(), event_id)
    assert ">0</b>" in next_message(watcher)
    began = time.monotonic()
    change(app, event_id)
    assert ">1</b>" in next_message(watcher)
    assert time.monotonic() - began < 1.0


def test_a_change_by_another_process_is_heard_too(app, database, event_id):
    watcher = watch(app, Counting(), event_id)
    next_message(watcher)
    other = make_app(database)
    change(other, event_id)
    assert ">1</b>" in next_message(watcher)
    with other.app_context():
        db.engine.dispose()


def test_what_is_rolled_back_is_not_told(app, event_id):
    show = Counting()
    watcher = watch(app, show, event_id)
    next_message(watcher)
    time.sleep(0.5)
    before = show.read_times
    with pytest.raises(ZeroDivisionError):
        change_in_vain(app, event_id)
    with app.app_context(), unit_of_work():
        make_person("Somebody Else")
    time.sleep(0.7)
    assert show.read_times == before


def test_only_what_is_different_is_sent(app, event_id):
    watcher = watch(app, Counting(), event_id, looker="mara")
    first = next_message(watcher)
    assert "still" in first
    assert "mara" in first
    change(app, event_id)
    second = next_message(watcher)
    assert "count" in second
    assert "still" not in second
    assert "mara" not in second


def test_a_page_that_has_a_version_gets_what_came_after_it(app, event_id):
    show = Counting()
    watcher = watch(app, show, event_id)
    next_message(watcher)
    change(app, event_id)
    next_message(watcher)
    late = watch(app, show, event_id, had=Had(version=watcher.page.seen))
    assert late.page.message(late.page.channel.version) == ""
    change(app, event_id)
    assert "still" not in next_message(late)


def test_a_version_is_read_and_painted_once_for_everybody(app, event_id):
    show = Counting()
    watchers = [watch(app, show, event_id) for _ in range(50)]
    for watcher in watchers:
        next_message(watcher)
    time.sleep(0.6)
    assert {watcher.page.message(watcher.page.channel.version) for watcher in watchers} == {""}
    reads, paintings = show.read_times, show.painted_times
    change(app, event_id)
    assert len({next_message(watcher) for watcher in watchers}) == 1
    assert (show.read_times, show.painted_times) == (reads + 1, paintings + 1)


def test_a_burst_of_changes_becomes_few_messages(app, event_id):
    show = Counting()
    watcher = watch(app, show, event_id)
    next_message(watcher)
    time.sleep(0.6)
    before, began = show.read_times, time.monotonic()
    for _ in range(20):
        change(app, event_id)
    text = next_message(watcher)
    while ">20</b>" not in text:
        text = next_message(watcher)
    assert show.read_times - before <= 2 + (time.monotonic() - began) / 0.3


def test_time_alone_wakes_where_something_is_due(app, event_id):
    show = Counting(due_at=clock.now() + timedelta(seconds=1.5))
    watch(app, show, event_id)
    time.sleep(0.9)
    before = show.read_times
    time.sleep(1.2)
    assert show.read_times == before + 1


def test_beyond_the_places_nobody_is_let_in(app, event_id):
    hub_of(app).most = 2
    first = watch(app, Counting(), event_id)
    watch(app, Counting(), event_id)
    with pytest.raises(FullError):
        watch(app, Counting(), event_id)
    hub_of(app).close(first)
    watch(app, Counting(), event_id)


def test_the_thread_ends_with_the_last_who_watches(app, event_id):
    watchers = [watch(app, Counting(), event_id) for _ in range(3)]
    for watcher in watchers:
        hub_of(app).close(watcher)
    until = time.monotonic() + PATIENCE
    while any(thread.name == "live" for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(thread.name == "live" for thread in threading.enumerate())


def test_stopping_ends_every_stream_at_once(app, event_id):
    watchers = [watch(app, Counting(), event_id) for _ in range(3)]
    hub_of(app).stop()
    assert all(watcher.is_over for watcher in watchers)
    with pytest.raises(FullError):
        watch(app, Counting(), event_id)


def cut(app):
    """End the connection that hears of changes, as when the database is restarted; SQLite has none that could be lost."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            ended = db.session.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
            assert ended.rowcount == 1
        db.session.remove()


def test_what_happens_while_the_database_is_lost_is_caught_up_with(app, event_id):
    watcher = watch(app, Counting(), event_id)
    next_message(watcher)
    time.sleep(0.6)
    cut(app)
    change(app, event_id)
    assert ">1</b>" in next_message(watcher)
    change(app, event_id)
    assert ">2</b>" in next_message(watcher)
