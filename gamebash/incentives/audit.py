"""The audit: every strategy played so often, its pay against what it prevents, and what each rule is for. Pure.

Pay is what counts in the season: after the held bonus and what is taken back. Both pay and what is prevented are set against honest
people in the same seats with the same stories (``honest_twin``), run for run with the same luck.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gamebash.incentives.ground import Ground
from gamebash.incentives.played import LITTLE_PREVENTED, WELL_PAID, Line, Played, Trial
from gamebash.incentives.shares import Share
from gamebash.incentives.strategies import BY_NAME, STRATEGIES


@dataclass(frozen=True, slots=True)
class Without:
    """What a strategy would be paid if one of the rules that stop it were off, against what it is paid now.

    ``rise`` is of its pay, ``gain`` of what it prevents: differences of shares on the same days, with their 95 % intervals.
    """

    rule: str
    strategy: str
    pay: float
    pay_without: float
    impact: float
    impact_without: float
    rise: Share
    gain: Share

    @property
    def shows(self) -> bool:
        """Whether its harm shows beyond noise: the strategy is paid more without the rule, or prevents less."""
        return self.rise.low > 0 or self.gain.high < 0

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

    @property
    def unsure(self) -> tuple[Line, ...]:
        """The strategies by which it may pay, for all that so many days can tell."""
        return tuple(line for line in self.lines if line.may_pay_off and not line.pays_off)

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
        without = tuple(
            Without(**{**one, "rise": Share(**one["rise"]), "gain": Share(**one["gain"])})
            for one in document["without"]
            if one["strategy"] in BY_NAME and "rise" in one
        )
        return cls(document["runs"], document["seed"], document["off"], lines, without)


Progress = Callable[[int, int], None]


def audit(
    ground: Ground, trial: Trial, *, off: str = "", is_whole: bool = False, progress: Progress | None = None
) -> Report:
    """Return the audit of a day, with one rule off or none; a whole one says of each rule what it is for.

    ``progress`` is told how many of how many parts are done.
    """
    played = Played(ground.without(off) if off else ground, trial)
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
        without.append(_without(rule, by_name[strategy.name], played, Played(ground.without(rule), trial)))
        if progress:
            progress(number, parts)
    return Report(trial.runs, trial.seed, off, tuple(lines), tuple(without))


def _without(rule: str, now: Line, played: Played, other: Played) -> Without:
    """Return how a strategy does where one rule is off, on the same days."""
    strategy = BY_NAME[now.strategy]
    then = other.line(strategy)
    return Without(
        rule=rule,
        strategy=strategy.name,
        pay=now.pay.of_honest,
        pay_without=then.pay.of_honest,
        impact=now.impact.of_honest,
        impact_without=then.impact.of_honest,
        rise=played.pay(strategy).rise_to(other.pay(strategy)),
        gain=played.impact(strategy).rise_to(other.impact(strategy)),
    )
