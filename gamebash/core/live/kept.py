"""What was painted lately, within a limit: what nobody asks for any more goes first."""

from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """Values by key, in two generations: when the young one is full it becomes the old one, and the old one is forgotten."""

    def __init__(self, most: int) -> None:
        """Keep values of that weight in all, about."""
        self._most = most // 2
        self._weight = 0
        self._young: dict[Hashable, V] = {}
        self._old: dict[Hashable, V] = {}

    def get(self, key: Hashable) -> V | None:
        """Return a value, and keep it for longer, since it is still asked for."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self._young[key] = value
        return value

    def put(self, key: Hashable, value: V, weight: int) -> V:
        """Keep a value of that weight; returns it."""
        if self._weight >= self._most:
            self._old, self._young, self._weight = self._young, {}, 0
        self._young[key] = value
        self._weight += weight
        return value
