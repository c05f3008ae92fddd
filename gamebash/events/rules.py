"""The rules document of an event: what counts and how much. Editable until the event is live, then frozen with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gamebash.stories.grades import USUAL_POINTS, Grade

# Rules that came after events had been played, as they are in documents that do not name them.
YOUNGER: Mapping[str, Any] = {"bounds_by_value": False}


@dataclass(frozen=True, slots=True)
class Rules:
    """One event's rules. Shares are fractions of the fix's points; minutes and days are whole."""

    severity_weights: Mapping[str, int] = field(
        default_factory=lambda: {"sev1": 16, "sev2": 8, "sev3": 4, "sev4": 2, "sev5": 1}
    )
    points: Mapping[str, int] = field(
        default_factory=lambda: {grade.value: points for grade, points in USUAL_POINTS.items()}
    )
    lease_minutes: int = 90
    extensions: int = 4
    claims_at_once: int = 2
    builder_window_minutes: int = 10
    lapse_limit: int = 2
    send_back_limit: int = 3
    reviews_needed: int = 1
    review_lease_minutes: int = 30
    first_fix_bonus: int = 2
    assist_share: float = 0.5
    reviewer_points: int = 1
    reviewer_points_cap: int = 5
    pair_limit: int = 2
    needs_knowing_reviewer: bool = True
    spot_check_share: float = 0.2
    small_fix_limit: int = 0
    needs_second_estimate: bool = True
    bounds_by_value: bool = True
    skips_late_trouble: bool = True
    skips_own_changes: bool = True
    skips_early_changes: bool = True
    parked_days: int = 14
    newcomer_factor: float = 1.5
    watch_days: int = 30
    held_share: float = 0.5
    held_value_cap: float = 2.0
    clawback_share: float = 1.0
    award_budget: int = 20
    podium_places: int = 3
    stories_per_service: int = 8

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Rules":
        """Return the rules kept in an event's document; what it does not name has the usual value.

        A rule that is younger than the document was not in force for its event, and is off.
        """
        return cls(**{**(YOUNGER if document else {}), **cls._known(document)})

    @classmethod
    def after(cls, document: Mapping[str, Any]) -> "Rules":
        """Return the rules for the next event of a series: those of the last one, and what is new since as usual."""
        return cls(**cls._known(document))

    @classmethod
    def _known(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        return {name: document[name] for name in cls.__dataclass_fields__ if name in document}

    def to_document(self) -> dict[str, Any]:
        """Return what the event keeps."""
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in asdict(self).items()}

    def points_for(self, grade: Grade) -> int:
        """Return what a story of that grade pays."""
        return self.points[grade.value]
