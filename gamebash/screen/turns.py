"""Whose turn it is on the big screen: the list turns pages by the clock, so that every screen in the house shows the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from gamebash.stories.grades import Grade

T = TypeVar("T")

SECONDS = 12
TOP_AGAIN_AFTER = 5
HELD = timedelta(seconds=SECONDS)


class Squash(Protocol):
    """A squashed story in what decides how long it is shown."""

    @property
    def grade(self) -> Grade:
        """How big it was."""

    @property
    def at(self) -> datetime:
        """When it was squashed."""


S = TypeVar("S", bound=Squash)


def pages_of(items: Sequence[T], size: int) -> tuple[tuple[T, ...], ...]:
    """Return items by the page; there is always one, if only an empty one."""
    return tuple(tuple(items[start : start + size]) for start in range(0, max(1, len(items)), size))


def turns(pages: int) -> tuple[int, ...]:
    """Return the pages in the order they are turned: everyone's turn comes, and the top comes back after each few pages."""
    order: list[int] = []
    for page in range(pages):
        if page and page % TOP_AGAIN_AFTER == 0:
            order.append(0)
        order.append(page)
    return tuple(order)


def turn_at(order: Sequence[int], now: datetime) -> int:
    """Return the page whose turn it is."""
    return order[int(now.timestamp()) // SECONDS % len(order)]


def shown(squashes: Sequence[S], now: datetime) -> S | None:
    """Return the squash to show of the latest ones, newest first: a double yellow keeps its place for a full turn."""
    held = (one for one in squashes if one.grade is Grade.DOUBLE_YELLOW and now - one.at < HELD)
    return next(held, squashes[0] if squashes else None)
