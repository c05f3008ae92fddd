"""Did the fix hold: decided by when incidents were opened, never by when we heard of them. Pure.

An incident opened in the second of the deploy was on its way already and is no recurrence; nor is one opened when the watch
was over. ``held`` waits until the problem's sources had a chance to deliver what was opened before the end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gamebash.watch.lifecycle import WatchState

# A forecast is for so many days.
QUARTER_DAYS = 91

# The fixer hears of a recurrence so long before everybody else.
TOLD_FIRST = timedelta(hours=1)
# Where somebody outside still has to say whether it was noise or another problem, it is waited for so long at most.
LONGEST_WORD = timedelta(hours=24)
# A source that delivers nothing after the end of a watch is waited for so long at most.
LONGEST_DELIVERY = timedelta(hours=24)
# A recurrence that arrives later than this after the end changes nothing any more: its season is over.
LATEST_ARRIVAL = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which a fix is watched; neither end belongs to it."""

    starts_at: datetime
    ends_at: datetime

    def covers(self, opened_at: datetime) -> bool:
        """Say whether an incident opened then is a recurrence."""
        return self.starts_at < opened_at < self.ends_at


def window_from(deployed_at: datetime, *, live_at: datetime, days: int) -> Window:
    """Return the window of a fix: from the end of its deploy's second, but never from before its event went live.

    A watch that began earlier would be over earlier, so that naming an old deploy would pay the held bonus at once.
    """
    starts_at = max(deployed_at, live_at).replace(microsecond=999_999)
    return Window(starts_at, starts_at + timedelta(days=days))


class Step(StrEnum):
    """What happens next to a watch."""

    WAIT = "wait"
    TELL = "tell"
    FORGET = "forget"
    HOLD = "hold"
    RECUR = "recur"


@dataclass(frozen=True, slots=True)
class Standing:
    """A watch in what its next step depends on.

    ``is_counted``: the marks of noise on the problem's incidents are up to date. ``is_delivered``: every source of the problem
    was asked or sent a file after the end. ``is_word_awaited``: somebody outside has yet to say whether it was noise.
    """

    state: WatchState
    ends_at: datetime
    told_at: datetime | None
    has_recurrence: bool
    is_counted: bool = True
    is_delivered: bool = True
    is_word_awaited: bool = False


def next_step(watch: Standing, *, now: datetime) -> Step:
    """Return what is to be done about a watch now."""
    if not watch.is_counted:
        return Step.WAIT
    if watch.state is WatchState.CAME_BACK:
        return _after_telling(watch, now)
    if watch.has_recurrence:
        is_too_late = watch.state is WatchState.HELD and now >= watch.ends_at + LATEST_ARRIVAL
        return Step.WAIT if is_too_late or watch.state is WatchState.RECURRED else Step.TELL
    is_over = watch.state is WatchState.WATCHING and now >= watch.ends_at
    has_waited = watch.is_delivered or now >= watch.ends_at + LONGEST_DELIVERY
    return Step.HOLD if is_over and has_waited else Step.WAIT


def _after_telling(watch: Standing, now: datetime) -> Step:
    if not watch.has_recurrence:
        return Step.FORGET
    told_at = watch.told_at or now
    wait = LONGEST_WORD if watch.is_word_awaited else TOLD_FIRST
    return Step.RECUR if now >= told_at + wait else Step.WAIT
