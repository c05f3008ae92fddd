"""Days away as plain spans: both ends are days away. Spans that overlap count once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class DaysAway:
    """From the first day away to the last, both included."""

    first: date
    last: date

    def overlaps(self, other: "DaysAway") -> bool:
        """Say whether some day is in both."""
        return self.first <= other.last and other.first <= self.last

    @property
    def words(self) -> str:
        """The span in words: ``3 March 2026``, ``3 March to 8 April 2026``."""
        end = f"{self.last.day} {self.last:%B} {self.last.year}"
        if self.first == self.last:
            return end
        year = "" if self.first.year == self.last.year else f" {self.first.year}"
        return f"{self.first.day} {self.first:%B}{year} to {end}"


def merged(spans: Iterable[DaysAway]) -> tuple[DaysAway, ...]:
    """Return the same days as spans that neither overlap nor touch, in order."""
    kept: list[DaysAway] = []
    for span in sorted(spans):
        if kept and span.first <= kept[-1].last + DAY:
            kept[-1] = DaysAway(kept[-1].first, max(kept[-1].last, span.last))
        else:
            kept.append(span)
    return tuple(kept)


def days_away(spans: Iterable[DaysAway], first: date, until: date) -> int:
    """Return how many days from the first up to, not including, ``until`` are spent away; each day counts once."""
    inside = (DaysAway(max(span.first, first), min(span.last, until - DAY)) for span in merged(spans))
    return sum((span.last - span.first).days + 1 for span in inside if span.first <= span.last)
