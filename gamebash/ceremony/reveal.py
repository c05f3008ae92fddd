"""The order in which a result is revealed: from the last place to the first, with a stop at every award. Pure.

Nobody is called up for having nothing: who has no points is thanked by name with everybody else, without a place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Steps that every ceremony begins with: the dark hall, then full time and the total.
DARK, FULL_TIME = 0, 1
# How many places of the field are read out at a time where no award stops it.
AT_ONCE = 6
BLOCKS = 3
PLACE = "place"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """What one press shows: rows of the document's players, lowest first; the awards of whom it stops at."""

    step: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A whole ceremony: the field, the podium (last first), then honours, everybody and the drinks, which is the end."""

    field: tuple[Stop, ...]
    podium: tuple[Stop, ...]
    honours: int
    everyone: int
    drinks: int


def script_of(document: Row) -> Script:
    """Return the steps of a result's ceremony."""
    honoured = {award["person"] for award in document["awards"] if award["rule"] != PLACE}
    placed = [row for row in document["players"] if row["points"] > 0]
    field = tuple(_stops(placed[BLOCKS:][::-1], honoured, FULL_TIME + 1))
    step = FULL_TIME + 1 + len(field)
    podium = tuple(Stop(step + number, (row,)) for number, row in enumerate(placed[:BLOCKS][::-1]))
    step += len(podium)
    return Script(field, podium, honours=step, everyone=step + 1, drinks=step + 2)


def _stops(rows: Sequence[Row], honoured: set[int], first: int) -> Iterator[Stop]:
    """Read the field out from the last, as many at once as fit, and stop with whoever has an award."""
    step, waiting = first, []
    for row in rows:
        waiting.append(row)
        if row["person"] in honoured or len(waiting) == AT_ONCE:
            yield Stop(step, tuple(waiting))
            step, waiting = step + 1, []
    if waiting:
        yield Stop(step, tuple(waiting))
