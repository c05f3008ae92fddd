"""Keeping a process running beside the server: when it ends, however it ends, it is started again, after a growing wait."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence

import structlog

log = structlog.get_logger()

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
# Whoever ran for so long did not fail by starting: the next wait is the first again.
STEADY_SECONDS = 60.0


class KeptProcess:
    """One process. ``look`` is called now and then by whoever keeps it; nothing runs in between, no thread, no timer."""

    def __init__(
        self, command: Sequence[str], *, stop_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Keep what this command starts; told to stop, it has that many seconds."""
        self._command = command
        self._stop_seconds = stop_seconds
        self._monotonic = monotonic
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._wait = FIRST_WAIT
        self._due_at: float | None = None

    def start(self) -> None:
        """Start the process."""
        self._due_at = None
        self._started_at = self._monotonic()
        self._child = subprocess.Popen(self._command)

    def look(self) -> None:
        """Start the process again where it has ended and its wait is over."""
        now = self._monotonic()
        if self._child is None or self._child.poll() is None:
            return
        if self._due_at is None:
            if now - self._started_at >= STEADY_SECONDS:
                self._wait = FIRST_WAIT
            self._due_at, self._wait = now + self._wait, min(self._wait * 2, LONGEST_WAIT)
            log.warning("a process ended and is started again", command=self._command[-1], seconds=self._due_at - now)
        if now >= self._due_at:
            self.start()

    def stop(self) -> None:
        """Tell the process to stop, and wait for it; one that does not is killed."""
        child, self._child = self._child, None
        if child is None:
            return
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
