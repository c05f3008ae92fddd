"""What a story comes from."""

from dataclasses import dataclass

from gamebash.backlog.models import Incident, Problem
from gamebash.stories.models import Origin


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a story comes from: a problem, its noise, one incident, or nothing (by hand)."""

    problem: Problem | None = None
    incident: Incident | None = None
    is_noise: bool = False

    @property
    def origin(self) -> Origin:
        """The origin that follows."""
        if self.problem is not None:
            return Origin.NOISE if self.is_noise else Origin.PROBLEM
        return Origin.INCIDENT if self.incident is not None else Origin.HAND


BY_HAND = Evidence()
