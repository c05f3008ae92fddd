"""Two workers settle at once, and one is killed in the middle: each fix is settled once, and what is left is found again."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.points.models import PointEntry
from gamebash.stories.models import Story
from gamebash.verify import verify
from gamebash.watch.chores import begin_watches, settle_watches
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from tests.factories import NOW, make_event, make_player, make_story
from tests.watch.playing import ACCEPTED, DAY, LATER, number_on, past, problem_of, record, squash, take_in
from tools.sizes import ROOT

MANY = 6


def play_many(app):
    """Squash many stories, each about a problem of its own; every other one comes back."""
    with app.app_context(), unit_of_work():
        number_on()
        names = [f"fault{chr(97 + number)}" for number in range(MANY)]
        for name in names:
            take_in(*past(name, weeks=4))
        stories = [make_story(problem_id=problem_of(name).id, origin="problem") for name in names]
        event = make_event(
            stories=stories, went_live_at=NOW - timedelta(hours=1), ends_at=NOW + DAY, reviews_end_at=NOW + DAY
        )
        players = [make_player(event) for _ in range(MANY)]
        for number, (story, player) in enumerate(zip(stories, players, strict=True)):
            squash(story, player, ACCEPTED + timedelta(minutes=number))
    with app.app_context():
        begin_watches(now=ACCEPTED)
        with unit_of_work():
            take_in(*(record(ACCEPTED + 2 * DAY, name) for name in names[::2]))
        settle_watches(now=ACCEPTED + 3 * DAY)
        db.session.remove()


def at_once(app, deed, times):
    barrier, wrong = Barrier(times), []

    def one():
        barrier.wait()
        with app.app_context():
            try:
                deed()
            except Exception as error:  # noqa: BLE001
                wrong.append(repr(error))
            finally:
                db.session.remove()

    threads = [Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def settled():
    query = sa.select(Watch.state, sa.func.count()).group_by(Watch.state)
    return {state: count for state, count in db.session.execute(query)}  # noqa: C416


def check():
    assert settled() == {WatchState.HELD: MANY / 2, WatchState.RECURRED: MANY / 2}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Story)) == MANY * 3 / 2
    kinds = dict(db.session.execute(sa.select(PointEntry.kind, sa.func.count()).group_by(PointEntry.kind)).all())
    assert kinds["held_bonus"] == MANY / 2
    taken = sa.select(sa.func.count()).where(PointEntry.reverses_id.is_not(None))
    assert db.session.scalar(taken) == kinds["clawback"]
    assert verify() == []


def test_two_who_settle_at_once_settle_each_fix_once(app):
    play_many(app)
    at_once(app, lambda: settle_watches(now=LATER), 3)
    with app.app_context():
        settle_watches(now=LATER)
        check()


def test_two_who_begin_at_once_begin_each_watch_once(app):
    with app.app_context(), unit_of_work():
        story = make_story()
        event = make_event(stories=[story], went_live_at=NOW)
        mara, _ = make_player(event), make_player(event)
        squash(story, mara, ACCEPTED)
    at_once(app, lambda: begin_watches(now=ACCEPTED), 4)
    with app.app_context():
        assert settled() == {WatchState.WATCHING: 1}


SETTLER = """
import sys, time
from datetime import datetime
from tests.conftest import make_app
from gamebash.watch.chores import _due, step_watch
from gamebash.core.db import unit_of_work
now = datetime.fromisoformat(sys.argv[2])
with make_app(sys.argv[1]).app_context():
    print("ready", flush=True)
    for one in _due(now):
        with unit_of_work():
            step_watch(one, now=now)
            print(one, flush=True)
            time.sleep(0.05)
"""


@pytest.mark.slow
def test_what_a_killed_settler_left_is_settled_by_the_next_one(app, database):
    play_many(app)
    command = [sys.executable, "-c", SETTLER, database, LATER.isoformat()]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}) as settler:
        assert settler.stdout.readline() == "ready\n"
        for _ in range(3):
            settler.stdout.readline()
        # It is in the middle of the third: the entries are written and not committed.
        settler.send_signal(signal.SIGKILL)
        settler.wait()
    time.sleep(0.1)
    with app.app_context():
        done = MANY - settled().get(WatchState.WATCHING, 0) - settled().get(WatchState.CAME_BACK, 0)
        assert 0 < done < MANY
        assert verify() == []
        db.session.rollback()
        settle_watches(now=LATER)
        check()
