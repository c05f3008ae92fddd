"""Is it fair? Days in ops beside the team's mean, and how much of the building ops people get. Plain values.

Nights and weekends are not among it: the log knows who was in a team, not who held the pager.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median


@dataclass(frozen=True, slots=True)
class Stay:
    """Days that somebody spent in a team: the part of a tour that lies within the period looked at."""

    person: int
    first: date
    until: date
    is_ops: bool
    is_hypercare: bool = False

    @property
    def days(self) -> int:
        """How many days it is."""
        return max(0, (self.until - self.first).days)


@dataclass(frozen=True, slots=True)
class Share:
    """A person's time in ops over a period, how much of it was hypercare, and how far it is from the team's mean."""

    person: int
    ops_days: int
    hypercare_days: int
    off_mean: float


@dataclass(frozen=True, slots=True)
class Built:
    """How many fixes somebody in ops or elsewhere got accepted, and when the last one was."""

    count: int
    last_on: date | None


def clipped(first: date, until: date | None, since: date, to: date) -> tuple[date, date]:
    """Return the part of a tour that lies in a period, from a day up to, not including, another."""
    return max(first, since), min(until or to, to)


def shares(stays: Iterable[Stay], team_of: Mapping[int, int]) -> dict[int, Share]:
    """Return everybody's share beside the mean of the people who are in the same team today."""
    ops = dict.fromkeys(team_of, 0)
    hypercare = dict.fromkeys(team_of, 0)
    for stay in stays:
        if stay.person in team_of:
            ops[stay.person] += stay.days * stay.is_ops
            hypercare[stay.person] += stay.days * stay.is_hypercare
    teams: dict[int, list[int]] = {}
    for person, team in team_of.items():
        teams.setdefault(team, []).append(ops[person])
    means = {team: fmean(days) for team, days in teams.items()}
    return {
        person: Share(person, ops[person], hypercare[person], ops[person] - means[team])
        for person, team in team_of.items()
    }


def middle(values: Sequence[int]) -> float | None:
    """Return the median, None of nothing."""
    return median(values) if values else None


def share_of_ops(built: Mapping[int, Built], ops: Iterable[int]) -> float | None:
    """Return which share of what was built people of ops built, None where nothing was."""
    whole = sum(one.count for one in built.values())
    return sum(built[one].count for one in ops if one in built) / whole if whole else None
