"""Incidents to expect in the next period if nobody fixes the problem, with an 80 % interval.

The past counts less the older it is, by a power law: what lies one period back counts a quarter, two periods a ninth. A
power law forgets a bad week quickly and a bad year slowly, where one half-life must choose (compare Petropoulos et al.,
Forecasting: theory and practice, 2022, 2.3.1, on exponential smoothing). Incidents within a thirteenth of a period (a week
of a quarter) are one burst, and bursts are damped, for one storm is one cause: the strength of a problem is the sum over its
bursts of incidents to the power DAMPING, discounted by age.

How strength becomes a count is learned from the installation's own past pulls by Poisson regression, expected = level x
strength ^ power, and so is how far counts scatter around it (negative binomial, by moments: Cameron and Trivedi, Regression
Analysis of Count Data, 2013, ch. 3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import exp, lgamma, log, sqrt
from typing import Any

WEEKS_A_QUARTER = 13
BURSTS_A_PERIOD = 13
DAMPING = 0.6
# Severity changes more slowly than frequency: it is the mean of all incidents, and so many average ones beside them.
USUAL_INCIDENTS = 10.0
TAIL = 0.1
Z_80 = 1.2816
EXACT_BELOW = 200.0
STEPS = 30


@dataclass(frozen=True, slots=True)
class Calibration:
    """How strength becomes an expected count here: ``level`` x strength ^ ``power``.

    ``scatter`` is the negative binomial's alpha (variance = mean + alpha x mean squared), ``mean_weight`` what an incident
    weighs on average.
    """

    # Before anything was learned: one incident each week gives one each week, and strength grows as it usually does.
    level: float = 0.46
    power: float = 1.3
    scatter: float = 0.25
    mean_weight: float = 2.0

    def to_document(self) -> dict[str, Any]:
        """Return what is kept."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Calibration":
        """Return the calibration kept in a document."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected incidents in the next period with an 80 % interval, and the strength it was made of."""

    expected: float
    low: float
    high: float
    strength: float
    bursts: int


def discount(age: float) -> float:
    """Return how much an age in periods counts: all of it now, a quarter one period back."""
    return 1.0 / (1 + max(0.0, age)) ** 2


def strength(bursts: Iterable[tuple[float, float]]) -> float:
    """Return the strength of a problem from its bursts: (age in periods, incidents)."""
    return float(sum(discount(age) * count**DAMPING for age, count in bursts if count > 0))


def bursts_of_weeks(weeks: Sequence[int]) -> list[tuple[float, float]]:
    """Return bursts from weekly counts, oldest first, the latest whole week last; the period is a quarter."""
    newest = len(weeks) - 1
    return [((newest - place + 0.5) / WEEKS_A_QUARTER, count) for place, count in enumerate(weeks) if count]


def forecast(bursts: Sequence[tuple[float, float]], calibration: Calibration) -> Forecast:
    """Return the forecast of a problem from its bursts (age in periods, incidents)."""
    found = strength(bursts)
    expected = calibration.level * found**calibration.power if found > 0 else 0.0
    low, high = interval(expected, calibration.scatter)
    return Forecast(expected, low, high, found, len(bursts))


def shrunk_weight(weight: float, incidents: float, calibration: Calibration) -> float:
    """Return what an incident of a problem weighs, drawn towards the usual while there are few of them."""
    return (weight + USUAL_INCIDENTS * calibration.mean_weight) / (incidents + USUAL_INCIDENTS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a problem after a past pull: its strength then, the incidents that came; newer pulls count more."""

    strength: float
    incidents: float
    counts: float = 1.0


def calibrate(outcomes: Sequence[Outcome], *, mean_weight: float) -> Calibration:
    """Return the calibration that past outcomes teach; the default one where there are too few."""
    usable = [(log(one.strength), one.incidents, one.counts) for one in outcomes if one.strength > 0]
    if len(usable) < BURSTS_A_PERIOD or not any(count for _, count, _ in usable):
        return Calibration(mean_weight=mean_weight)
    level, power = _poisson_fit(usable)
    means = [(exp(level + power * x), count, share) for x, count, share in usable]
    squares = sum(share * mean * mean for mean, _, share in means)
    scatter = sum(share * ((count - mean) ** 2 - mean) for mean, count, share in means) / squares if squares else 0.0
    return Calibration(exp(level), power, max(0.0, scatter), mean_weight)


def _poisson_fit(rows: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Return intercept and slope of a weighted Poisson regression on log strength, by Newton's method, the slope in bounds."""
    power = 1.0
    level = _level(rows, power)
    for _ in range(STEPS):
        means = [(share * exp(level + power * x), share * count, x) for x, count, share in rows]
        gradient = sum(count - mean for mean, count, _ in means)
        slope = sum((count - mean) * x for mean, count, x in means)
        a, b, c = (sum(mean * x**n for mean, _, x in means) for n in (0, 1, 2))
        determinant = a * c - b * b
        if determinant <= 1e-12 * a * c:
            break
        change = ((c * gradient - b * slope) / determinant, (a * slope - b * gradient) / determinant)
        level, power = level + max(-1.0, min(1.0, change[0])), power + max(-0.5, min(0.5, change[1]))
        if abs(change[0]) + abs(change[1]) < 1e-9:  # noqa: PLR2004
            break
    bounded = max(0.5, min(2.0, power))
    return (level if bounded == power else _level(rows, bounded)), bounded


def _level(rows: Sequence[tuple[float, float, float]], power: float) -> float:
    """Return the intercept at which what was expected sums to what came."""
    came = sum(share * count for _, count, share in rows)
    return log(came / sum(share * exp(power * x) for x, _, share in rows))


def interval(mean: float, scatter: float) -> tuple[float, float]:
    """Return the 10 % and 90 % quantiles of a negative binomial count; by its normal approximation where it is large."""
    if mean <= 0:
        return 0.0, 0.0
    if mean > EXACT_BELOW:
        spread = Z_80 * sqrt(mean + scatter * mean * mean)
        return max(0.0, mean - spread), mean + spread
    return _quantile(mean, scatter, TAIL), _quantile(mean, scatter, 1 - TAIL)


def _quantile(mean: float, scatter: float, share: float) -> float:
    size = 1 / max(scatter, 1e-6)
    rate = size / (size + mean)
    term, count, reached = exp(size * log(rate)), 0, 0.0
    while True:
        reached += term
        if reached >= share or count > 20 * EXACT_BELOW:
            return float(count)
        count += 1
        term = exp(lgamma(count + size) - lgamma(size) - lgamma(count + 1) + size * log(rate) + count * log(1 - rate))
