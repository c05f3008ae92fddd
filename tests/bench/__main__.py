"""``python -m tests.bench``: live parts, board and claims beside bare Flask, on SQLite and PostgreSQL."""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from tests.bench.data import SLUG, build, cookie, make
from tests.bench.load import drive, request
from tests.support import postgres

SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
TURNS = int(os.environ.get("BENCH_TURNS", "3"))
CLAIMS = 640


@contextlib.contextmanager
def serving(kind: str, uri: str = "-", processes: int = 1):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.servers", kind, str(port), uri, str(processes)])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
                break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def rate_of(port: int, data: bytes, *, turns: int = TURNS) -> list[float]:
    drive(port, data, at_once=16, seconds=1)
    rates = []
    for _ in range(turns):
        result = drive(port, data, at_once=16, seconds=SECONDS)
        assert set(result.statuses) <= {200}, result.statuses
        rates.append(result.rate)
    return rates


def told(name: str, rates: list[float], beside: float | None = None) -> float:
    middle = statistics.median(rates)
    ratio = f"  {middle / beside:6.1%} of it" if beside else ""
    print(f"  {name:<58} {middle:9.0f}/s ({min(rates):.0f} to {max(rates):.0f}){ratio}", flush=True)
    return middle


def reading(folder: Path) -> None:
    print("Reading, one process of 32 threads, 16 connections", flush=True)
    with serving("hello") as port:
        hello = told("bare Flask hello", rate_of(port, request("GET", "/", {})))
    for players in (100, 1_000, 10_000):
        uri = f"sqlite:///{folder}/read-{players}.sqlite3"
        build(uri, players=players, entries=100_000, stories=66)
        headers = {"Cookie": cookie(make(uri), 5)[0], "HX-Request": "true", "Accept-Encoding": "gzip"}
        with serving("gamebash", uri) as port:
            told(
                f"live parts as polled, {players:,} players, 100,000 entries",
                rate_of(port, request("GET", f"/events/{SLUG}/live?poll=1", headers)),
                hello,
            )
            if players == 1_000:
                told(
                    "board page, 66 stories",
                    rate_of(port, request("GET", f"/events/{SLUG}", {"Cookie": headers["Cookie"]})),
                    hello,
                )
                _with_claims(port, uri, headers, hello)


def _with_claims(port: int, uri: str, headers: dict[str, str], hello: float) -> None:
    stop = threading.Event()
    app = make(uri)

    def claim() -> None:
        for number in range(1, 60):
            if stop.wait(1):
                return
            drive(port, [_claim(app, number, number + 100)], at_once=1)

    claimer = threading.Thread(target=claim)
    claimer.start()
    told(
        "live parts as polled, 1,000 players, a claim each second",
        rate_of(port, request("GET", f"/events/{SLUG}/live?poll=1", headers)),
        hello,
    )
    stop.set()
    claimer.join()


def _claim(app, story: int, person: int) -> bytes:
    session, token = cookie(app, person)
    return request("POST", f"/stories/GB-{story}/claim", {"Cookie": session}, f"csrf_token={token}")


def claiming(name: str, fresh) -> None:
    print(f"Claiming on {name}, 32 at once, {CLAIMS} claims a turn", flush=True)
    raw_rates, rates = [], []
    for _ in range(TURNS):
        uri = fresh()
        build(uri, players=1_000, entries=100_000, stories=CLAIMS)
        app = make(uri)
        with serving("gamebash", uri) as port:
            drive(port, request("GET", "/healthz", {}), at_once=32, seconds=0.5)
            result = drive(port, [_claim(app, number, number) for number in range(1, CLAIMS + 1)], at_once=32)
            assert result.statuses == {303: CLAIMS}, result.statuses
            rates.append(result.rate)
        uri = fresh()
        build(uri, players=1_000, entries=1_000, stories=CLAIMS)
        with serving("raw", uri) as port:
            drive(port, request("GET", "/", {}), at_once=32, seconds=0.5)
            result = drive(
                port, [request("POST", f"/claim/{number}/{number}", {}) for number in range(1, CLAIMS + 1)], at_once=32
            )
            assert result.statuses == {200: CLAIMS}, result.statuses
            raw_rates.append(result.rate)
    told("claim action", rates, told("bare Flask POST with the raw SQL", raw_rates))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        numbers = iter(range(1_000))
        if "claims" not in sys.argv[1:]:
            reading(folder)
        claiming("SQLite, synchronous=FULL", lambda: f"sqlite:///{folder}/claim-{next(numbers)}.sqlite3")
        with postgres.server("-c max_connections=200") as address:

            def fresh() -> str:
                database = f"claim_{next(numbers)}"
                with psycopg.connect(address.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
                    connection.execute(f"CREATE DATABASE {database}")
                return address + database

            claiming("PostgreSQL, fsync on", fresh)


if __name__ == "__main__":
    main()
