"""What may happen to a watch, and from which state. Pure."""

from enum import StrEnum


class WatchState(StrEnum):
    """Where a watch stands. ``came_back`` is told to the fixer alone; everybody sees it once it is settled."""

    WATCHING = "watching"
    CAME_BACK = "came_back"
    HELD = "held"
    RECURRED = "recurred"


TRANSITIONS: dict[WatchState, dict[str, WatchState]] = {
    WatchState.WATCHING: {"tell": WatchState.CAME_BACK, "hold": WatchState.HELD},
    # What came back may turn out not to have: it was noise, another problem, or the change was not out yet.
    WatchState.CAME_BACK: {
        "forget": WatchState.WATCHING,
        "restore": WatchState.HELD,
        "recur": WatchState.RECURRED,
    },
    # A true recurrence may arrive late, after the fix was said to have held.
    WatchState.HELD: {"tell": WatchState.CAME_BACK},
    WatchState.RECURRED: {},
}

OPEN_STATES = (WatchState.WATCHING, WatchState.CAME_BACK)
