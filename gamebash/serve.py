"""The embedded server: gunicorn with threads, and a worker beside it that is kept running and stops with it."""

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from gamebash.core.config import MisconfiguredError, places
from gamebash.core.live.answers import hub_of
from gamebash.keeping import KeptProcess

GRACEFUL_SECONDS = 20
KEPT_ALIVE = 1000
OTHER_FILES = 256


class PortTakenError(RuntimeError):
    """Somebody else listens on the port; the message says how to choose another."""


class KeepingArbiter(Arbiter):
    """Gunicorn's master, which looks after its own processes about once a second, and after the worker with them."""

    def __init__(self, app: BaseApplication, kept: KeptProcess) -> None:
        """Keep a process beside those of the application."""
        super().__init__(app)
        self._kept = kept

    def manage_workers(self) -> None:
        """Start what is missing."""
        super().manage_workers()
        self._kept.look()


class Server(BaseApplication):
    """Gunicorn with the settings given here instead of a file's, and a process that it may keep."""

    def __init__(
        self, make_app: Callable[[], Flask], settings: dict[str, Any], kept: KeptProcess | None = None
    ) -> None:  # fmt: skip
        """Serve what ``make_app`` returns in each process; without a kept process nothing runs beside them."""
        self._make_app = make_app
        self._settings = settings
        self._kept = kept
        super().__init__()

    def load_config(self) -> None:
        """Take over the settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application."""
        return self._make_app()

    def run(self) -> None:
        """Serve until told to stop."""
        (Arbiter(self) if self._kept is None else KeepingArbiter(self, self._kept)).run()


def settings_of(threads: int) -> dict[str, Any]:
    """Return how a process of that many threads is served: they come as they are needed, connections that wait hold none."""
    return {
        "worker_class": "gthread",
        "threads": threads,
        "worker_connections": threads + KEPT_ALIVE,
        "graceful_timeout": GRACEFUL_SECONDS,
        "control_socket_disable": True,
        "post_worker_init": _end_streams_when_told,
    }


def _end_streams_when_told(worker: Any) -> None:
    """Let a process that is told to stop end its streams first: they would never end by themselves."""
    hub = hub_of(worker.wsgi)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        before = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, before: Any = before) -> None:
            hub.stop()
            before(number, frame)

        signal.signal(number, stop)


def allow_connections(threads: int) -> None:
    """Ask the system for as many open files as there may be connections.

    Raises:
        MisconfiguredError: where it does not allow that many.
    """
    needed = threads + KEPT_ALIVE + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        message = (
            f"{threads} threads need {needed} open files, and this system allows {hard}. "
            "Raise the limit (ulimit -Hn, LimitNOFILE) or lower GAMEBASH_STREAMS."
        )
        raise MisconfiguredError(message)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))


def serve(make_app: Callable[[], Flask], *, host: str, port: int, processes: int, ready: Callable[[], None]) -> None:
    """Serve until told to stop, with one worker process beside the web processes.

    Raises:
        PortTakenError: where the port is in use.
        MisconfiguredError: where the system does not allow as many connections as are asked for.
    """
    check_free(host, port)
    threads = places(os.environ)["GAMEBASH_THREADS"]
    allow_connections(threads)
    worker = KeptProcess([sys.executable, "-m", "gamebash", "worker"], stop_seconds=GRACEFUL_SECONDS)

    def when_ready(_server: Any) -> None:
        worker.start()
        ready()

    def on_exit(_server: Any) -> None:
        worker.stop()

    Server(
        make_app,
        {
            "bind": f"{host}:{port}",
            "workers": processes,
            **settings_of(threads),
            "loglevel": "warning",
            "when_ready": when_ready,
            "on_exit": on_exit,
        },
        worker,
    ).run()


def check_free(host: str, port: int) -> None:
    """Refuse a port that somebody else listens on.

    Raises:
        PortTakenError: where it is in use.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = (
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another with PORT=8001 make run."
            )
            raise PortTakenError(message) from error
