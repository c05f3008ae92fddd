"""The past as it was known at a moment: which incidents there were, and what their records then said.

A pull at a moment may use what was known before it and nothing else. An incident that comes in later joins a problem by
what its record said when it was opened, and no later correction moves those that are there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gamebash.backlog import granularity
from gamebash.backlog.folding import Folding, learn
from gamebash.backlog.forecast import (
    BURSTS_A_PERIOD,
    Calibration,
    Outcome,
    calibrate,
    discount,
    forecast,
    shrunk_weight,
    strength,
)
from gamebash.backlog.keys import BROAD_SHARE, Group, GroupingKey

CHOSEN_FROM = 60_000
CALIBRATED_ON = 200
CALIBRATING_PULLS = 4


@dataclass(frozen=True, slots=True)
class State:
    """What a record said from a moment on (days): severity weight, and the values that may identify its problem."""

    known: float
    weight: float
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Life:
    """An incident: its id, when it was opened (days), and its states, oldest first."""

    id: str
    opened: float
    states: tuple[State, ...]

    def at(self, moment: float) -> State | None:
        """Return the last state known before a moment."""
        return next((state for state in reversed(self.states) if state.known < moment), None)


@dataclass(slots=True)
class Tally:
    """What is known of a group at a moment: incidents, weight, and bursts by how many thirteenths of a period ago."""

    incidents: int = 0
    weight: float = 0.0
    bursts: Counter[int] = field(default_factory=Counter)

    @property
    def aged(self) -> list[tuple[float, float]]:
        """The bursts as (age in periods, incidents)."""
        return [((place + 0.5) / BURSTS_A_PERIOD, count) for place, count in self.bursts.items()]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A group in the order of a pull: what it is expected to bring, and what of it is known."""

    group: Group
    value: float
    expected: float
    low: float
    high: float
    incidents: int
    weight: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What could be known at a moment: the key that tells problems apart, the group of each incident, the groups ranked."""

    at: float
    key: GroupingKey
    groups: Mapping[str, Group]
    ranked: tuple[Ranked, ...]
    calibration: Calibration


def choose_key(lives: Sequence[Life], moment: float, horizon: float) -> GroupingKey:
    """Return the key for a log by what was known before a moment: spellings folded, fields chosen by backtest."""
    known = [(life.opened, state) for life in lives if life.opened < moment and (state := life.at(moment))]
    known = sorted(known, key=lambda pair: pair[0])[-CHOSEN_FROM:]
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, state in known:
        for name, value in state.values.items():
            counts[name][value] += 1
    folds = {name: learn(found) if name != "title" else Folding() for name, found in counts.items()}
    plain = GroupingKey(tuple(folds), folds)
    seen = [granularity.Seen(opened, state.weight, plain.folded(state.values)) for opened, state in known]
    chosen = granularity.choose(seen, horizon=horizon)
    return GroupingKey.chosen(chosen, folds) if chosen else GroupingKey.usual()


def look(lives: Sequence[Life], moment: float, horizon: float, key: GroupingKey) -> Snapshot:
    """Return what could be known of a log at a moment, by a key; ``horizon`` is the period to forecast, in days."""
    groups, tallies = _tallied(lives, moment, horizon, key)
    calibration = _calibrated(lives, moment, horizon, key)
    known = sum(tally.incidents for tally in tallies.values())
    ranked = [_rank(group, tally, calibration) for group, tally in tallies.items()]
    share = BROAD_SHARE if key.is_chosen else 1.0
    ranked.sort(key=lambda one: (is_broad(one, known, share), -round(one.value, 9), one.group.fingerprint))
    return Snapshot(moment, key, groups, tuple(ranked), calibration)


def is_broad(ranked: Ranked, known: int, share: float = BROAD_SHARE) -> bool:
    """Say whether a group is too broad to be one cause: a part of its key is unknown, or it is too much of all there is."""
    return not ranked.group.is_whole or ranked.incidents > share * known


def arriving(lives: Iterable[Life], moment: float, end: float, key: GroupingKey) -> dict[str, Group]:
    """Return the group that each incident opened from a moment to an end joined, by what its record said first."""
    return {life.id: key.group_of(life.states[0].values) for life in lives if moment <= life.opened < end}


def _tallied(
    lives: Sequence[Life], moment: float, horizon: float, key: GroupingKey
) -> tuple[dict[str, Group], dict[Group, Tally]]:
    groups: dict[str, Group] = {}
    tallies: defaultdict[Group, Tally] = defaultdict(Tally)
    for life in lives:
        if life.opened >= moment:
            continue
        state = life.at(moment)
        group = groups[life.id] = key.group_of((state or life.states[0]).values)
        if state is not None:
            tally = tallies[group]
            tally.incidents += 1
            tally.weight += state.weight
            tally.bursts[int((moment - life.opened) / horizon * BURSTS_A_PERIOD)] += 1
    return groups, tallies


def _calibrated(lives: Sequence[Life], moment: float, horizon: float, key: GroupingKey) -> Calibration:
    """Learn from past pulls how strength becomes a count; each looked at only what came before it."""
    first = min((life.opened for life in lives), default=moment)
    outcomes: list[Outcome] = []
    for number in range(1, CALIBRATING_PULLS + 1):
        at = moment - number * horizon
        if at - first < horizon and outcomes:
            break
        outcomes += _outcomes(lives, at, horizon, key, counts=discount(number - 1))
    weights = [state.weight for life in lives if life.opened < moment and (state := life.at(moment))]
    return calibrate(outcomes, mean_weight=sum(weights) / len(weights) if weights else 0.0)


def _outcomes(lives: Sequence[Life], at: float, horizon: float, key: GroupingKey, *, counts: float) -> list[Outcome]:
    _, tallies = _tallied(lives, at, horizon, key)
    came = Counter(arriving(lives, at, at + horizon, key).values())
    found = [(strength(tally.aged), group) for group, tally in tallies.items() if group.is_whole]
    found.sort(key=lambda pair: (-pair[0], pair[1].fingerprint))
    return [Outcome(strong, float(came[group]), counts) for strong, group in found[:CALIBRATED_ON]]


def _rank(group: Group, tally: Tally, calibration: Calibration) -> Ranked:
    found = forecast(tally.aged, calibration)
    value = found.expected * shrunk_weight(tally.weight, tally.incidents, calibration)
    return Ranked(group, value, found.expected, found.low, found.high, tally.incidents, tally.weight)
