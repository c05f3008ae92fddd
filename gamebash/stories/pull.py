"""The pull: which k stories an event or a sprint should take, by value for an hour's work, within capacity and limits.

First by density, the limits as filters (Dantzig 1957, Discrete-variable extremum problems): right where hours are scarce.
Where the number of stories is scarcer, that leaves hours idle; so then, as long as it prevents more, one chosen story
makes room for one left out (a 1-exchange local search, as for multidimensional knapsacks: Kellerer, Pferschy and
Pisinger, Knapsack Problems, 2004, ch. 9). Every step is explained in a sentence, and the same backlog gives the same pull
whatever its order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

# An exchange always gains, so it ends by itself; the bound keeps the longest pull short.
EXCHANGES_A_STORY = 2
GAIN = 1e-9


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
    by_hand = tuple(taken)
    keys = {candidate.key for candidate in by_hand}
    ordered = sorted((one for one in candidates if one.key not in keys), key=lambda one: one.order)
    board = _Board(limits, by_hand)
    board.fill(ordered)
    for _ in range(EXCHANGES_A_STORY * limits.stories):
        if not board.exchange(ordered):
            break
        board.fill(ordered)
    places = {candidate.key: place for place, candidate in enumerate(ordered, start=1)}
    chosen = sorted(board.chosen.values(), key=lambda one: one.order)
    return Pull(
        tuple(
            _pulled(candidate, rank, places[candidate.key], board.in_for.get(candidate.key))
            for rank, candidate in enumerate(chosen, start=1)
        ),
        tuple(LeftOut(one, board.why_left_out(one)) for one in ordered if one.key not in board.chosen),
    )


class _Board:
    """What is chosen so far, and what room that leaves."""

    def __init__(self, limits: Limits, by_hand: Sequence[Candidate]) -> None:
        self.limits = limits
        self.chosen: dict[str, Candidate] = {}
        self.in_for: dict[str, Candidate] = {}
        self.out_for: dict[str, Candidate] = {}
        self.count = len(by_hand)
        self.hours = sum(candidate.effort_hours for candidate in by_hand)
        self.services = Counter(candidate.service for candidate in by_hand)

    def fill(self, ordered: Sequence[Candidate]) -> None:
        """Choose from the best down whatever still fits."""
        for candidate in ordered:
            if candidate.key not in self.chosen and not self.why_not(candidate):
                self._change(candidate, +1)

    def exchange(self, ordered: Sequence[Candidate]) -> bool:
        """Let one chosen story make room for the one left out that gains most by it; say whether any gains."""
        pairs = (
            (new.value - old.value, new, old)
            for old in self.chosen.values()
            for new in ordered
            if new.value - old.value > GAIN and new.key not in self.chosen and self._has_room(new, old)
        )
        best = min(pairs, key=lambda pair: (-pair[0], pair[1].order, pair[2].order), default=None)
        if best is None:
            return False
        _, new, old = best
        self._change(old, -1)
        self._change(new, +1)
        self.in_for[new.key], self.out_for[old.key] = old, new
        return True

    def why_not(self, candidate: Candidate) -> str:
        """Return the limit that keeps a story out; empty where it fits."""
        limits = self.limits
        if self.count >= limits.stories:
            return f"the {limits.stories} stories asked for are taken"
        if self.services[candidate.service] >= limits.per_service:
            return f"{candidate.service} has its {limits.per_service} stories"
        if self.hours + candidate.effort_hours > limits.hours:
            left = limits.hours - self.hours
            return f"{candidate.effort_hours:g} h do not fit in the {left:g} h left of {limits.hours:g}"
        return ""

    def why_left_out(self, candidate: Candidate) -> str:
        """Return the reason for a story that was not chosen in the end."""
        instead = self.out_for.get(candidate.key)
        if instead is not None and instead.key in self.chosen:
            return f"{instead.key} prevents more ({instead.value:.1f}) in its place, and the hours allow it"
        return self.why_not(candidate)

    def _has_room(self, new: Candidate, old: Candidate) -> bool:
        of_service = self.services[new.service] - (old.service == new.service)
        hours = self.hours - old.effort_hours + new.effort_hours
        return of_service < self.limits.per_service and hours <= self.limits.hours

    def _change(self, candidate: Candidate, by: int) -> None:
        self.count += by
        self.hours += by * candidate.effort_hours
        self.services[candidate.service] += by
        if by > 0:
            self.chosen[candidate.key] = candidate
            self.in_for.pop(candidate.key, None)
        else:
            del self.chosen[candidate.key]


def _pulled(candidate: Candidate, rank: int, place: int, in_for: Candidate | None) -> Pulled:
    parts = {**asdict(candidate), "value_per_hour": candidate.value_per_hour, "place_by_value": place}
    reason = (
        f"Prevents {candidate.value:.1f} in a quarter ({candidate.forecast:.1f} incidents expected) for "
        f"{candidate.effort_hours:g} h: {candidate.value_per_hour:.2f} an hour, place {place}"
    )
    if in_for is not None:
        parts["in_for"] = in_for.key
        reason += f"; in for {in_for.key} ({in_for.value:.1f}), since the hours allow it"
    return Pulled(candidate, rank, reason, parts)
