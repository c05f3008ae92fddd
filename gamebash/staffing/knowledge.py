"""Who knows which service, and how well: facts become a score, a score becomes a word.

A fact is worth what its kind is worth, and half of that each half-life later:

    score(person, service) = sum over facts of worth(fact) * 2 ** (-(days since the fact) / half-life)

A tour in the team that owns or builds the service is worth one for each 90 days, three at most, and fades from the day
the person left the team. That knowledge comes from changing code and fades, and that changing counts for more than
reading, is what Fritz et al., "Degree-of-knowledge" (TOSEM 2014), measured; the figures below are our assumptions, set
so that a quarter in the team, or two held fixes, make somebody who knows the service. They are shown on the page.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

TOUR_DAYS = 90
MOST_TOUR = 3.0
HYPERCARE_DAYS = 45
# Five half-lives later a fact is worth 3% of what it was: older ones are not read.
HALF_LIVES_READ = 5


class Ground(StrEnum):
    """What knowledge comes from."""

    TOUR = "tour"
    HELD_FIX = "held_fix"
    FIX = "fix"
    ASSIST = "assist"
    REVIEW = "review"
    HYPERCARE = "hypercare"
    TAUGHT = "taught"
    LEARNED = "learned"


WORTH = {
    Ground.HELD_FIX: 0.5, Ground.FIX: 0.35, Ground.ASSIST: 0.2, Ground.REVIEW: 0.2, Ground.TAUGHT: 0.3,
    Ground.LEARNED: 0.6,
}  # fmt: skip
GROUND_WORDS = {
    Ground.TOUR: "in the team", Ground.HELD_FIX: "fixes that held", Ground.FIX: "accepted fixes", Ground.ASSIST: "assists",
    Ground.REVIEW: "reviews", Ground.HYPERCARE: "hypercare", Ground.TAUGHT: "lessons given",
    Ground.LEARNED: "lessons learned and confirmed",
}  # fmt: skip


class Level(StrEnum):
    """How well somebody knows a service."""

    WELL = "well"
    KNOWS = "knows"
    SEEN = "seen"
    NONE = "none"


LEAST_SCORE = {Level.WELL: 2.0, Level.KNOWS: 1.0, Level.SEEN: 0.3}
LEVEL_WORDS = {
    Level.WELL: "knows it well", Level.KNOWS: "knows it", Level.SEEN: "has worked on it", Level.NONE: "does not know it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a person did with a service: at a day, or over days where it lasted (``until_on`` is not part of it)."""

    person: int
    service: int
    ground: Ground
    on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What one person knows of one service: the score, and the part that each kind of fact has in it."""

    person: int
    service: int
    parts: tuple[tuple[Ground, float], ...]

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(part for _, part in self.parts)

    @property
    def level(self) -> Level:
        """The score as a word."""
        return level_of(self.score)

    @property
    def is_known(self) -> bool:
        """Whether the person counts among those who know the service."""
        return self.score >= LEAST_SCORE[Level.KNOWS]


@dataclass(frozen=True, slots=True)
class KnowledgeMap:
    """Everything known on a day, by service; ``services`` also names those that nobody knows."""

    services: tuple[int, ...]
    known: Mapping[int, tuple[Knowledge, ...]]

    def of(self, service: int) -> tuple[Knowledge, ...]:
        """Return who has worked on a service, best first."""
        return self.known.get(service, ())

    def knowers(self, service: int, among: Collection[int] | None = None) -> frozenset[int]:
        """Return who knows a service, of all people or among some."""
        return frozenset(
            one.person for one in self.of(service) if one.is_known and (among is None or one.person in among)
        )

    def gaps(self, without: Collection[int] = ()) -> tuple[int, ...]:
        """Return the services that one person or none would know if some people left."""
        gone = frozenset(without)
        return tuple(service for service in self.services if len(self.knowers(service) - gone) <= 1)

    def without(self, people: Collection[int]) -> "KnowledgeMap":
        """Return what would be left if some people left."""
        gone = frozenset(people)
        kept = {service: tuple(one for one in known if one.person not in gone) for service, known in self.known.items()}
        return replace(self, known=kept)


def level_of(score: float) -> Level:
    """Return the word for a score."""
    return next((level for level, least in LEAST_SCORE.items() if score >= least), Level.NONE)


def worth(fact: Fact, on: date, half_life: float) -> float:
    """Return what a fact is worth on a day, with the half-life in days; what is yet to come is worth nothing."""
    if fact.on > on:
        return 0.0
    end = min(fact.until_on or on, on) if fact.ground in {Ground.TOUR, Ground.HYPERCARE} else fact.on
    days = (end - fact.on).days
    if fact.ground is Ground.TOUR:
        at_first = min(MOST_TOUR, days / TOUR_DAYS)
    elif fact.ground is Ground.HYPERCARE:
        at_first = min(1.0, days / HYPERCARE_DAYS)
    else:
        at_first = WORTH[fact.ground]
    return float(at_first * 2.0 ** (-(on - end).days / half_life))


def knowledge_map(facts: Iterable[Fact], services: Iterable[int], on: date, half_life: float) -> KnowledgeMap:
    """Add up facts to what everybody knows on a day."""
    sums: dict[tuple[int, int], dict[Ground, float]] = {}
    for fact in facts:
        parts = sums.setdefault((fact.service, fact.person), {})
        parts[fact.ground] = parts.get(fact.ground, 0.0) + worth(fact, on, half_life)
    known: dict[int, list[Knowledge]] = {}
    for (service, person), parts in sums.items():
        kept = tuple((ground, parts[ground]) for ground in Ground if parts.get(ground, 0.0) > 0)
        if kept:
            known.setdefault(service, []).append(Knowledge(person, service, kept))
    ordered = {
        service: tuple(sorted(found, key=lambda one: (-one.score, one.person))) for service, found in known.items()
    }
    return KnowledgeMap(tuple(services), ordered)
