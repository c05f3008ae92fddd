"""Streams on the real server: they end when it is told to stop, and there are never as many of them as threads."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from gamebash.core import clock
from gamebash.core.config import MisconfiguredError, places
from gamebash.core.db import unit_of_work
from tests.browser.conftest import sign_in
from tests.conftest import make_app
from tests.factories import make_event, make_person


@pytest.fixture
def served(sqlite_template, tmp_path):
    """A server process with a live event; returns it, its port and the cookie of somebody signed in."""
    shutil.copyfile(sqlite_template, tmp_path / "gamebash.sqlite3")
    (tmp_path / "secret_key").write_text("test")
    app, now = make_app(f"sqlite:///{tmp_path}/gamebash.sqlite3"), clock.now()
    with app.app_context(), unit_of_work():
        make_event(slug="bash", starts_at=now.replace(year=now.year - 1), ends_at=now.replace(year=now.year + 1))
        sign_in(make_person("Guest", handle="guest"), "token", now)
    cookie = app.session_interface.get_signing_serializer(app).dumps({"_user_id": "token", "_fresh": True})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gamebash", "serve", "--port", str(port)],
        env={**os.environ, "GAMEBASH_DATA": str(tmp_path), "GAMEBASH_STREAMS": "4"}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            break
        time.sleep(0.1)
    yield server, port, cookie
    server.kill()
    server.wait()


def stream(port, cookie):
    connection = socket.create_connection(("127.0.0.1", port), 20)
    request = f"GET /events/bash/live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={cookie}\r\n\r\n"
    connection.sendall(request.encode())
    return connection, connection.recv(65536)


def rest_of(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.slow
def test_a_server_that_is_told_to_stop_ends_its_streams_and_goes(served):
    server, port, cookie = served
    streams = [stream(port, cookie) for _ in range(4)]
    assert all(b"200 OK" in head for _, head in streams)
    assert b"503" in stream(port, cookie)[1]
    server.send_signal(signal.SIGTERM)
    # A stream that ends by itself says so in its last bytes; one that is cut off when the patience of the server ends does not.
    assert all(rest_of(connection).endswith(b"0\r\n\r\n") for connection, _ in streams)
    server.wait(60)
    assert server.returncode == 0


def test_streams_never_take_the_last_threads():
    assert places({})["GAMEBASH_THREADS"] > places({})["GAMEBASH_STREAMS"] == 1000
    assert places({"GAMEBASH_STREAMS": "50"}) == {"GAMEBASH_STREAMS": 50, "GAMEBASH_THREADS": 150}
    with pytest.raises(MisconfiguredError, match="at least 8 more threads than streams"):
        places({"GAMEBASH_STREAMS": "100", "GAMEBASH_THREADS": "100"})


def worker_of(server):
    """The id of the worker that the server keeps, once there is one."""
    for _ in range(300):
        found = subprocess.run(
            ["pgrep", "-P", str(server.pid), "-f", "gamebash worker"], capture_output=True, text=True, check=False
        )
        if found.stdout.strip():
            return int(found.stdout.split()[0])
        time.sleep(0.1)
    raise AssertionError("there is no worker")


@pytest.mark.slow
def test_a_worker_that_is_killed_is_started_again_and_stops_with_its_server(served):
    server, _, _ = served
    first = worker_of(server)
    os.kill(first, signal.SIGKILL)
    second = worker_of(server)
    assert second != first
    server.send_signal(signal.SIGTERM)
    server.wait(30)
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)
