"""By which operating model a team works on any day: follows from its log alone. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from gamebash.operating.kinds import OperatingModel


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a team's log; with no model it takes the entry out that it names."""

    number: int
    starts_on: date
    model: OperatingModel | None
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """How a team works from a day up to another, by which entry; without an end it goes on."""

    number: int
    model: OperatingModel
    from_on: date
    until_on: date | None

    @property
    def last_on(self) -> date | None:
        """The last day, where an end is known."""
        return self.until_on - timedelta(days=1) if self.until_on else None

    def holds(self, day: date) -> bool:
        """Say whether the day lies in it."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


class Conflict(StrEnum):
    """Why two entries that follow one another cannot both count."""

    SAME_DAY = "same_day"
    NO_CHANGE = "no_change"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two entries that contradict one another, in the order of their days."""

    conflict: Conflict
    earlier: Entry
    later: Entry


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count, by day: none that was corrected, and none that only takes another one out."""
    found = list(entries)
    corrected = {entry.corrects for entry in found if entry.corrects is not None}
    counted = [entry for entry in found if entry.model is not None and entry.number not in corrected]
    return tuple(sorted(counted, key=lambda entry: (entry.starts_on, entry.number)))


def periods(entries: Iterable[Entry]) -> tuple[Period, ...]:
    """Return how a team worked and will work, the oldest first."""
    counted = standing(entries)
    ends = [entry.starts_on if entry else None for entry in (*counted[1:], None)]
    return tuple(
        Period(entry.number, entry.model, entry.starts_on, until)
        for entry, until in zip(counted, ends, strict=False)
        if entry.model is not None
    )


def period_on(periods: Sequence[Period], day: date) -> Period | None:
    """Return the period that a day lies in; None before the first."""
    return next((period for period in periods if period.holds(day)), None)


def contradictions(entries: Iterable[Entry]) -> tuple[Contradiction, ...]:
    """Return the pairs of entries that cannot both count: two of one day, or a switch to what the team does already."""
    counted = standing(entries)
    found = []
    for earlier, later in pairwise(counted):
        if earlier.starts_on == later.starts_on:
            found.append(Contradiction(Conflict.SAME_DAY, earlier, later))
        elif earlier.model is later.model:
            found.append(Contradiction(Conflict.NO_CHANGE, earlier, later))
    return tuple(found)
