"""The worker asks each chore as often as it says, at once again while there is work, and goes on when one fails."""

import threading
from collections import Counter

from gamebash.chores import CHORES
from gamebash.worker import Chore, run


def run_for(app, seconds, chores):
    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    run(app, chores, stop)


def test_a_chore_with_nothing_to_do_rests_as_long_as_it_says(app):
    asked = Counter()

    def look(name):
        def chore(*, now):
            asked[name] += 1
            return False

        return chore

    run_for(app, 3.5, [Chore(look("often")), Chore(look("seldom"), every=60)])
    assert 2 <= asked["often"] <= 4
    assert asked["seldom"] == 1


def test_a_chore_with_work_is_asked_again_at_once(app):
    left = 50

    def work(*, now):
        nonlocal left
        left -= 1
        return left > 0

    run_for(app, 3, [Chore(work, every=60)])
    assert left == 0


def test_one_that_fails_keeps_no_other_from_its_turn(app):
    asked = []

    def fail(*, now):
        raise RuntimeError

    def look(*, now):
        asked.append(now)
        return False

    run_for(app, 1, [Chore(fail), Chore(look)])
    assert asked


def test_every_chore_is_listed_once():
    assert max(Counter(chore.name for chore in CHORES).values()) == 1
