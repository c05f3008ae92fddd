"""The embedded server: gunicorn with threads, and a worker beside it that stops with it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

THREADS = 32
GRACEFUL_SECONDS = 20


class PortTakenError(RuntimeError):
    """Somebody else listens on the port; the message says how to choose another."""


class Server(BaseApplication):
    """Gunicorn with the settings given here instead of a file's."""

    def __init__(self, make_app: Callable[[], Flask], settings: dict[str, Any]) -> None:
        """Serve what ``make_app`` returns in each process."""
        self._make_app = make_app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Take over the settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application."""
        return self._make_app()


def serve(make_app: Callable[[], Flask], *, host: str, port: int, processes: int, ready: Callable[[], None]) -> None:
    """Serve until told to stop, with one worker process beside the web processes.

    Raises:
        PortTakenError: where the port is in use.
    """
    check_free(host, port)
    children: list[subprocess.Popen[bytes]] = []

    def when_ready(_server: Any) -> None:
        children.append(subprocess.Popen([sys.executable, "-m", "gamebash", "worker"], env=os.environ.copy()))
        ready()

    def on_exit(_server: Any) -> None:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(GRACEFUL_SECONDS)

    Server(
        make_app,
        {
            "bind": f"{host}:{port}",
            "workers": processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "control_socket_disable": True,
            "loglevel": "warning",
            "when_ready": when_ready,
            "on_exit": on_exit,
        },
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
