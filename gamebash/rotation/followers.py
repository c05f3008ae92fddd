"""Who has to know when an entry is written into the log: features above say so when the application starts."""

from datetime import datetime
from typing import Protocol

from gamebash.rotation.models import Move


class Follower(Protocol):
    """Keeps something about moves, in the transaction that writes them; may refuse by a DomainError."""

    name: str

    def written(self, move: Move, *, now: datetime) -> None:
        """Hear of a new entry; a correction names the one whose place it takes."""


_followers: dict[str, Follower] = {}


def follow(follower: Follower) -> None:
    """Have a follower told from now on; a second one of the same name takes its place."""
    _followers[follower.name] = follower


def tell_written(move: Move, *, now: datetime) -> None:
    """Tell every follower of an entry."""
    for follower in _followers.values():
        follower.written(move, now=now)
