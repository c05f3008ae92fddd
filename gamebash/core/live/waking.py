"""The thread that hears of changes, reads what is true now, and wakes the pages that show it."""

import time
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import structlog

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.core.live.channels import Channel
from gamebash.core.live.listening import Listener, listen_to

if TYPE_CHECKING:
    from gamebash.core.live.hub import Gate, Hub, Watcher

log = structlog.get_logger()

BEAT_SECONDS = 15.0
COALESCE_SECONDS = 0.3
LISTEN_SECONDS = 0.25
RETRY_SECONDS = 1.0
A_FEW = 40
BREATH_SECONDS = 0.004


def wake_watchers(hub: "Hub") -> None:
    """Work for as long as anybody watches; after an interruption everything is read anew."""
    while not hub.is_unwatched():
        try:
            with hub.app.app_context():
                listener = listen_to(db.engine)
            try:
                Shift(hub, listener).work()
            finally:
                listener.close()
        except Exception:
            log.exception("live updates were interrupted")
            time.sleep(RETRY_SECONDS)


class Shift:
    """The thread's work from one connection to the database to the next."""

    def __init__(self, hub: "Hub", listener: Listener) -> None:
        """Begin with nothing read: what happened before the connection stood is not known."""
        self._hub = hub
        self._listener = listener
        self._known: set[Channel] = set()
        self._stale: set[Channel] = set()
        self._not_before: dict[Channel, float] = {}
        self._beat_at = time.monotonic() + BEAT_SECONDS

    def work(self) -> None:
        """Go on until nobody watches."""
        while channels := self._hub.watched():
            self._stale = (self._stale | (channels - self._known)) & channels
            self._known = channels
            heard = self._listener.changed({channel.topic for channel in channels}, self._patience())
            now = clock.now()
            self._stale |= {channel for channel in channels if channel.topic in heard or channel.is_due(now)}
            for channel in [channel for channel in self._stale if self._is_ripe(channel)]:
                self._renew(channel)
            self._hub.hangups.look()
            if time.monotonic() >= self._beat_at:
                self._beat_at = time.monotonic() + BEAT_SECONDS
                self._beat()

    def _is_ripe(self, channel: Channel) -> bool:
        return time.monotonic() >= self._not_before.get(channel, 0.0)

    def _patience(self) -> float:
        """Return how long to listen before something has to be done in any case."""
        waits = [self._not_before.get(channel, 0.0) - time.monotonic() for channel in self._stale]
        return min(max(0.0, min(waits, default=LISTEN_SECONDS)), LISTEN_SECONDS)

    def _renew(self, channel: Channel) -> None:
        """Read a channel and wake who watches it; the next reading waits a little, so that a burst becomes one message."""
        try:
            with self._hub.app.app_context(), channel.reading:
                channel.read(now=clock.now())
        except Exception:
            log.exception("a page could not be read", show=channel.show.name, topic=channel.topic)
            self._not_before[channel] = time.monotonic() + RETRY_SECONDS
            return
        self._stale.discard(channel)
        _ring(self._hub.watchers_of(channel))
        self._not_before[channel] = time.monotonic() + COALESCE_SECONDS

    def _beat(self) -> None:
        """Send everybody the time, and end the streams of those who may not watch any more."""
        everybody = self._hub.everybody()
        gates: dict[Gate, set[Hashable]] = defaultdict(set)
        for watcher in everybody:
            gates[watcher.admission.gate].add(watcher.admission.key)
        with self._hub.app.app_context():
            allowed = {gate: set(gate(keys)) for gate, keys in gates.items()}
        for watcher in everybody:
            if watcher.admission.key not in allowed[watcher.admission.gate]:
                watcher.end()
            watcher.is_beat_due = True
        _ring(everybody)


def _ring(watchers: "Sequence[Watcher]") -> None:
    """Wake pages a few at a time: a thousand threads that wake at once would keep every other request waiting."""
    for number, watcher in enumerate(watchers, start=1):
        watcher.ring()
        if number % A_FEW == 0:
            time.sleep(BREATH_SECONDS)
