"""What a plan is asked for, as plain values: dates, teams, people, services, rules. Nothing here knows a database.

A date is an index into ``dates``; a placement says for each person and date the team they are in from that date on (None
before they join and after they leave). A rule is named by a ``Tag``, so that it can be left out by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

QUARTER_DAYS = 91

Placement = Mapping[int, tuple[int | None, ...]]


class Rule(StrEnum):
    """The hard rules, which a plan keeps or is none."""

    LEAST = "least"
    MOST = "most"
    COVER = "cover"
    STAY = "stay"
    SHORTEST = "shortest"
    ELIGIBLE = "eligible"
    AWAY = "away"
    APART = "apart"
    TOGETHER = "together"
    CHANGES = "changes"
    JOINERS = "joiners"
    EDIT = "edit"


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """The name of one rule: its kind, and the team, service, person, pair or edit it is about."""

    rule: Rule
    about: int = 0


class Wanting(StrEnum):
    """What a person said: who has not said is asked like one who is open, and counts as a little harder to move."""

    STAY = "stay"
    OPEN = "open"
    MOVE = "move"
    UNSAID = "unsaid"


class EditKind(StrEnum):
    """What a manager wants of a person, over what the planner would choose."""

    HOLD = "hold"
    FORCE = "force"
    FORBID = "forbid"


@dataclass(frozen=True, slots=True)
class Edit:
    """Hold somebody where they are; have them in a team from a date; or not have them in it on that date."""

    kind: EditKind
    person: int
    team: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class TeamNeed:
    """A team and what it needs at every date: least and most people there, wanted seats, tour limits in days.

    ``changes`` is how many may come, and how many may go, at one date. No longest tour means no limit.
    """

    id: int
    code: str
    is_ops: bool
    least: tuple[int, ...]
    most: tuple[int, ...]
    seats: tuple[int, ...]
    changes: int = 99
    shortest_days: int = 0
    longest_days: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceNeed:
    """A service: how many people who know it are to be at hand, and in which teams they are (``within``)."""

    id: int
    name: str
    knowers: frozenset[int]
    within: frozenset[int]
    least: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whose place is planned.

    ``home`` and ``since`` are where they are before the first date, and since when; without a home they join at
    ``joins_at``. ``places`` are the teams they might be in. ``eligible_at`` is the first date at which they may leave ops
    for a scrum team. ``path`` is what the log already has of them: then nothing is left to plan. ``past_ops_days`` is the
    time in ops that fairness counts before the first date.
    """

    id: int
    name: str
    home: int | None
    since: date | None = None
    wanting: Wanting = Wanting.UNSAID
    wanted: frozenset[int] = frozenset()
    wants_at: int = 0
    places: frozenset[int] = frozenset()
    eligible_at: int | None = 0
    away: frozenset[int] = frozenset()
    joins_at: int = 0
    path: tuple[int | None, ...] | None = None
    past_ops_days: float = 0.0

    @property
    def is_joiner(self) -> bool:
        """Whether they are yet to come."""
        return self.home is None and self.path is None


@dataclass(frozen=True, slots=True)
class Weights:
    """What things cost, in points of trouble; a plan has the least possible sum. Whole numbers that a manager sets."""

    move: int = 4
    unasked: int = 2
    elsewhere: int = 8
    waiting: int = 6
    too_long: int = 5
    empty_seat: int = 6
    unfair_month: int = 1


@dataclass(frozen=True)
class Instance:
    """Everything a plan depends on. The same instance has the same plan."""

    dates: tuple[date, ...]
    teams: tuple[TeamNeed, ...]
    people: tuple[Candidate, ...]
    services: tuple[ServiceNeed, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    edits: tuple[Edit, ...] = ()
    weights: Weights = field(default_factory=Weights)
    fair_ops_days: float | None = None

    @cached_property
    def team(self) -> dict[int, TeamNeed]:
        """The teams by id."""
        return {team.id: team for team in self.teams}

    @cached_property
    def person(self) -> dict[int, Candidate]:
        """The people by id."""
        return {person.id: person for person in self.people}

    @cached_property
    def period_days(self) -> float:
        """How long a period lasts: the mean of those between the dates, and a quarter where there is one date only."""
        if len(self.dates) == 1:
            return float(QUARTER_DAYS)
        return (self.dates[-1] - self.dates[0]).days / (len(self.dates) - 1)

    @cached_property
    def periods(self) -> range:
        """The indexes of the dates."""
        return range(len(self.dates))

    def days_at(self, at: int, since: date) -> int:
        """Return how long a tour has lasted at a date."""
        return (self.dates[at] - since).days

    def counts_for_fairness(self, person: Candidate) -> bool:
        """Say whether a person's time in ops is weighed: not where they want to stay, are yet to come, or are settled."""
        is_settled = person.path is not None or person.is_joiner
        return self.fair_ops_days is not None and person.wanting is not Wanting.STAY and not is_settled
