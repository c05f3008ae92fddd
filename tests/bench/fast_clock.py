"""Gamebash by a fast clock, for playing a whole day in minutes: ``python -m tests.bench.fast_clock web|worker …``.

The clock began at ``FAST_CLOCK_FROM`` (seconds since 1970) of real time, showing ``FAST_CLOCK_AT``, and runs
``FAST_CLOCK_SPEED`` times as fast. Every process started with the same three tells the same time.
"""

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

from gamebash import worker
from gamebash.chores import CHORES
from gamebash.core import clock, logs
from gamebash.serve import Server
from tests.bench.data import make


def now() -> datetime:
    """Return what the fast clock shows."""
    passed = (time.time() - float(os.environ["FAST_CLOCK_FROM"])) * float(os.environ["FAST_CLOCK_SPEED"])
    return datetime.fromtimestamp(float(os.environ["FAST_CLOCK_AT"]), UTC) + timedelta(seconds=passed)


def main() -> None:
    kind, uri = sys.argv[1], sys.argv[2]
    clock.now = now
    logs.configure()
    if kind == "worker":
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        worker.run(make(uri), CHORES, stop)
        return
    settings = {
        "bind": f"127.0.0.1:{sys.argv[3]}",
        "workers": 2,
        "worker_class": "gthread",
        "threads": 100,
        "loglevel": "error",
        "control_socket_disable": True,
    }
    Server(lambda: make(uri), settings).run()


if __name__ == "__main__":
    main()
