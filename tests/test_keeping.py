"""A process that is kept: however it ends it is started again, after a growing wait, and never once it is told to stop."""

import os
import signal
import sys
import time

import pytest

from gamebash.keeping import KeptProcess


class Clock:
    """Seconds as the test says."""

    now = 0.0

    def __call__(self):
        return self.now


def ended(kept, seconds=10.0):
    until = time.monotonic() + seconds
    while kept._child.poll() is None:
        assert time.monotonic() < until, "it did not end"
        time.sleep(0.01)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keep(clock):
    kept = []

    def keep_one(*command):
        kept.append(KeptProcess(command, stop_seconds=1.0, monotonic=clock))
        kept[-1].start()
        return kept[-1]

    yield keep_one
    for one in kept:
        one.stop()


def test_what_keeps_ending_is_started_after_one_two_four_seconds(keep, clock):
    kept = keep(sys.executable, "-c", "pass")
    waits = []
    for _ in range(8):
        ended(kept)
        kept.look()
        before, child = clock.now, kept._child
        while kept._child is child:
            clock.now += 1
            kept.look()
        waits.append(clock.now - before)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_what_ran_for_a_while_is_started_after_a_second(keep, clock):
    kept = keep(sys.executable, "-c", "import time; time.sleep(60)")
    for _ in range(3):
        child = kept._child
        clock.now += 100
        os.kill(child.pid, signal.SIGKILL)
        ended(kept)
        kept.look()
        clock.now += 1
        kept.look()
        assert kept._child is not child


def test_what_was_told_to_stop_stays_stopped_and_is_killed_where_it_does_not(keep, clock):
    kept = keep(
        sys.executable,
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)",
    )
    pid = kept._child.pid
    time.sleep(0.3)
    kept.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    clock.now += 100
    kept.look()
    assert kept._child is None
