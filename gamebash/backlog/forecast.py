"""Incidents to expect in the next quarter if nobody fixes the problem, from its weekly counts.

A Poisson rate with a Gamma prior: weeks count less the older they are (half as much after HALF_LIFE weeks), and the
prior is worth PRIOR_WEEKS weeks at the problem's own long-run rate, so that two bad weeks do not make a bad year. The
interval is the negative binomial's, which is what a Poisson count with a Gamma rate follows (Gelman et al., Bayesian Data
Analysis, ch. 2.6), by its normal approximation with a floor at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

WEEKS_A_QUARTER = 13
HALF_LIFE = 13.0
PRIOR_WEEKS = 6.0
Z_80 = 1.2816


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected incidents in 13 weeks with an 80 % interval, and the figures it was made of (rates per week)."""

    expected: float
    low: float
    high: float
    recent_rate: float
    long_rate: float
    weeks_seen: int


def forecast(weeks: Sequence[int], horizon: int = WEEKS_A_QUARTER) -> Forecast:
    """Return the forecast from weekly counts, oldest first, the latest whole week last."""
    if not weeks:
        return Forecast(0.0, 0.0, 0.0, 0.0, 0.0, 0)
    weights = [exp(-log(2) * age / HALF_LIFE) for age in range(len(weeks) - 1, -1, -1)]
    exposure = sum(weights)
    recent = sum(weight * count for weight, count in zip(weights, weeks, strict=True))
    long_rate = sum(weeks) / len(weeks)
    shape = recent + PRIOR_WEEKS * long_rate
    rate = exposure + PRIOR_WEEKS
    expected = horizon * shape / rate
    spread = Z_80 * sqrt(expected * (1 + horizon / rate))
    return Forecast(
        expected=expected,
        low=max(0.0, expected - spread),
        high=expected + spread,
        recent_rate=recent / exposure,
        long_rate=long_rate,
        weeks_seen=len(weeks),
    )
