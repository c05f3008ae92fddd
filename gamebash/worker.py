"""The worker: does what is due, a piece at a time, for ever.

Work lies in the database under leases, so that any number of workers may run, and what one leaves behind when it is
killed another one finishes.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask

from gamebash.core import clock
from gamebash.core.db import db

log = structlog.get_logger()

IDLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do: takes ``now`` and says whether there was anything to do; if not, it is looked at again in so many seconds."""

    do: Callable[..., bool]
    every: float = IDLE_SECONDS

    @property
    def name(self) -> str:
        """What logs call it."""
        return self.do.__name__


def run(app: Flask, chores: Sequence[Chore], stop: threading.Event) -> None:
    """Do chores until told to stop."""
    rests_until: dict[Chore, float] = {}
    while not stop.is_set():
        # Every chore gets its turn, also when an earlier one had something to do.
        due = [chore for chore in chores if rests_until.get(chore, 0.0) <= time.monotonic()]
        idle = [chore for chore in due if not _do(app, chore)]
        rests_until |= {chore: time.monotonic() + chore.every for chore in idle}
        if len(idle) == len(due):
            stop.wait(IDLE_SECONDS)


def _do(app: Flask, chore: Chore) -> bool:
    with app.app_context():
        try:
            return chore.do(now=clock.now())
        except Exception:
            log.exception("chore failed", chore=chore.name)
            return False
        finally:
            db.session.remove()
