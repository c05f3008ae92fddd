"""A story is never paid as bigger than what it prevents bears out, whoever agreed to its size. Pure.

Points follow size, and size is what people say, so it is what can be padded; what a story prevents is counted from incidents, which
nobody who plays writes. Where an hour on a story prevents less than an hour on its board, the story is paid as the size in which
that hour would prevent as much. The board is its own measure, and grades are wide enough that a story a little below keeps its own.
"""

from collections.abc import Iterable

from gamebash.events.held_bonus import DIGITS, middle_of
from gamebash.stories.grades import UP_TO_HOURS, Grade, grade_for, lower

# Half of the smallest size, as one rounds.
LEAST_HOURS = UP_TO_HOURS[Grade.BLUE] / 2


def board_per_hour(board: Iterable[tuple[float, float]]) -> float:
    """Return what an hour on a board prevents, from each story's value and value for an hour: the middle, or the average if more.

    The middle is not moved by one story that matters far more than the rest. Where a few stories carry nearly everything the
    middle is next to nothing, though, and would bear out any size; there the average is what an hour could have prevented.
    """
    counted = [(value, own) for value, own in board if value > 0 and own > 0]
    hours = sum(value / own for value, own in counted)
    return max(middle_of(own for _, own in counted), sum(value for value, _ in counted) / hours) if hours else 0.0


def paid_size(sized: Grade, value: float, own: float, board: float) -> Grade | None:
    """Return the grade that is paid: ``sized`` as estimated, ``own`` and ``board`` are what an hour prevents.

    None where the board prevents as much in less than half of the smallest size. A board on which nothing has a value is no
    measure, and bears out every size. A story without any incidents behind it was put there for a reason of its own, which no
    count speaks for or against: it pays as the smallest.
    """
    if not board or own >= board:
        return sized
    if not value:
        return Grade.BLUE
    hours = round(value / board, DIGITS)
    return lower(sized, grade_for(hours)) if hours >= LEAST_HOURS else None
