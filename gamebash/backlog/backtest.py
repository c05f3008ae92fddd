"""How good the pull would have been: at each past quarter, with what was known then, against what came after.

Beside it stand the simple ways to choose (most frequent so far, most recent, at random) and the oracle, which knows the
quarter that follows and can only be approached. A story repairs one problem, so what it prevents is the weight of the
problem's incidents in the quarter; problems too broad to be one cause are nobody's choice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from gamebash.backlog.forecast import Calibration
from gamebash.backlog.keys import Group
from gamebash.backlog.replay import Life, Ranked, Snapshot, arriving, choose_key, is_broad, look

STORIES = 20
FORECAST_TOP = 50
MOST_PERIODS = 8
LEAST_PERIODS = 2


@dataclass(frozen=True, slots=True)
class Period:
    """One past period: shares of its weight that each way to choose would have prevented, and how the forecasts did.

    ``at`` and ``end`` are days since 1970. ``never_seen`` is the share from problems that nobody could have known.
    ``expected`` and ``came`` are incidents of the problems at the top of the pull, ``within`` the share of their
    intervals that held.
    """

    at: float
    end: float
    weight: float
    pull: float
    frequent: float
    recent: float
    random: float
    oracle: float
    never_seen: float
    too_broad: float
    expected: float
    came: float
    within: float
    fields: tuple[str, ...]

    @property
    def of_oracle(self) -> float:
        """What the pull would have prevented as a share of what the best possible one would have."""
        return self.pull / self.oracle if self.oracle else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The periods of a backtest, oldest first, and how many stories each pull had."""

    stories: int
    periods: tuple[Period, ...]

    def mean(self, name: str) -> float:
        """Return the mean of a figure over the periods."""
        return sum(float(getattr(period, name)) for period in self.periods) / len(self.periods) if self.periods else 0.0

    def to_document(self) -> dict[str, Any]:
        """Return what is kept."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Report":
        """Return the report kept in a document."""
        names = [one.name for one in fields(Period)]
        periods = [Period(**{name: period[name] for name in names}) for period in document["periods"]]
        return cls(document["stories"], tuple(periods))


def backtest(lives: Sequence[Life], periods: Iterable[tuple[float, float]], *, stories: int = STORIES) -> Report:
    """Return how pulls of so many stories would have done at the start of each period (start, end in days)."""
    return Report(stories, tuple(_period(lives, at, end, stories) for at, end in periods))


def learn_calibration(lives: Sequence[Life], moment: float, horizon: float) -> Calibration:
    """Return how strength becomes a count in this log, as of a moment."""
    return look(lives, moment, horizon, choose_key(lives, moment, horizon)).calibration


def _period(lives: Sequence[Life], at: float, end: float, stories: int) -> Period:
    key = choose_key(lives, at, end - at)
    snapshot = look(lives, at, end - at, key)
    joined = arriving(lives, at, end, key)
    came, counts = _came(lives, joined)
    total = sum(came.values())
    known = sum(one.incidents for one in snapshot.ranked)
    usable = [one for one in snapshot.ranked if not is_broad(one, known)]
    last = _last_opened(lives, snapshot)
    top = usable[:FORECAST_TOP]

    def share(chosen: Iterable[Ranked]) -> float:
        return sum(came.get(one.group, 0.0) for one in chosen) / total if total else 0.0

    by_name = sorted(usable, key=lambda one: one.group.fingerprint)
    seen = {one.group for one in snapshot.ranked}
    return Period(
        at=at,
        end=end,
        weight=total,
        pull=share(usable[:stories]),
        frequent=share(sorted(by_name, key=lambda one: -one.incidents)[:stories]),
        recent=share(sorted(by_name, key=lambda one: -last[one.group])[:stories]),
        random=share(usable) * min(1.0, stories / len(usable)) if usable else 0.0,
        oracle=share(sorted(by_name, key=lambda one: -came.get(one.group, 0.0))[:stories]),
        never_seen=sum(weight for group, weight in came.items() if group not in seen) / total if total else 0.0,
        too_broad=share(one for one in snapshot.ranked if is_broad(one, known)),
        expected=sum(one.expected for one in top),
        came=float(sum(counts.get(one.group, 0) for one in top)),
        within=sum(one.low <= counts.get(one.group, 0) <= one.high for one in top) / len(top) if top else 0.0,
        fields=key.fields,
    )


def _came(lives: Iterable[Life], joined: Mapping[str, Group]) -> tuple[dict[Group, float], dict[Group, int]]:
    """Return weight and number of what came, by the group each incident joined; it weighs what it turned out to be."""
    weights: defaultdict[Group, float] = defaultdict(float)
    counts: defaultdict[Group, int] = defaultdict(int)
    for life in lives:
        group = joined.get(life.id)
        if group is not None:
            weights[group] += life.states[-1].weight
            counts[group] += 1
    return weights, counts


def _last_opened(lives: Iterable[Life], snapshot: Snapshot) -> dict[Group, float]:
    last: dict[Group, float] = {}
    for life in lives:
        group = snapshot.groups.get(life.id)
        if group is not None:
            last[group] = max(last.get(group, life.opened), life.opened)
    return last
