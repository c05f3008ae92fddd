"""The course of a day: how much was done in each hour, and how long fixes waited for a review. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
LONG_WAIT = timedelta(minutes=30)
MOST_HOURS = 24


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """One hour, by its beginning."""

    starts_at: datetime
    squashed: int
    claims: int
    reviews: int


@dataclass(frozen=True, slots=True)
class Course:
    """A day by the hour; ``waited_long`` is how many fixes waited longer than 30 minutes for their first verdict."""

    hours: tuple[HourOfDay, ...]
    waited_long: int

    @property
    def best(self) -> int | None:
        """The hour with most squashed, counted from 0; the first of equal ones; None where nothing was."""
        most = max((hour.squashed for hour in self.hours), default=0)
        return next((place for place, hour in enumerate(self.hours) if hour.squashed == most), None) if most else None


@dataclass(frozen=True, slots=True)
class Moments:
    """When stories were squashed and claimed, and of each reviewed fix when it was submitted and first decided."""

    squashed: Sequence[datetime]
    claimed: Sequence[datetime]
    reviewed: Sequence[tuple[datetime, datetime]]


def course_of(moments: Moments, *, starts_at: datetime) -> Course:
    """Return the day by the hour from its start to the last thing done, at most 24 of them."""
    decided = [decision for _, decision in moments.reviewed]
    every = [*moments.squashed, *moments.claimed, *decided]
    last = max((_hour_of(at, starts_at) for at in every), default=-1)
    hours = tuple(
        HourOfDay(
            starts_at + number * HOUR,
            squashed=_count(moments.squashed, number, starts_at),
            claims=_count(moments.claimed, number, starts_at),
            reviews=_count(decided, number, starts_at),
        )
        for number in range(min(last + 1, MOST_HOURS))
    )
    waited_long = sum(decision - submitted > LONG_WAIT for submitted, decision in moments.reviewed)
    return Course(hours, waited_long)


def _hour_of(at: datetime, starts_at: datetime) -> int:
    return max(0, int((at - starts_at) / HOUR))


def _count(moments: Sequence[datetime], number: int, starts_at: datetime) -> int:
    return sum(_hour_of(at, starts_at) == number for at in moments)
