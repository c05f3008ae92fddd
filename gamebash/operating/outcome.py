"""What was so before and after a switch, and whether that can be told from chance. Pure.

Both sides reach up to half a year away from the switch, and no further than the switch before it and the one after it. Shorter
than eight weeks on either side is too short to tell. Intervals hold eight cases in ten.

Incidents are compared as rates. How far weekly counts scatter here is read from both sides (quasi-Poisson: Cameron and Trivedi,
Regression Analysis of Count Data, 2013, ch. 3), and as the rate before is itself known from a count only, its own scatter is added.
What comes in bursts longer than a week, and what else changed on those days, is not in the interval.

Lead times are compared by rank (Mann and Whitney, Ann. Math. Stat. 18, 1947), as a few stories always take very long; the interval
of a median is that of its order statistics. Shares of fixes that held are compared by the interval of their difference (Newcombe,
Statistics in Medicine 17, 1998, method 10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil, floor, sqrt
from statistics import median

from gamebash.backlog.forecast import Z_80, interval
from gamebash.watch.numbers import LEAST_FIXES, Finding, finding_of, wilson

WEEK = timedelta(days=7)
MOST = 26 * WEEK
LEAST = 8 * WEEK
# A count of nothing says little about the rate: it is taken as half an incident.
HALF_OF_ONE = 0.5


class Verdict(StrEnum):
    """What before and after say together."""

    LESS = "less"
    MORE = "more"
    TOO_FEW = "too_few"
    TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one up to another, which is the day after the last."""

    first: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return max(0, (self.until - self.first).days)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Say whether a day lies in it."""
        return self.first <= day < self.until


@dataclass(frozen=True, slots=True)
class Sides:
    """The days before and after a switch."""

    before: Span
    after: Span

    @property
    def is_short(self) -> bool:
        """Whether a side is too short to tell anything."""
        return min(self.before.days, self.after.days) < LEAST.days


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure on both sides, None where there is nothing; ``low`` to ``high`` is what chance alone would give after.

    ``known_before`` and ``known_after`` are how many incidents, stories or fixes it is made of.
    """

    before: float | None
    after: float | None
    low: float | None
    high: float | None
    known_before: int
    known_after: int
    verdict: Verdict


def sides_of(
    switch_on: date, previous_on: date | None, next_on: date | None, *, known_from: date | None, today: date
) -> Sides:
    """Return the days to compare: those of the model before, and those of the model after; today is not over yet.

    ``known_from`` is the day of the first incident known at all: nothing before it may be taken for quiet.
    """
    starts = [day for day in (switch_on - MOST, previous_on, known_from) if day]
    ends = [day for day in (switch_on + MOST, next_on, today) if day]
    return Sides(Span(min(switch_on, max(starts)), switch_on), Span(switch_on, max(switch_on, min(ends))))


def incidents_a_week(counts: Mapping[date, int], sides: Sides) -> Compared:
    """Compare incidents a week, from counts by day."""
    before, after = (
        sum(count for day, count in counts.items() if span.holds(day)) for span in (sides.before, sides.after)
    )
    low = high = None
    verdict = Verdict.TOO_SHORT
    if not sides.is_short:
        ratio = sides.after.days / sides.before.days
        scatter = _scatter(_weeks(counts, sides.before), _weeks(counts, sides.after))
        counted = max(float(before), HALF_OF_ONE)
        expected = counted * ratio
        low, high = interval(expected, (scatter - 1) / expected + scatter / counted)
        verdict = _of(finding_of(expected, after, low, high))
        low, high = low * WEEK.days / sides.after.days, high * WEEK.days / sides.after.days
    return Compared(_a_week(before, sides.before), _a_week(after, sides.after), low, high, before, after, verdict)


def lead_days(found: Sequence[tuple[date, float]], sides: Sides) -> Compared:
    """Compare the median days from ready to accepted, from stories as (accepted on, days)."""
    before, after = ([days for day, days in found if span.holds(day)] for span in (sides.before, sides.after))
    low, high = _median_interval(before)
    verdict = Verdict.TOO_SHORT
    if not sides.is_short:
        z = _rank_score(before, after) if min(len(before), len(after)) >= LEAST_FIXES else 0.0
        verdict = _verdict(z, -Z_80, Z_80)
    return Compared(_middle(before), _middle(after), low, high, len(before), len(after), verdict)


def held_share(found: Sequence[tuple[date, bool]], sides: Sides) -> Compared:
    """Compare the share of fixes that held, from fixes as (out since, whether it held)."""
    before, after = ([held for day, held in found if span.holds(day)] for span in (sides.before, sides.after))
    low, high = wilson(sum(before), len(before), Z_80) if before else (None, None)
    verdict = Verdict.TOO_SHORT
    if not sides.is_short:
        verdict = Verdict.TOO_FEW
        if min(len(before), len(after)) >= LEAST_FIXES:
            least, most = _difference(before, after)
            verdict = Verdict.MORE if least > 0 else Verdict.LESS if most < 0 else Verdict.TOO_FEW
    return Compared(_share(before), _share(after), low, high, len(before), len(after), verdict)


def _weeks(counts: Mapping[date, int], span: Span) -> list[int]:
    """Return the counts of the whole weeks of a span, from its first day on."""
    return [
        sum(counts.get(span.first + timedelta(days=7 * week + day), 0) for day in range(7))
        for week in range(span.days // 7)
    ]


def _scatter(*sides: Sequence[int]) -> float:
    """Return by how much weekly counts scatter more than chance alone: their variance over their mean, at least 1."""
    squares, freedom = 0.0, 0
    for weeks in sides:
        mean = sum(weeks) / len(weeks)
        if mean > 0:
            squares += sum((week - mean) ** 2 for week in weeks) / mean
            freedom += len(weeks) - 1
    return max(1.0, squares / freedom) if freedom else 1.0


def _a_week(count: int, span: Span) -> float | None:
    return count * WEEK.days / span.days if span.days else None


def _of(finding: Finding) -> Verdict:
    return {Finding.FEWER: Verdict.LESS, Finding.MORE: Verdict.MORE}.get(finding, Verdict.TOO_FEW)


def _verdict(value: float, low: float, high: float) -> Verdict:
    return Verdict.LESS if value < low else Verdict.MORE if value > high else Verdict.TOO_FEW


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _median_interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the order statistics that enclose a true median eight times in ten, by the normal approximation."""
    if len(values) < LEAST_FIXES:
        return None, None
    ordered, half, spread = sorted(values), len(values) / 2, Z_80 * sqrt(len(values)) / 2
    low, high = max(1, floor(half - spread)), min(len(ordered), ceil(half + spread) + 1)
    return ordered[low - 1], ordered[high - 1]


def _rank_score(before: Sequence[float], after: Sequence[float]) -> float:
    """Return how far the ranks of ``after`` lie from what chance gives, in standard deviations; ties share their rank."""
    ordered = sorted([*before, *after])
    places: dict[float, list[int]] = {}
    for place, value in enumerate(ordered, start=1):
        places.setdefault(value, []).append(place)
    rank = {value: sum(found) / len(found) for value, found in places.items()}
    n, m, total = len(after), len(before), len(ordered)
    ties = sum(len(found) ** 3 - len(found) for found in places.values())
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    over = sum(rank[value] for value in after) - n * (n + 1) / 2 - n * m / 2
    return over / sqrt(variance) if variance > 0 else 0.0


def _difference(before: Sequence[bool], after: Sequence[bool]) -> tuple[float, float]:
    """Return the interval of the share after minus the share before."""
    first, second = sum(before) / len(before), sum(after) / len(after)
    low_1, high_1 = wilson(sum(before), len(before), Z_80)
    low_2, high_2 = wilson(sum(after), len(after), Z_80)
    change = second - first
    least = change - sqrt((second - low_2) ** 2 + (high_1 - first) ** 2)
    return least, change + sqrt((high_2 - second) ** 2 + (first - low_1) ** 2)
