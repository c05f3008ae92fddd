"""What moves during a played day: seats, stories with their luck, fixes, and the outcome. Pure; times are minutes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from gamebash.events.rules import Rules
from gamebash.incentives.assumptions import Assumptions
from gamebash.incentives.ground import SeatFacts, StoryFacts
from gamebash.incentives.strategies import Strategy
from gamebash.points.scoring import EntryKind
from gamebash.stories.grades import Grade, grade_for, lower

LOOKS = 8


def focus_of(seats: Sequence[SeatFacts], strategy: Strategy, seed: int) -> tuple[int, ...]:
    """Return which seats play a strategy: one, or two of different squads."""
    first = seed % len(seats)
    if not (strategy.is_pair or strategy.is_one_person) or len(seats) == 1:
        return (first,)
    squad = seats[first].squad
    others = [one for one, seat in enumerate(seats) if one != first and (squad is None or seat.squad != squad)]
    return (first, others[seed % len(others)]) if others else (first,)


@dataclass(slots=True)
class Seat:
    """A player during the day. ``is_out``: organisers disqualified who sits there."""

    number: int
    team: str
    squad: int | None
    leaves: float
    strategy: Strategy
    skill: float
    is_focus: bool
    is_out: bool = False
    kept: int = 0
    debt: float = 0.0
    busy: int = 0
    done: int = 0
    sent_back: int = 0
    lapsed: int = 0
    small_taken: int = 0
    small_paid: int = 0
    review_points: int = 0
    known: set[str] = field(default_factory=set)

    def take(self, facts: StoryFacts) -> None:
        """Count what is claimed, by what the rules count it for."""
        self.small_taken += facts.grade is Grade.BLUE

    def is_unpaid(self, facts: StoryFacts, rules: Rules) -> bool:
        """Say whether a story would be one of the smallest too many."""
        return facts.grade is Grade.BLUE and 0 < rules.small_fix_limit <= self.small_taken


@dataclass(frozen=True, slots=True)
class Luck:
    """What chance has in store for a story, whoever takes it, so that two strategies meet the same day.

    ``verdicts`` are met one after the other by those who review it.
    """

    blow_up: float
    wrong: float
    second_estimate: float
    seen: float
    hushed: float
    check: float
    taken_back: float
    verdicts: tuple[float, ...]
    reactions: tuple[float, ...]

    @classmethod
    def drawn(cls, chance: random.Random, people: Assumptions) -> "Luck":
        """Draw the luck of one story."""
        spread, rolls = people.duration_spread, [chance.random() for _ in range(5 + LOOKS)]
        reactions = tuple(people.reaction_minutes * chance.lognormvariate(0, 0.5) for _ in range(LOOKS))
        blow_up, second = chance.lognormvariate(0, spread), chance.lognormvariate(0, spread)
        return cls(blow_up, rolls[0], second, rolls[1], rolls[2], rolls[3], rolls[4], tuple(rolls[5:]), reactions)


@dataclass(slots=True)
class Work:
    """A story during the day: whose it is, and whether somebody mended it. ``idle`` is how long it was held and not worked on.

    ``is_kept``: its fix was finished before the day.
    """

    facts: StoryFacts
    luck: "Luck"
    holder: int | None = None
    is_done: bool = False
    idle: float = 0.0
    is_kept: bool = False
    reviewers: set[int] = field(default_factory=set)
    reviews: list[tuple[int, int]] = field(default_factory=list)
    looks: int = 0

    def agreed(self, rules: Rules) -> tuple[int, Grade]:
        """Return what the story pays and its grade, once a second person estimated what was padded, where the rules ask for one."""
        points, grade = self.facts.points, self.facts.grade
        if not (self.facts.work_hours and points and rules.needs_second_estimate) or self.facts.is_agreed:
            return points, grade
        grade = lower(grade, grade_for(self.facts.work_hours * self.luck.second_estimate))
        return min(points, rules.points_for(grade)), grade

    def roll(self) -> float:
        """Return the next chance of a verdict on this story."""
        self.looks += 1
        return self.luck.verdicts[self.looks % LOOKS]


@dataclass(slots=True)
class Fix:
    """A fix: its author, whether it is wrong, what it paid, and to whom. ``is_early``: somebody saw that it is older than the day."""

    number: int
    work: Work
    author: int
    at: float
    took: float
    is_wrong: bool
    needed: int = 0
    needs_knowing: bool = False
    accepted: int = 0
    is_decided: bool = False
    is_reversed: bool = False
    is_early: bool = False
    points: int = 0
    paid: list[tuple[int, EntryKind, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a day went for the seats of a strategy, per head: points that count in the season, on the day, and what they prevented.

    ``prevented_by_others`` shows what a strategy does to everybody else, set against the same day played honestly.
    """

    season_points: float
    day_points: float
    prevented: float
    prevented_by_others: float
    is_upper_half: bool
