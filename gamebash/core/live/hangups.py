"""Which pages were closed: the kernel says so at once, long before anything would be written to them."""

import select
import socket
from collections.abc import Callable
from threading import Lock
from typing import Any

# The server gives up a page that acknowledges nothing for this long: a laptop that was shut, a network that is gone.
SILENT_MILLISECONDS = 45_000


class Hangups:
    """Watches sockets for the other side's end. Where the system or the server does not allow it, writing finds out."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        """Call ``tell`` with whoever was put beside a socket that was closed."""
        self._tell = tell
        self._poll = select.epoll() if hasattr(select, "epoll") else None
        self._whose: dict[int, Any] = {}
        self._lock = Lock()

    def add(self, connection: socket.socket | None, whose: object) -> None:
        """Watch a connection."""
        if self._poll is None or connection is None:
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MILLISECONDS)
        with self._lock:
            self._whose[connection.fileno()] = whose
            self._poll.register(connection.fileno(), select.EPOLLRDHUP | select.EPOLLONESHOT)

    def remove(self, connection: socket.socket | None) -> None:
        """Watch it no longer; to be called before it is closed."""
        if self._poll is None or connection is None:
            return
        with self._lock:
            if self._whose.pop(connection.fileno(), None) is not None:
                self._poll.unregister(connection.fileno())

    def look(self) -> None:
        """Tell of those that were closed since."""
        if self._poll is None:
            return
        with self._lock:
            gone = [self._whose[number] for number, _ in self._poll.poll(0) if number in self._whose]
        for whose in gone:
            self._tell(whose)
