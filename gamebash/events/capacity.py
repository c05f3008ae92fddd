"""Capacity of the day: the hours that players bring, against those that the stories and their reviews need. Pure.

Reviews are work too: each story needs ``reviews needed`` of them, each as long as a review lasts. They may be done by
any team, so they are shared out by the hours that each team brings.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# Below this share of the players' hours there is less work than a good day needs.
ENOUGH_SHARE = 0.6
MINUTES = 60


class Verdict(StrEnum):
    """How the work compares with the hands."""

    NOBODY = "nobody"
    TOO_LITTLE = "too_little"
    ENOUGH = "enough"
    TOO_MUCH = "too_much"


@dataclass(frozen=True, slots=True)
class Hands:
    """The hours that one player brings, and the code of their team (empty: none)."""

    team: str
    hours: float


@dataclass(frozen=True, slots=True)
class Work:
    """The hours that one story is thought to take, and the code of the team whose service it is (empty: none)."""

    team: str
    hours: float


@dataclass(frozen=True, slots=True)
class Load:
    """Work against hands, of a team or of the whole event. All figures are hours."""

    team: str
    stories: float
    reviews: float
    free: float

    @property
    def work(self) -> float:
        """Stories and reviews together."""
        return self.stories + self.reviews

    @property
    def over(self) -> float:
        """How far the work goes past the hands; nothing where it fits."""
        return max(0.0, self.work - self.free)

    @property
    def verdict(self) -> Verdict:
        """Too little, enough or too much."""
        if not self.free:
            return Verdict.NOBODY
        if self.work > self.free:
            return Verdict.TOO_MUCH
        return Verdict.ENOUGH if self.work >= ENOUGH_SHARE * self.free else Verdict.TOO_LITTLE


@dataclass(frozen=True, slots=True)
class Capacity:
    """The whole event, and each team that has stories or players, by code."""

    whole: Load
    teams: tuple[Load, ...]

    @property
    def over(self) -> tuple[Load, ...]:
        """The teams with more work than hands, the furthest over first."""
        return tuple(sorted((team for team in self.teams if team.over), key=lambda team: -team.over))


def review_hours(reviews_needed: int, review_minutes: int) -> float:
    """Return the hours of review that one story needs."""
    return reviews_needed * review_minutes / MINUTES


def capacity(works: Iterable[Work], hands: Iterable[Hands], *, review_hours_each: float) -> Capacity:
    """Return how the work of the stories and their reviews compares with the hours that players bring."""
    story_hours: defaultdict[str, float] = defaultdict(float)
    free: defaultdict[str, float] = defaultdict(float)
    stories = 0
    for work in works:
        story_hours[work.team] += work.hours
        stories += 1
    for hand in hands:
        free[hand.team] += hand.hours
    all_free = sum(free.values())
    reviews = stories * review_hours_each
    loads = [
        Load(team, story_hours[team], reviews * free[team] / all_free if all_free else 0.0, free[team])
        for team in sorted({*story_hours, *free})
    ]
    return Capacity(Load("", sum(story_hours.values()), reviews, all_free), tuple(loads))
