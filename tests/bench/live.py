"""``python -m tests.bench.live [sqlite|postgresql] [streams] [processes]``: open streams, what they cost and how fast they hear.

Prints the fan-out from a commit to the last byte at each of the streams, what ordinary pages take meanwhile, memory for
each stream, what happens at the cap, and how long everybody takes to come back after a restart.
"""

import asyncio
import contextlib
import http.client
import multiprocessing
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.events.models import EventStory, Player
from gamebash.play.claims import claim_story
from tests.bench.data import SLUG, build, cookie, make
from tests.support import postgres

CHANGES = int(os.environ.get("BENCH_CHANGES", "30"))
PAUSE_SECONDS = float(os.environ.get("BENCH_PAUSE", "1.0"))
PLAYERS = 1_000
OPENED_AT_ONCE = 50


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def told(name, values, unit="ms"):
    print(
        f"  {name:<52} p50 {percentile(values, 0.5):7.1f}  p95 {percentile(values, 0.95):7.1f}  p99 {percentile(values, 0.99):7.1f}"
        f"  max {max(values, default=0):7.1f} {unit}  (n={len(values):,})",
        flush=True,
    )


@dataclass
class Crowd:
    """Open streams of one client process, and when each received what is looked for."""

    port: int
    cookies: list[str]
    marker: bytes = b""
    heard: dict[int, float] = field(default_factory=dict)
    connected: set[int] = field(default_factory=set)
    refused: list[float] = field(default_factory=list)
    is_over: bool = False

    async def open(self, number: int, gate: asyncio.Semaphore) -> None:
        """Hold one stream open, and open it again when it ends."""
        last_id = ""
        while not self.is_over:
            try:
                async with gate:
                    reader, writer = await self._connect(number, last_id)
                    if reader is not None:
                        last_id = await self._first(number, reader) or last_id
                if reader is None:
                    await asyncio.sleep(0.2 + random.random())
                    continue
                last_id = await self._listen(number, reader) or last_id
                writer.close()
            except (OSError, asyncio.IncompleteReadError):
                pass
            self.connected.discard(number)
            await asyncio.sleep(0.5 * (0.7 + 0.6 * random.random()))

    async def _connect(self, number, last_id):
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        resume = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
        writer.write(
            f"GET /events/{SLUG}/live HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n{resume}"
            f"Cookie: {self.cookies[number % len(self.cookies)]}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " in head[:20]:
            return reader, writer
        assert b" 503 " in head[:20], head
        assert b"retry-after" in head.lower(), head
        self.refused.append(time.perf_counter() - began)
        writer.close()
        return None, None

    async def _first(self, number, reader):
        data = await reader.readuntil(b"\n\n\r\n")
        while b"hx-partial" not in data:
            data = await reader.readuntil(b"\n\n\r\n")
        self.connected.add(number)
        self._look(number, data)
        return _id_in(data)

    async def _listen(self, number, reader):
        last_id = ""
        while True:
            try:
                data = await reader.readuntil(b"\n\n\r\n")
            except asyncio.IncompleteReadError:
                return last_id
            last_id = _id_in(data) or last_id
            self._look(number, data)

    def _look(self, number, data):
        if self.marker and self.marker in data and number not in self.heard:
            self.heard[number] = time.perf_counter()


def _id_in(data: bytes) -> str:
    start = data.rfind(b"id: ")
    return data[start + 4 : data.index(b"\n", start)].decode() if start >= 0 else ""


def change(app, number: int) -> float:
    """Claim a story in this process, which is another one than those that serve; returns when it was kept."""
    with app.app_context():
        with unit_of_work():
            entry = db.session.scalars(sa.select(EventStory).where(EventStory.story_id == number)).one()
            claim_story(entry, by=db.session.get_one(Player, number), now=clock.now())
        db.session.remove()
    return time.perf_counter()


def measure_pages(port, cookie_text, seconds, answer):
    """Ask for the board page again and again, one at a time, from a process of its own."""
    taken, until = [], time.perf_counter() + seconds
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request("GET", f"/events/{SLUG}", headers={"Cookie": cookie_text})
        response = connection.getresponse()
        response.read()
        assert response.status == 200, response.status
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(0.02)
    answer.put(taken)


def pages(port, cookie_text, seconds):
    """Return a function that waits for what a process measures meanwhile."""
    answer = multiprocessing.Queue()
    process = multiprocessing.Process(target=measure_pages, args=(port, cookie_text, seconds, answer))
    process.start()

    def result():
        taken = answer.get()
        process.join()
        return taken

    return result


def start(uri, port, processes, streams):
    environment = {**os.environ, "GAMEBASH_STREAMS": str(streams)}
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.servers", "gamebash", str(port), uri, str(processes)], env=environment
    )
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            break
        time.sleep(0.05)
    return server


def memory_of(server) -> float:
    """Return the resident memory of a server and its processes, in MiB."""
    tree = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(server.pid), "--ppid", str(server.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(int(line) for line in tree.stdout.split()) / 1024


async def until(test, seconds):
    began = time.perf_counter()
    while not test():
        if time.perf_counter() - began > seconds:
            raise TimeoutError
        await asyncio.sleep(0.02)
    return time.perf_counter() - began


async def run(uri, streams, processes):
    app = make(uri)
    cookies = [cookie(app, number)[0] for number in range(1, PLAYERS + 1)]
    port = free_port()
    # A little room in each process: which of them takes a connection is the kernel's choice.
    places = streams if processes == 1 else int(streams / processes * 1.15)
    server = start(uri, port, processes, places)
    try:
        told("board page without streams", await asyncio.to_thread(pages(port, cookies[0], 5)))
        empty = memory_of(server)
        crowd = Crowd(port, cookies)
        gate = asyncio.Semaphore(OPENED_AT_ONCE)
        tasks = [asyncio.create_task(crowd.open(number, gate)) for number in range(streams)]
        taken = await until(lambda: len(crowd.connected) == streams, 300)
        full = memory_of(server)
        print(f"  {streams:,} streams in {processes} process(es) were open after {taken:.1f} s", flush=True)
        print(
            f"  memory {empty:.0f} MiB without, {full:.0f} MiB with: {(full - empty) * 1024 / streams:.0f} KiB a stream",
            flush=True,
        )
        told("board page with streams, nothing changing", await asyncio.to_thread(pages(port, cookies[0], 5)))
        await changing(app, crowd, streams, cookies)
        print(f"  memory after {CHANGES} changes: {memory_of(server):.0f} MiB", flush=True)
        if processes == 1:
            await at_the_cap(crowd, gate, streams)
        server = await restarting(app, crowd, streams, lambda: start(uri, port, processes, places), server)
        crowd.is_over = True
        for task in tasks:
            task.cancel()
    finally:
        server.terminate()
        server.wait()


async def changing(app, crowd, streams, cookies):
    """Change something every second; every stream has to hear of each change."""
    measuring = pages(crowd.port, cookies[0], CHANGES * (PAUSE_SECONDS + 0.3))
    firsts, lasts, everything = [], [], []
    for number in range(1, CHANGES + 1):
        crowd.heard.clear()
        crowd.marker = f'id="story-GB-{number}"'.encode()
        kept_at = await asyncio.to_thread(change, app, number)
        await until(lambda: len(crowd.heard) == streams, 60)
        delays = [(heard_at - kept_at) * 1000 for heard_at in crowd.heard.values()]
        firsts.append(min(delays))
        lasts.append(max(delays))
        everything += delays
        await asyncio.sleep(PAUSE_SECONDS)
    told("from commit to the last byte, each stream", everything)
    told("from commit to the first stream", firsts)
    told("from commit to the last of all streams", lasts)
    told("board page meanwhile", await asyncio.to_thread(measuring))


async def at_the_cap(crowd, gate, streams):
    crowd.refused.clear()
    beyond = [asyncio.create_task(crowd.open(streams + number, gate)) for number in range(50)]
    await until(lambda: len(crowd.refused) >= 50, 30)
    for task in beyond:
        task.cancel()
    told("beyond the cap: 503 with Retry-After after", [one * 1000 for one in crowd.refused])


async def restarting(app, crowd, streams, start_again, server):
    began = time.perf_counter()
    server.send_signal(signal.SIGTERM)
    await asyncio.to_thread(server.wait)
    stopped = time.perf_counter() - began
    number = CHANGES + 1
    crowd.heard.clear()
    crowd.marker = f'id="story-GB-{number}"'.encode()
    await asyncio.to_thread(change, app, number)
    began = time.perf_counter()
    server = await asyncio.to_thread(start_again)
    up = time.perf_counter() - began
    await until(lambda: len(crowd.heard) == streams, 300)
    print(
        f"  restart: stopped after {stopped:.1f} s, up after {up:.1f} s, all {streams:,} back and up to date after "
        f"{time.perf_counter() - began:.1f} s; none missed what happened meanwhile",
        flush=True,
    )
    return server


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    engine = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    streams = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(
        f"{engine}, {streams:,} streams, {processes} process(es), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if engine == "postgresql":
            address = stack.enter_context(postgres.server("-c max_connections=300"))
            with psycopg.connect(address.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE bench_live")
            uri = address + "bench_live"
        else:
            uri = f"sqlite:///{Path(folder)}/live.sqlite3"
        build(uri, players=PLAYERS, entries=20_000, stories=66)
        asyncio.run(run(uri, streams, processes))


if __name__ == "__main__":
    main()
