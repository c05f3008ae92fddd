"""A story is never paid as bigger than what it prevents bears out, whoever agreed to its size. Pure.

Points follow size, and size is what people say, so it is what can be padded; what a story prevents is counted from incidents, which
nobody who plays writes. Where an hour on a story prevents less than an hour on the middle of its board, the story is paid as the
size in which the middle would prevent as much. There is no figure to tune: the middle is the board's own (``held_bonus``), and
grades are wide enough that a story a little below it keeps its own.
"""

from gamebash.events.held_bonus import DIGITS
from gamebash.stories.grades import Grade, grade_for, lower


def paid_size(sized: Grade, value: float, own: float, middle: float) -> Grade:
    """Return the grade that is paid: ``sized`` as estimated, ``own`` and ``middle`` are what an hour prevents.

    A board on which nothing has a value has no middle, and bears out every size.
    """
    if not middle or own >= middle:
        return sized
    return lower(sized, grade_for(round(value / middle, DIGITS)))
