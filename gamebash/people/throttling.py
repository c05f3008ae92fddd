"""How often somebody may guess: per account as typed, whether it exists or not, and per address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import ThrottledError
from gamebash.people.models import Throttle

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 8
PER_ADDRESS = 60


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at an address tries to get into an account."""

    purpose: str
    account: str
    address: str

    @property
    def limits(self) -> dict[str, int]:
        """The keys under which the attempt is counted, and how many are allowed in a window."""
        account = self.account.strip().casefold()[:200]
        return {
            f"{self.purpose} account {account}": PER_ACCOUNT,
            _by_address(self.purpose, self.address): PER_ADDRESS,
        }


def count_attempt(attempt: Attempt, *, now: datetime) -> None:
    """Count an attempt before it is looked at, so that a crowd of them at once is counted whole.

    Raises:
        ThrottledError: where there were too many; says when to try again.
    """
    for key, limit in attempt.limits.items():
        throttle = _increase(key, now=now)
        if throttle.failures > limit:
            raise ThrottledError(f"{_too_many(throttle, now)}, or ask an admin for a new link.")


def count_guess(purpose: str, address: str, *, now: datetime) -> None:
    """Count that an address named a secret that opens nothing; what opens something is not counted."""
    _increase(_by_address(purpose, address), now=now)


def refuse_guesses(purpose: str, address: str, *, now: datetime) -> None:
    """Let nothing through from an address that guessed too often, a right guess no more than a wrong one.

    Raises:
        ThrottledError: where it did; says when to try again.
    """
    throttle = db.session.get(Throttle, _by_address(purpose, address))
    if throttle is not None and throttle.failures >= PER_ADDRESS and now < throttle.window_started_at + WINDOW:
        raise ThrottledError(f"{_too_many(throttle, now)}.")


def forget_attempts(attempt: Attempt) -> None:
    """Forget what was counted for an account once its owner got in; the address keeps its count."""
    account = next(iter(attempt.limits))
    db.session.execute(sa.delete(Throttle).where(Throttle.key == account))


def _by_address(purpose: str, address: str) -> str:
    return f"{purpose} address {address}"


def _too_many(throttle: Throttle, now: datetime) -> str:
    minutes = max(1, -(-(throttle.window_started_at + WINDOW - now).seconds // 60))
    return f"Too many tries. Wait {minutes} min and try again"


def _increase(key: str, *, now: datetime) -> Throttle:
    insert = sa.text(
        "INSERT INTO throttles (key, failures, window_started_at) VALUES (:key, 0, :now) ON CONFLICT (key) DO NOTHING"
    ).bindparams(sa.bindparam("now", now, Throttle.window_started_at.type))
    db.session.execute(insert, {"key": key})
    query = sa.select(Throttle).where(Throttle.key == key).with_for_update()
    throttle = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    if now >= throttle.window_started_at + WINDOW:
        throttle.failures, throttle.window_started_at = 0, now
    throttle.failures += 1
    db.session.flush()
    return throttle
