"""The pull: which k stories an event or a sprint should take, by value for an hour's work, within capacity and limits.

Greedy by density with the limits as filters. For a knapsack of many small items this stays within one item of the best
(Dantzig 1957), is explained in a sentence a story, and gives the same pull for the same backlog whatever its order.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ready story in what the pull looks at; ``forecast`` is incidents a quarter."""

    key: str
    service: str
    value: float
    effort_hours: float
    forecast: float = 0.0

    @property
    def value_per_hour(self) -> float:
        """What an hour's work prevents."""
        return self.value / self.effort_hours

    @property
    def order(self) -> tuple[float, float, str]:
        """Sorts the best first; equal ones by value, then by key, so that the pull is always the same."""
        return (-round(self.value_per_hour, 9), -self.value, self.key)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many stories at most, how many hours together, how many from one service."""

    stories: int
    hours: float
    per_service: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """A chosen story: its rank from 1, why it stands there, and the figures of that."""

    candidate: Candidate
    rank: int
    reason: str
    parts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A story that was not chosen, and the limit that kept it out."""

    candidate: Candidate
    reason: str


@dataclass(frozen=True, slots=True)
class Pull:
    """What was chosen and what was not."""

    chosen: tuple[Pulled, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def hours(self) -> float:
        """The work chosen, in hours."""
        return sum(pulled.candidate.effort_hours for pulled in self.chosen)

    @property
    def value(self) -> float:
        """The impact that the chosen stories are expected to prevent."""
        return sum(pulled.candidate.value for pulled in self.chosen)


def pull(candidates: Iterable[Candidate], limits: Limits, *, taken: Iterable[Candidate] = ()) -> Pull:
    """Return the pull; ``taken`` are stories already on the board by hand, which use up the limits first."""
    kept = list(taken)
    hours = sum(candidate.effort_hours for candidate in kept)
    services = Counter(candidate.service for candidate in kept)
    keys = {candidate.key for candidate in kept}
    chosen: list[Pulled] = []
    left_out: list[LeftOut] = []
    for place, candidate in enumerate(sorted(candidates, key=lambda one: one.order), start=1):
        if candidate.key in keys:
            continue
        count = len(kept) + len(chosen)
        if reason := _why_not(candidate, limits, count=count, hours=hours, of_service=services[candidate.service]):
            left_out.append(LeftOut(candidate, reason))
            continue
        hours += candidate.effort_hours
        services[candidate.service] += 1
        chosen.append(_pulled(candidate, len(chosen) + 1, place))
    return Pull(tuple(chosen), tuple(left_out))


def _why_not(candidate: Candidate, limits: Limits, *, count: int, hours: float, of_service: int) -> str:
    if count >= limits.stories:
        return f"the {limits.stories} stories asked for are taken"
    if of_service >= limits.per_service:
        return f"{candidate.service} has its {limits.per_service} stories"
    if hours + candidate.effort_hours > limits.hours:
        return f"{candidate.effort_hours:g} h do not fit in the {limits.hours - hours:g} h left of {limits.hours:g}"
    return ""


def _pulled(candidate: Candidate, rank: int, place: int) -> Pulled:
    parts = {**asdict(candidate), "value_per_hour": candidate.value_per_hour, "place_by_value": place}
    reason = (
        f"Prevents {candidate.value:.1f} in a quarter ({candidate.forecast:.1f} incidents expected) for "
        f"{candidate.effort_hours:g} h: {candidate.value_per_hour:.2f} an hour, place {place}"
    )
    return Pulled(candidate, rank, reason, parts)
