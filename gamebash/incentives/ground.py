"""What a day is played on: stories, seats and rules as plain values, and the stories that a strategy brings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gamebash.events.held_bonus import held_factor, middle_of, value_per_hour
from gamebash.events.paid_size import board_per_hour, paid_size
from gamebash.events.rules import Rules
from gamebash.incentives.assumptions import USUAL, Assumptions
from gamebash.incentives.strategies import Strategy
from gamebash.stories.grades import Grade, grade_for

MINUTES = 60
HALF_DAY_HOURS = 4.0
SMALL_HOURS = 0.75

# What a rule is when it is switched off, to see what it is for.
OFF: Mapping[str, Any] = {
    "claims_at_once": 5, "lapse_limit": 0, "send_back_limit": 0, "pair_limit": 10,
    "reviewer_points_cap": 50, "needs_knowing_reviewer": False, "skips_late_trouble": False, "spot_check_share": 0.0,
    "skips_early_changes": False, "needs_second_estimate": False, "bounds_by_value": False, "clawback_share": 0.0, "held_share": 0.0,
    "held_value_cap": 0, "newcomer_factor": 1.0,
}  # fmt: skip

PRACTICES = {
    "drawn_reviewers": "Reviewers are drawn",
    "one_problem": "A problem pays once",
    "second_person": "A second person for verdicts on watched problems",
    "review_deadline": "Reviews end by the clock",
}


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """A story on the board. ``work_hours`` is what it takes in truth, where that is not its estimate; ``owner`` brought it.

    ``is_agreed``: both who estimated it play together. ``is_noise``: its value is hours saved, not incidents. ``held_factor`` is
    worked out once the board is whole.
    """

    key: str
    service: str
    teams: frozenset[str]
    grade: Grade
    points: int
    value: float
    effort_hours: float
    forecast: float
    work_hours: float = 0.0
    problem: str = ""
    is_planted: bool = False
    is_own: bool = False
    is_agreed: bool = False
    is_noise: bool = False
    held_factor: float = 1.0

    @property
    def hours(self) -> float:
        """The hours of work that it usually takes."""
        return self.work_hours or self.effort_hours


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A player's place in the day: team, squad, hours."""

    team: str
    squad: int | None
    hours: float


@dataclass(frozen=True, slots=True)
class Ground:
    """A day to be played: ``minutes`` long, reviews until ``review_minutes`` after its end, with practices that are off."""

    stories: tuple[StoryFacts, ...]
    seats: tuple[SeatFacts, ...]
    minutes: float
    review_minutes: float
    rules: Rules
    off: frozenset[str] = field(default_factory=frozenset)

    def without(self, name: str) -> "Ground":
        """Return the same day with one rule or practice switched off."""
        if name in PRACTICES:
            return replace(self, off=self.off | {name})
        return replace(self, rules=replace(self.rules, **{name: OFF[name]}))


def stories_of(ground: Ground, strategy: Strategy, people: Assumptions = USUAL) -> tuple[StoryFacts, ...]:
    """Return the board with what a strategy brings; only its owner takes what it keeps for itself."""
    rules = ground.rules
    template = ground.stories[0]
    typical = sorted(one.value for one in ground.stories)[len(ground.stories) // 2]
    # The pull takes nothing that prevents less for an hour than the last story on the board, so that much they have to prevent.
    least = min(one.value / one.effort_hours for one in ground.stories)
    passed = HALF_DAY_HOURS * (_middle(ground) if strategy.pads_useful else least)

    def own(key: str, hours: float, **values: Any) -> StoryFacts:
        grade = values.pop("grade", grade_for(hours))
        facts = {"points": rules.points_for(grade), "effort_hours": hours, "value": typical, **values}
        return replace(template, key=key, problem=key, grade=grade, is_own=True, **facts)

    for_planted = 0 if rules.skips_late_trouble else rules.points_for(Grade.YELLOW)
    planted = [
        own(
            f"planted-{one}", HALF_DAY_HOURS, work_hours=people.planted_minutes / MINUTES, is_planted=True, points=for_planted
        )
        for one in range(strategy.planted)
    ]  # fmt: skip
    crumbs = [
        replace(own(f"crumb-{one}", SMALL_HOURS, value=SMALL_HOURS * least), is_own=False)
        for one in range(strategy.crumbs)
    ]
    plain = [own(f"padded-{one}", SMALL_HOURS, value=passed) for one in range(strategy.plain)]
    whole = [own("whole", HALF_DAY_HOURS) for _ in range(strategy.whole)]
    padded = [
        own(f"padded-{one}", HALF_DAY_HOURS, work_hours=SMALL_HOURS, value=passed, is_agreed=strategy.is_pair)
        for one in range(strategy.padded)
    ]
    pieces = [
        replace(
            own(f"piece-{one}", HALF_DAY_HOURS / strategy.split, value=typical / strategy.split, grade=Grade.RED),
            problem="cut",
        )
        for one in range(strategy.split)
    ]
    return _opened((*ground.stories, *planted, *crumbs, *plain, *whole, *padded, *pieces), rules)


def _middle(ground: Ground) -> float:
    """Return what an hour prevents on the middle of the board as it is."""
    return middle_of(
        value_per_hour(one.value, one.effort_hours, one.grade) for one in ground.stories if not one.is_noise
    )


def _opened(board: tuple[StoryFacts, ...], rules: Rules) -> tuple[StoryFacts, ...]:
    """Return the board with what each story's bonus is multiplied by, and no bigger than it matters, as going live copies it."""
    hourly = [value_per_hour(one.value, one.effort_hours, one.grade) for one in board]
    middles = {
        noise: middle_of(own for own, one in zip(hourly, board, strict=True) if one.is_noise is noise)
        for noise in (True, False)
    }
    measures = {
        noise: board_per_hour((one.value, own) for own, one in zip(hourly, board, strict=True) if one.is_noise is noise)
        for noise in (True, False)
    }
    return tuple(
        _bounded(
            replace(one, held_factor=held_factor(own, middles[one.is_noise], rules.held_value_cap)),
            own,
            measures,
            rules,
        )
        for own, one in zip(hourly, board, strict=True)
    )


def _bounded(story: StoryFacts, own: float, measures: Mapping[bool, float], rules: Rules) -> StoryFacts:
    if not rules.bounds_by_value:
        return story
    grade = paid_size(story.grade, story.value, own, measures[story.is_noise])
    if grade is None:
        return replace(story, grade=Grade.BLUE, points=0)
    return replace(story, grade=grade, points=min(story.points, rules.points_for(grade)))
