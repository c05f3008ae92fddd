"""All open pages of this process: how many there may be, what each watches, and what it is answered first."""

import secrets
import threading
import time
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from flask import Flask

from gamebash.core.audit import marks_of
from gamebash.core.db import db
from gamebash.core.live.channels import Channel, Had, Page, Version
from gamebash.core.live.hangups import Hangups
from gamebash.core.live.shows import Looker, Painter, Show
from gamebash.core.live.waking import wake_watchers

POLLED_SECONDS = 1.0


class FullError(RuntimeError):
    """As many pages are open as this process holds."""


class Gate(Protocol):
    """Says which of these passes still let their holders watch; asked for all of a kind at once."""

    def __call__(self, keys: Collection[Hashable]) -> Collection[Hashable]:
        """Return those that do."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets somebody watch; while they do, the gate is asked again and again."""

    gate: Gate
    key: Hashable


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to watch: a show of a topic, as whom, and what else the address says."""

    show: Show[Any]
    topic: str
    looker: Looker | None = None
    args: Hashable = ()


@dataclass(eq=False, slots=True)
class Watcher:
    """One open page's place in the hub, and the bell that its thread waits for."""

    page: Page
    admission: Pass
    is_over: bool = False
    is_beat_due: bool = False
    _bell: SimpleQueue[None] = field(default_factory=SimpleQueue)
    _is_rung: bool = False

    def ring(self) -> None:
        """Wake the page's thread; ringing again before it has woken changes nothing."""
        if not self._is_rung:
            self._is_rung = True
            self._bell.put(None)

    def end(self) -> None:
        """End the page's stream."""
        self.is_over = True
        self.ring()

    def wait(self, seconds: float) -> None:
        """Sleep until the bell rings, that long at most."""
        try:
            self._bell.get(timeout=seconds)
        except Empty:
            self.is_beat_due = True
            return
        self._is_rung = False

    def takes_beat(self) -> bool:
        """Say once whether it is time to show that the connection stands."""
        is_due, self.is_beat_due = self.is_beat_due, False
        return is_due


class Hub:
    """The watchers of one application in one process. Its thread runs only while somebody watches."""

    def __init__(self, app: Flask, most: int) -> None:
        """Hold that many watchers at most."""
        self.app = app
        self.boot = secrets.token_hex(4)
        self.most = most
        self._number = 0
        self.paint = Painter(app)
        self.hangups = Hangups(Watcher.end)
        self._channels: dict[tuple[str, str], Channel] = {}
        self._watchers: dict[Channel, set[Watcher]] = {}
        self._count = 0
        self._is_stopped = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def watching(self) -> int:
        """How many pages are open."""
        return self._count

    def open(self, wish: Wish, admission: Pass, had: Had, *, now: datetime) -> Watcher:
        """Let a page in; its channel has a version then.

        Raises:
            FullError: where there is no place left.
        """
        with self._lock:
            if self._is_stopped or self._count >= self.most:
                raise FullError
            channel = self._channel(wish)
            watcher = Watcher(Page(channel, wish.looker, wish.args, had), admission)
            if channel not in self._watchers:
                # What it knows from when it was last watched has grown old.
                self._watchers[channel] = set()
                channel.version = None
            self._watchers[channel].add(watcher)
            self._count += 1
            if self._thread is None:
                self._thread = threading.Thread(target=wake_watchers, args=(self,), name="live", daemon=True)
                self._thread.start()
        with channel.reading:
            # The thread reads every new channel once more when it listens, so nothing falls between.
            if channel.version is None:
                channel.read(now=now)
        return watcher

    def close(self, watcher: Watcher) -> None:
        """Let a page go; a second time changes nothing."""
        channel = watcher.page.channel
        with self._lock:
            watchers = self._watchers.get(channel, set())
            if watcher not in watchers:
                return
            watchers.discard(watcher)
            self._count -= 1
            if not watchers:
                del self._watchers[channel]
                channel.mark = None

    def stop(self) -> None:
        """End every stream at once and let nobody in, as when the process is told to stop."""
        self._is_stopped = True
        for watcher in self.everybody():
            watcher.end()

    def peek(self, wish: Wish, *, now: datetime) -> tuple[Channel, Version]:
        """Return a channel and its present version to a page that asks now and then; at most a second old.

        It is read anew only where something changed: the number of the topic's newest change says so, or the time.
        """
        with self._lock:
            channel = self._channel(wish)
            is_watched = channel in self._watchers
        with channel.reading:
            version = channel.version
            if version is None or channel.is_due(now):
                return channel, self._read(channel, now)
            if is_watched or time.monotonic() - channel.asked_at < POLLED_SECONDS:
                return channel, version
            if channel.mark is None or channel.mark != _mark_of(channel.topic):
                return channel, self._read(channel, now)
            channel.asked_at = time.monotonic()
            return channel, version

    def is_unwatched(self) -> bool:
        """Say that nobody watches, which ends the thread that asks."""
        with self._lock:
            if self._count and not self._is_stopped:
                return False
            self._thread = None
            return True

    def watched(self) -> set[Channel]:
        """Return the channels that somebody watches."""
        with self._lock:
            return set() if self._is_stopped else set(self._watchers)

    def watchers_of(self, channel: Channel) -> list[Watcher]:
        """Return who watches a channel."""
        with self._lock:
            return list(self._watchers.get(channel, ()))

    def everybody(self) -> list[Watcher]:
        """Return who watches anything."""
        with self._lock:
            return [watcher for watchers in self._watchers.values() for watcher in watchers]

    def _read(self, channel: Channel, now: datetime) -> Version:
        mark = _mark_of(channel.topic)
        version = channel.read(now=now)
        channel.mark, channel.asked_at = mark, time.monotonic()
        return version

    def _channel(self, wish: Wish) -> Channel:
        key = (wish.show.name, wish.topic)
        if key not in self._channels:
            self._channels[key] = Channel(wish.show, wish.topic, self.paint, self._next_number)
        return self._channels[key]

    def _next_number(self) -> int:
        self._number = max(self._number + 1, moment())
        return self._number


def moment() -> int:
    """Return by what versions are numbered: a clock that never goes back, so that a page need only know when it began.

    A count would tell those who may not see a change that there was one.
    """
    return time.monotonic_ns() // 1_000_000


def _mark_of(topic: str) -> int:
    return max((mark for _, mark in db.session.execute(marks_of([topic]))), default=0)
