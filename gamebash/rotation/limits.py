"""How long a tour should last: the limits of its team, in weeks, and what is past them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gamebash.rotation.tours import Tour

WEEK = 7


class Verdict(StrEnum):
    """How a tour stands to the limits of its team."""

    IN_PLAY = "in play"
    LONG = "too long"
    SHORT = "too short"


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most weeks of a tour; 0 means no limit."""

    min_weeks: int = 0
    max_weeks: int = 0

    @property
    def words(self) -> str:
        """The limits in words, empty without any."""
        if self.min_weeks and self.max_weeks:
            return f"{self.min_weeks} to {self.max_weeks} weeks"
        if self.max_weeks:
            return f"at most {self.max_weeks} weeks"
        return f"at least {self.min_weeks} weeks" if self.min_weeks else ""


def verdict(tour: Tour, limits: Limits, today: date) -> Verdict:
    """Judge a tour as it is today: too long once it lasts longer than the most, too short where its end is in the log
    and comes before the least. A planned end counts, so that a tour planned too short shows before it happens.
    """  # noqa: D205
    if limits.max_weeks and tour.days(today) > limits.max_weeks * WEEK:
        return Verdict.LONG
    if limits.min_weeks and tour.length is not None and tour.length < limits.min_weeks * WEEK:
        return Verdict.SHORT
    return Verdict.IN_PLAY


def limit_on(tour: Tour, limits: Limits) -> date | None:
    """Return the last day on which a tour is within its limit, None without one."""
    return tour.from_on + timedelta(weeks=limits.max_weeks) if limits.max_weeks else None
