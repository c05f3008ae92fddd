"""Days played by a strategy and by its honest twin, run for run with the same luck: pay and what is prevented. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from gamebash.incentives.assumptions import USUAL, Assumptions
from gamebash.incentives.day import Day
from gamebash.incentives.ground import Ground
from gamebash.incentives.pieces import Outcome
from gamebash.incentives.shares import Paired, Share
from gamebash.incentives.strategies import BY_NAME, Strategy

# The gate: no dishonest strategy is paid nine tenths of the honest while preventing less than half.
WELL_PAID = 0.9
LITTLE_PREVENTED = 0.5
USUAL_RUNS = 200
MOST_RUNS = 10_000


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

    @property
    def may_pay_off(self) -> bool:
        """Whether so many days cannot rule it out: both intervals reach to where cheating pays."""
        may_be = self.pay.high >= WELL_PAID and self.impact.low < LITTLE_PREVENTED
        return may_be and not BY_NAME[self.strategy].is_honest


@dataclass(frozen=True, slots=True)
class Trial:
    """How often each strategy is played for each of so many seeds: the same seed gives the same table, and no two share a day."""

    runs: int = USUAL_RUNS
    seed: int = 1
    seeds: int = 1

    def days(self) -> Iterator[int]:
        """Return what each day is drawn from."""
        for seed in range(self.seed, self.seed + self.seeds):
            yield from range(seed * MOST_RUNS, seed * MOST_RUNS + self.runs)


class Played:
    """The days of one ground, each strategy played once."""

    def __init__(self, ground: Ground, trial: Trial, people: Assumptions = USUAL) -> None:
        """Take the ground, which days, and what is assumed of people."""
        self.ground, self.trial, self.people = ground, trial, people
        self.known: dict[Strategy, list[Outcome]] = {}

    def line(self, strategy: Strategy) -> Line:
        """Return how a strategy did against its honest twin."""
        own, impact, pay = self._of(strategy), self.impact(strategy), self.pay(strategy)
        return Line(
            strategy=strategy.name,
            points=fmean(pay.own),
            prevented=fmean(impact.own),
            pay=pay.share(),
            impact=impact.share(),
            upper_half=fmean(one.is_upper_half for one in own),
        )

    def pay(self, strategy: Strategy) -> Paired:
        """Return what each day pays."""
        own, honest = self._of(strategy), self._of(strategy.honest_twin)
        return Paired([one.season_points for one in own], [one.season_points for one in honest])

    def impact(self, strategy: Strategy) -> Paired:
        """Return what each day prevents, less what others prevent fewer, where they do on the whole."""
        own, honest = self._of(strategy), self._of(strategy.honest_twin)
        others = [one.prevented_by_others - two.prevented_by_others for one, two in zip(own, honest, strict=True)]
        heads = (2 if strategy.is_pair else 1) if fmean(others) < 0 else 0
        prevented = [one.prevented + (other / heads if heads else 0.0) for one, other in zip(own, others, strict=True)]
        return Paired(prevented, [one.prevented for one in honest])

    def _of(self, strategy: Strategy) -> list[Outcome]:
        if strategy not in self.known:
            self.known[strategy] = [Day(self.ground, strategy, day, self.people).play() for day in self.trial.days()]
        return self.known[strategy]
