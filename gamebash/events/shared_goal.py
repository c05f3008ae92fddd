"""The shared goal of an event: one bar that everybody fills, beside the board, with a reward for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class GoalMeasure(StrEnum):
    """What the bar is filled with."""

    VALUE = "value"
    STORIES = "stories"


UNITS = {GoalMeasure.VALUE: "impact a quarter prevented", GoalMeasure.STORIES: "stories squashed"}


@dataclass(frozen=True, slots=True)
class Goal:
    """What everybody fills, how full it is to be, and what all get for it."""

    measure: GoalMeasure
    target: float
    reward: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far everybody has come together. Values are those copied at go-live, so nothing moves the bar but squashing."""

    measure: GoalMeasure
    target: float
    reached: float
    reward: str

    @property
    def share(self) -> float:
        """The share of the target, 1 at most."""
        return min(1.0, self.reached / self.target)

    @property
    def is_reached(self) -> bool:
        """Whether everybody has earned the reward."""
        return self.reached >= self.target

    @property
    def unit(self) -> str:
        """What is counted, in words."""
        return UNITS[self.measure]


def progress_of(measure: GoalMeasure, target: float, reward: str, values: Iterable[float]) -> Progress:
    """Return how far a goal is filled by squashed stories of these values."""
    found = list(values)
    return Progress(measure, target, sum(found) if measure is GoalMeasure.VALUE else float(len(found)), reward)
