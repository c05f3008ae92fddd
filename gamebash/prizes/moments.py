"""When a prize falls due, and who comes out of the hat. Pure: what was squashed, in order, decides everything."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class PrizeKind(StrEnum):
    """What a prize is for. None of them pays for a number of pieces that one player makes."""

    SQUAD_FIRST = "squad_first"
    EVERY_NTH = "every_nth"
    DRAW = "draw"
    BY_HAND = "by_hand"


WORDS = {
    PrizeKind.SQUAD_FIRST: "The first squash of each squad",
    PrizeKind.EVERY_NTH: "Every so many squashes of the whole event",
    PrizeKind.DRAW: "Drawn among all who squashed something",
    PrizeKind.BY_HAND: "By hand, with a reason",
}


@dataclass(frozen=True, slots=True)
class Squash:
    """A story squashed: by which player, in which squad if any, which story; in the order of the day."""

    player: int
    squad: int | None
    squad_name: str
    story: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A prize that fell due. ``ordinal`` tells moments of one prize apart: the squad, or which n-th squash it was."""

    ordinal: int
    player: int
    why: str


def moments(kind: PrizeKind, every: int, squashes: Sequence[Squash]) -> tuple[Moment, ...]:
    """Return every moment at which a prize fell due so far; what is drawn or given by hand falls due by itself never."""
    if kind is PrizeKind.SQUAD_FIRST:
        return _first_of_squads(squashes)
    if kind is PrizeKind.EVERY_NTH:
        return tuple(
            Moment(number, one.player, f"Squash number {number} of the day: {one.story}")
            for number, one in enumerate(squashes, start=1)
            if number % every == 0
        )
    return ()


def _first_of_squads(squashes: Sequence[Squash]) -> tuple[Moment, ...]:
    found: dict[int, Moment] = {}
    for one in squashes:
        if one.squad is not None and one.squad not in found:
            found[one.squad] = Moment(one.squad, one.player, f"The first squash of {one.squad_name}: {one.story}")
    return tuple(found.values())


def commitment(seed: str) -> str:
    """Return what can be shown of a draw's seed before the draw: its SHA-256, by which nobody can choose it afterwards."""
    return hashlib.sha256(seed.encode()).hexdigest()


def drawn(seed: str, ordinal: int, hat: Iterable[int]) -> int:
    """Return who comes out of a hat of player numbers: the one with the smallest SHA-256 of ``seed:ordinal:number``.

    Anybody can work it out again once the seed is shown; whoever may press cannot know it before.

    Raises:
        ValueError: for an empty hat.
    """
    return min(hat, key=lambda number: hashlib.sha256(f"{seed}:{ordinal}:{number}".encode()).hexdigest())
