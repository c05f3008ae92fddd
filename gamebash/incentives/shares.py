"""Shares of what honest people get, with their intervals. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

SURE = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """A mean as a share of the honest twin's, with its 95 % interval."""

    of_honest: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Paired:
    """Something of each day, of a strategy and of its honest twin."""

    own: Sequence[float]
    honest: Sequence[float]

    def residuals(self) -> tuple[float, list[float]]:
        """Return the ratio of the means, and by how much each day pulls it (Cochran 1977, Sampling Techniques, 6.4)."""
        base = fmean(self.honest)
        if not base:
            return 0.0, [0.0 for _ in self.own]
        ratio = fmean(self.own) / base
        return ratio, [(one - ratio * other) / abs(base) for one, other in zip(self.own, self.honest, strict=True)]

    def share(self) -> Share:
        """Return the ratio with its interval, by the delta method."""
        return _with_interval(*self.residuals())

    def rise_to(self, other: "Paired") -> Share:
        """Return by how much another ratio is higher; they are of the same days, so their residuals are taken together."""
        (now, here), (then, there) = self.residuals(), other.residuals()
        return _with_interval(then - now, [two - one for one, two in zip(here, there, strict=True)])


def _with_interval(found: float, residuals: Sequence[float]) -> Share:
    spread = SURE * sqrt(fmean(one * one for one in residuals) / len(residuals))
    return Share(found, found - spread, found + spread)
