"""The audit: every strategy played so often, its pay against what it prevents, and what each rule is for. Pure.

Pay is what counts in the season: after the held bonus and what is taken back. Both pay and what is prevented are set against honest
people in the same seats with the same stories (``honest_twin``), run for run with the same luck.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from statistics import fmean
from typing import Any

from gamebash.incentives.day import Day
from gamebash.incentives.ground import Ground
from gamebash.incentives.pieces import Outcome
from gamebash.incentives.strategies import BY_NAME, STRATEGIES, Strategy

# The gate: no dishonest strategy is paid nine tenths of the honest while preventing less than half.
WELL_PAID = 0.9
LITTLE_PREVENTED = 0.5
SURE = 1.96
USUAL_RUNS = 200


@dataclass(frozen=True, slots=True)
class Share:
    """A mean as a share of the honest twin's, with its 95 % interval."""

    of_honest: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """How a strategy did: mean points of the season and incidents prevented by weight, per head and run."""

    strategy: str
    points: float
    prevented: float
    pay: Share
    impact: Share
    upper_half: float

    @property
    def pays_off(self) -> bool:
        """Whether cheating this way pays: nearly the honest pay, less than half of what it prevents."""
        is_well_paid = self.pay.of_honest >= WELL_PAID and self.impact.of_honest < LITTLE_PREVENTED
        return is_well_paid and not BY_NAME[self.strategy].is_honest


@dataclass(frozen=True, slots=True)
class Without:
    """What a strategy would be paid if one of the rules that stop it were off, against what it is paid now."""

    rule: str
    strategy: str
    pay: float
    pay_without: float
    impact: float
    impact_without: float

    @property
    def pays_off(self) -> bool:
        """Whether it would then pay to cheat this way."""
        return self.pay_without >= WELL_PAID and self.impact_without < LITTLE_PREVENTED


@dataclass(frozen=True, slots=True)
class Report:
    """An audit. ``off`` is the rule that was switched off for it; ``without`` what each rule is for."""

    runs: int
    seed: int
    off: str
    lines: tuple[Line, ...]
    without: tuple[Without, ...]

    @property
    def failing(self) -> tuple[Line, ...]:
        """The strategies by which cheating pays."""
        return tuple(line for line in self.lines if line.pays_off)

    def to_document(self) -> dict[str, Any]:
        """Return what is kept."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Report":
        """Return the report as it was kept; a strategy that is no more is left out."""
        lines = tuple(
            Line(**{**line, "pay": Share(**line["pay"]), "impact": Share(**line["impact"])})
            for line in document["lines"]
            if line["strategy"] in BY_NAME
        )
        without = tuple(Without(**one) for one in document["without"] if one["strategy"] in BY_NAME)
        return cls(document["runs"], document["seed"], document["off"], lines, without)


@dataclass(frozen=True, slots=True)
class Trial:
    """How often each strategy is played, and from which seed on: the same seed gives the same table."""

    runs: int = USUAL_RUNS
    seed: int = 1


Progress = Callable[[int, int], None]


def audit(
    ground: Ground, trial: Trial, *, off: str = "", is_whole: bool = False, progress: Progress | None = None
) -> Report:
    """Return the audit of a day, with one rule off or none; a whole one says of each rule what it is for.

    ``progress`` is told how many of how many parts are done.
    """
    played = _Played(ground.without(off) if off else ground, trial)
    stopped = [(rule, one) for one in STRATEGIES for rule in one.stoppers] if is_whole else []
    parts = len(STRATEGIES) + len(stopped)
    lines = []
    for number, strategy in enumerate(STRATEGIES, start=1):
        lines.append(played.line(strategy))
        if progress:
            progress(number, parts)
    by_name = {line.strategy: line for line in lines}
    without = []
    for number, (rule, strategy) in enumerate(stopped, start=len(STRATEGIES) + 1):
        now, then = by_name[strategy.name], _Played(ground.without(rule), trial).line(strategy)
        shares = (now.pay.of_honest, then.pay.of_honest, now.impact.of_honest, then.impact.of_honest)
        without.append(Without(rule, strategy.name, *shares))
        if progress:
            progress(number, parts)
    return Report(trial.runs, trial.seed, off, tuple(lines), tuple(without))


class _Played:
    """The days of one ground, each strategy played once."""

    def __init__(self, ground: Ground, trial: Trial) -> None:
        self.ground, self.trial = ground, trial
        self.known: dict[Strategy, list[Outcome]] = {}

    def line(self, strategy: Strategy) -> Line:
        """Return how a strategy did against its honest twin."""
        own, honest = self._of(strategy), self._of(strategy.honest_twin)
        harm = min(
            0.0, fmean(one.prevented_by_others for one in own) - fmean(one.prevented_by_others for one in honest)
        )
        heads = 2 if strategy.is_pair else 1
        prevented = [one.prevented + harm / heads for one in own]
        points = [one.season_points for one in own]
        return Line(
            strategy=strategy.name,
            points=fmean(points),
            prevented=fmean(prevented),
            pay=_share(points, [one.season_points for one in honest]),
            impact=_share(prevented, [one.prevented for one in honest]),
            upper_half=fmean(one.is_upper_half for one in own),
        )

    def _of(self, strategy: Strategy) -> list[Outcome]:
        if strategy not in self.known:
            self.known[strategy] = list(self._days(strategy))
        return self.known[strategy]

    def _days(self, strategy: Strategy) -> Iterator[Outcome]:
        for run in range(self.trial.runs):
            yield Day(self.ground, strategy, self.trial.seed + run).play()


def _share(own: list[float], honest: list[float]) -> Share:
    """Return the ratio of two paired means, its interval by the delta method (Cochran 1977, Sampling Techniques, 6.4)."""
    base = fmean(honest)
    if not base:
        return Share(0.0, 0.0, 0.0)
    ratio = fmean(own) / base
    residuals = [one - ratio * other for one, other in zip(own, honest, strict=True)]
    spread = SURE * sqrt(fmean(one * one for one in residuals) / len(residuals)) / abs(base)
    return Share(ratio, ratio - spread, ratio + spread)
