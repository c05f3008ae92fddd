"""Which open story fits a player best, and why: what they know comes first, then what an hour prevents.

Newcomers know nothing yet: for them what has a mentor comes first.
"""

from collections.abc import Collection
from dataclasses import dataclass

GOOD_TO_BEGIN = 4
KNOWN_BY_FIX = 3
KNOWN_BY_TEAM = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open story in what matters for the fit. Value is incidents prevented by weight, effort is hours.

    ``mentor`` helps whoever makes their first fix with it.
    """

    key: str
    service: str
    owning_team: str
    builder_team: str
    value: float
    effort_hours: float
    mentor: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a story fits: ``knowledge`` 0 to 4, then value per hour; ``reason`` is shown with it."""

    key: str
    knowledge: int
    value_per_hour: float
    reason: str

    @property
    def order(self) -> tuple[int, float, str]:
        """Sorts the best first."""
        return (-self.knowledge, -self.value_per_hour, self.key)


def first_fix_words(mentor: str) -> str:
    """Return what a row says of a story to begin with."""
    return f"good for a first fix, {mentor} helps"


def fit(candidate: Candidate, *, team: str, services_fixed: Collection[str]) -> Fit:
    """Return how a story fits a player of that team who fixed something in those services before.

    Who never fixed anything is offered first what has a mentor.
    """
    per_hour = candidate.value / candidate.effort_hours
    if candidate.mentor and not services_fixed:
        return Fit(candidate.key, GOOD_TO_BEGIN, per_hour, first_fix_words(candidate.mentor))
    if candidate.service in services_fixed:
        return Fit(candidate.key, KNOWN_BY_FIX, per_hour, f"you fixed {candidate.service} before")
    if team and team in {candidate.owning_team, candidate.builder_team}:
        return Fit(candidate.key, KNOWN_BY_TEAM, per_hour, f"{candidate.service} is your team's")
    return Fit(candidate.key, 0, per_hour, "it prevents the most for an hour's work")
