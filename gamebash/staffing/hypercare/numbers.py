"""What hypercare does: how long it lasts, how often it ends by evidence, incidents before and after. Plain values.

Incidents of the 14 days before a release are a count that scatters itself, so what they let expect of the 14 days after is
a negative binomial count with the variance m + m x m / n for n incidents before (a Poisson rate with a gamma prior: Gelman
et al., Bayesian Data Analysis, 2013, 2.6). Eight counts in ten fall inside of its interval where nothing changed; what does is
called too few to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from gamebash.backlog.forecast import interval
from gamebash.watch.numbers import Finding, finding_of, wilson

LEAST_ENDED = 5
BESIDE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Ended:
    """A hypercare that ended: its days, whether by evidence, and incidents of the service before and after its release."""

    days: int
    by_evidence: bool
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Incidents before and after, where eight counts in ten would lie had nothing changed, and what that says."""

    before: int
    after: int
    low: float
    high: float
    finding: Finding


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that ended together; ``share`` by evidence is None while there are too few, with its interval (Wilson 1927)."""

    count: int
    median_days: float | None
    by_evidence: int
    interval: tuple[float, float]
    incidents: BeforeAfter

    @property
    def share(self) -> float | None:
        """The share that ended by evidence; None while there are too few to tell."""
        return self.by_evidence / self.count if self.count >= LEAST_ENDED else None


def numbers_of(ended: Sequence[Ended]) -> Numbers:
    """Return what all that ended say together."""
    by_evidence = sum(one.by_evidence for one in ended)
    return Numbers(
        len(ended),
        median(one.days for one in ended) if ended else None,
        by_evidence,
        wilson(by_evidence, len(ended)),
        before_after(sum(one.before for one in ended), sum(one.after for one in ended)),
    )


def before_after(before: int, after: int, *, ratio: float = 1.0) -> BeforeAfter:
    """Return what two counts say together; ``ratio`` is how much longer the time after was than the time before.

    Half an incident is added before, so that none before does not promise none for ever.
    """
    counted = before + 0.5
    expected = counted * ratio
    low, high = interval(expected, 1 / counted)
    if not before and not after:
        return BeforeAfter(before, after, low, high, Finding.NOT_YET)
    return BeforeAfter(before, after, low, high, finding_of(expected, after, low, high))
