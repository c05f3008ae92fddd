"""The worker: does what is due, a piece at a time, for ever.

Work lies in the database under leases, so that any number of workers may run, and what one leaves behind when it is
killed another one finishes.
"""

import threading
from collections.abc import Callable, Sequence

import structlog
from flask import Flask

from gamebash.core import clock
from gamebash.core.db import db

log = structlog.get_logger()

IDLE_SECONDS = 1.0

Chore = Callable[..., bool]


def run(app: Flask, chores: Sequence[Chore], stop: threading.Event) -> None:
    """Do chores until told to stop. A chore takes ``now`` and says whether there was anything to do."""
    while not stop.is_set():
        # Every chore gets its turn, also when an earlier one had something to do.
        had_work = [_do(app, chore) for chore in chores]
        if not any(had_work):
            stop.wait(IDLE_SECONDS)


def _do(app: Flask, chore: Chore) -> bool:
    with app.app_context():
        try:
            return chore(now=clock.now())
        except Exception:
            log.exception("chore failed", chore=chore.__name__)
            return False
        finally:
            db.session.remove()
