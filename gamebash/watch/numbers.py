"""Before and after, expected and observed, and how often problems come back. Pure.

What was expected without the event is the forecast at go-live, scaled to the days watched so far. Comparing with the days before
would flatter every event: problems are pulled in their worst weeks, and would have calmed down by themselves (regression to the
mean: Galton 1886; Barnett, van der Pols and Dobson, Int. J. Epidemiology 34, 2005). The interval is the forecast's own, a negative
binomial count whose scatter was learned from past pulls (Cameron and Trivedi, Regression Analysis of Count Data, 2013, ch. 3):
what is observed inside of it may be chance, and is called too few to tell. Eight counts in ten fall inside when nothing was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt

from gamebash.backlog.forecast import interval

HORIZONS = (30, 60, 90)
# Fewer fixes than this say nothing about how often problems come back.
LEAST_FIXES = 5
Z_95 = 1.96


class Finding(StrEnum):
    """What expected and observed say together."""

    NOT_YET = "not_yet"
    FEWER = "fewer"
    MORE = "more"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Counted:
    """One fixed problem: incidents before, expected and observed in the days watched so far, weights and minutes.

    ``mean_weight`` is the severity weight of one incident, ``mean_minutes`` how long one took people before.
    """

    before: int
    expected: float
    observed: int
    observed_weight: float
    mean_weight: float
    mean_minutes: float


@dataclass(frozen=True, slots=True)
class Effect:
    """An event's fixed problems together. ``weight`` and ``hours`` are what did not happen; below nothing where more happened.

    ``low`` to ``high`` is where eight counts in ten would lie if nobody had fixed anything.
    """

    before: int
    expected: float
    low: float
    high: float
    observed: int
    weight: float
    hours: float
    finding: Finding

    @property
    def prevented(self) -> float:
        """How many incidents fewer than expected there were."""
        return self.expected - self.observed


def effect_of(problems: Sequence[Counted], *, scatter: float) -> Effect:
    """Return what an event did about the problems fixed in it."""
    expected = sum(one.expected for one in problems)
    observed = sum(one.observed for one in problems)
    low, high = interval(expected, scatter_of_sum([one.expected for one in problems], scatter))
    return Effect(
        before=sum(one.before for one in problems),
        expected=expected,
        low=low,
        high=high,
        observed=observed,
        weight=sum(one.expected * one.mean_weight - one.observed_weight for one in problems),
        hours=sum((one.expected - one.observed) * one.mean_minutes for one in problems) / 60,
        finding=finding_of(expected, observed, low, high),
    )


def finding_of(expected: float, observed: int, low: float, high: float) -> Finding:
    """Return whether what was observed lies outside of what chance gives."""
    if expected <= 0 and not observed:
        return Finding.NOT_YET
    if observed < low:
        return Finding.FEWER
    return Finding.MORE if observed > high else Finding.TOO_FEW


def scatter_of_sum(means: Sequence[float], scatter: float) -> float:
    """Return the scatter of a sum of independent counts: variances add up (mean + scatter x mean squared each)."""
    total = sum(means)
    return scatter * sum(mean * mean for mean in means) / (total * total) if total > 0 else scatter


@dataclass(frozen=True, slots=True)
class Repair:
    """One fix: when it was deployed, and when the first incident of its problem after that was opened, if one was."""

    fixed_at: datetime
    back_at: datetime | None


@dataclass(frozen=True, slots=True)
class RepeatRate:
    """Of the fixes that are so many days old, how many problems were back within them."""

    days: int
    fixes: int
    back: int

    @property
    def share(self) -> float | None:
        """The share that came back; None while there are too few to tell."""
        return self.back / self.fixes if self.fixes >= LEAST_FIXES else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, 19 times in 20 (Wilson 1927)."""
        return wilson(self.back, self.fixes)


def wilson(hits: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """Return where the true share lies, by default 19 times in 20 (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, z2 = hits / of, z * z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    spread = z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def repeat_rate(repairs: Sequence[Repair], days: int, *, now: datetime) -> RepeatRate:
    """Return how many problems were back within so many days of a fix.

    Only fixes that are so old are counted: younger ones could only be counted where they came back already, which would make
    the newest fixes look worst.
    """
    span = timedelta(days=days)
    old = [one for one in repairs if one.fixed_at + span <= now]
    back = [one for one in old if one.back_at is not None and one.back_at <= one.fixed_at + span]
    return RepeatRate(days, len(old), len(back))


def repeat_rates(repairs: Sequence[Repair], *, now: datetime) -> tuple[RepeatRate, ...]:
    """Return the repeat rate for each usual number of days."""
    return tuple(repeat_rate(repairs, days, now=now) for days in HORIZONS)
