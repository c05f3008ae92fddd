"""Which fields tell one problem from another in a log: the finest choice whose problems come back.

Too coarse, and a story cannot mend what it names; too fine, and nothing ever repeats. The choice is made by backtest inside
the history: at each of its last few horizons the problems known until then are ranked, and what came after is looked at.
Beginning with nothing, the field is added that keeps the most of what the best problems would have prevented, as long as
what comes later still falls mostly into problems seen before. The measure of that is coverage: the share of later weight
in problems already known.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import exp, log

# At most this share of later pain may come from problems that splitting so finely makes look new.
LEAST_COVERAGE = 0.8
# A field has to split what is there: into so many parts in effect (the exponential of the entropy).
LEAST_BRANCHING = 1.5
# A field nobody named service, symptom or title has to have so many values in effect, else it says how, not what.
LEAST_VALUES = 8.0
LEAST_FILLED = 0.5
TOP = 20
PULLS = 3
LEAST_SEEN = 50
NAMED = frozenset({"service", "symptom", "title", "kind"})


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident as it was known: when it was opened (days on any scale), its severity weight, its fields' values."""

    at: float
    weight: float
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """What adding a field did: the share of later weight in known problems, and what the best TOP would have prevented."""

    field: str
    coverage: float
    prevented: float
    problems: float


@dataclass(frozen=True, slots=True)
class Granularity:
    """The fields that identify a problem, in the order chosen, with what each one did."""

    fields: tuple[str, ...]
    steps: tuple[Step, ...] = ()


def choose(seen: Sequence[Seen], *, horizon: float) -> Granularity | None:
    """Return the granularity for a log, or None where it is too short to tell; ``horizon`` in days, as ``Seen.at``.

    The same incidents give the same choice, whatever their order.
    """
    ordered = sorted(seen, key=lambda one: (one.at, sorted(one.values.items())))
    if len(ordered) < LEAST_SEEN or ordered[-1].at <= ordered[0].at:
        return None
    span = ordered[-1].at - ordered[0].at
    past = _Past(ordered, min(horizon, span / (PULLS + 1)))
    left = [name for name in sorted({name for one in ordered for name in one.values}) if past.is_fit(name)]
    fields: tuple[str, ...] = ()
    steps: list[Step] = []
    while left:
        options = [option for name in left if (option := past.step((*fields, name), fields)) is not None]
        if not options:
            break
        best = max(options, key=lambda step: (round(step.prevented, 9), step.coverage, step.field))
        fields, left = (*fields, best.field), [name for name in left if name != best.field]
        steps.append(best)
    return Granularity(fields, tuple(steps)) if fields else None


class _Past:
    """A history with pull times inside it. Values are numbered once, so that trying a choice costs little."""

    def __init__(self, seen: Sequence[Seen], horizon: float) -> None:
        self._at = [one.at for one in seen]
        self._weight = [one.weight for one in seen]
        names = sorted({name for one in seen for name in one.values})
        self._values = {name: [one.values.get(name, "") for one in seen] for name in names}
        self._horizon = horizon
        end = self._at[-1]
        middle = (self._at[0] + end) / 2
        pulls = [end - number * horizon for number in range(1, PULLS + 1)]
        # A pull with little history behind it would make everything look new.
        self._pulls = [at for at in pulls if at >= middle] or pulls[:1]

    def is_fit(self, name: str) -> bool:
        """Say whether a field is mostly filled and has enough values to say what happened."""
        present = [value for value in self._values[name] if value]
        if len(present) < LEAST_FILLED * len(self._at):
            return False
        return name in NAMED or _in_effect(present) >= LEAST_VALUES

    def step(self, fields: tuple[str, ...], before: tuple[str, ...]) -> Step | None:
        """Return what a choice of fields would have done; None where it does not split enough, or does not come back."""
        keys = self._keys(fields)
        problems = _in_effect(keys)
        if problems < LEAST_BRANCHING * _in_effect(self._keys(before)):
            return None
        results = [self._pull(keys, at) for at in self._pulls]
        coverage = sum(found[0] for found in results) / len(results)
        prevented = sum(found[1] for found in results) / len(results)
        return Step(fields[-1], coverage, prevented, problems) if coverage >= LEAST_COVERAGE else None

    def _keys(self, fields: tuple[str, ...]) -> list[Hashable]:
        columns = [self._values[name] for name in fields]
        return [key if all(key) else None for key in zip(*columns, strict=True)] if columns else [()] * len(self._at)

    def _pull(self, keys: Sequence[Hashable], at: float) -> tuple[float, float]:
        """Return coverage and the share prevented by the best TOP, had somebody pulled at that time."""
        known: defaultdict[Hashable, float] = defaultdict(float)
        later: defaultdict[Hashable, float] = defaultdict(float)
        total = 0.0
        for key, opened, weight in zip(keys, self._at, self._weight, strict=True):
            if opened < at:
                if key is not None:
                    known[key] += weight / (1 + (at - opened) / self._horizon) ** 2
            elif opened < at + self._horizon:
                total += weight
                if key is not None:
                    later[key] += weight
        complete = sum(later.values())
        covered = sum(weight for key, weight in later.items() if key in known)
        top = sorted(known, key=lambda key: (-round(known[key], 9), str(key)))[:TOP]
        prevented = sum(later.get(key, 0.0) for key in top)
        return (covered / complete if complete else 0.0, prevented / total if total else 0.0)


def _in_effect(values: Iterable[Hashable]) -> float:
    """Return how many values there are in effect: the exponential of the Shannon entropy."""
    counts = Counter(value for value in values if value is not None)
    total = sum(counts.values())
    return exp(-sum(count / total * log(count / total) for count in counts.values())) if total else 1.0
