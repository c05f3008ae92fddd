"""The rules of staffing that a manager edits: what they hold, within which bounds. Each change is a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self


class RuleKind(StrEnum):
    """Which rule a version belongs to."""

    KNOWLEDGE = "knowledge"
    ELIGIBILITY = "eligibility"
    HANDOVER = "handover"
    HYPERCARE = "hypercare"


@dataclass(frozen=True, slots=True)
class Bound:
    """The least and the most that a figure of a rule may be, and the figure in words."""

    least: int
    most: int
    words: str


class Document:
    """A rule as it is stored; what an older version lacks takes its default."""

    __slots__ = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> Self:
        """Return the rule of a stored document."""
        names = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value for name, value in (document or {}).items() if name in names})

    def to_document(self) -> dict[str, Any]:
        """Return the rule as plain values."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]


@dataclass(frozen=True, slots=True)
class KnowledgeRule(Document):
    """How fast knowledge fades: after so many days a fact is worth half."""

    half_life_days: int = 180


@dataclass(frozen=True, slots=True)
class EligibilityRule(Document):
    """What is asked of somebody before they may leave ops for a scrum team; ``needs_word`` is 1 or 0."""

    shortest_weeks: int = 26
    longest_weeks: int = 78
    held_fixes: int = 1
    taught: int = 3
    needs_word: int = 1


@dataclass(frozen=True, slots=True)
class HypercareRule(Document):
    """How long builders stay beside ops after a release, and what ends it: quiet days, confirmed lessons.

    ``seats`` is how many builders are wanted, ``hours_per_day`` what each working day of it counts as sprint work, and
    ``longest_days`` after how many days somebody has to decide.
    """

    days: int = 14
    quiet_days: int = 7
    taught: int = 3
    longest_days: int = 42
    seats: int = 2
    hours_per_day: int = 2


MOST_ITEMS = 30
LONGEST_ITEM = 200


@dataclass(frozen=True, slots=True)
class HandoverRule(Document):
    """The items with which the checklist of every handover begins; those made before keep theirs."""

    items: tuple[str, ...] = (
        "Say who calls you for what, and who they call from now on",
        "Walk through the open problems and stories below",
        "Show the runbooks and dashboards, and mend what is missing in them",
        "Hand over keys, rights and duties, and give back what is not needed",
        "Tell what was promised to whom in the next weeks",
        "Watch once while the receiver does it alone",
    )

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> Self:
        """Return the rule of a stored document."""
        items = (document or {}).get("items")
        return cls(tuple(items)) if items else cls()


BOUNDS: dict[RuleKind, dict[str, Bound]] = {
    RuleKind.KNOWLEDGE: {"half_life_days": Bound(30, 1095, "Days after which knowledge is worth half")},
    RuleKind.ELIGIBILITY: {
        "shortest_weeks": Bound(0, 260, "Weeks in ops at least"),
        "longest_weeks": Bound(4, 520, "Weeks after which nothing else is asked"),
        "held_fixes": Bound(0, 20, "Fixes that held"),
        "taught": Bound(0, 50, "Reviews or lessons for others"),
        "needs_word": Bound(0, 1, "A manager's word"),
    },
    RuleKind.HYPERCARE: {
        "days": Bound(1, 90, "Days that builders usually stay as L3"),
        "quiet_days": Bound(1, 60, "Quiet days before it can end"),
        "taught": Bound(0, 20, "Confirmed lessons before it can end"),
        "longest_days": Bound(7, 365, "Days after which somebody has to decide"),
        "seats": Bound(1, 10, "Builders wanted as L3"),
        "hours_per_day": Bound(0, 8, "Hours a working day that count as sprint work"),
    },
}


def faults(kind: RuleKind, document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a sentence for each figure that is out of its bounds, and for each item of a list that is."""
    if kind is RuleKind.HANDOVER:
        return _faults_of_items(document.get("items") or ())
    return tuple(
        f"{bound.words}: choose from {bound.least} to {bound.most}, not {document.get(name)}."
        for name, bound in BOUNDS[kind].items()
        if not isinstance(document.get(name), int) or not bound.least <= document[name] <= bound.most
    )


def _faults_of_items(items: Sequence[str]) -> tuple[str, ...]:
    if not items:
        return ("Name at least one thing to pass on.",)
    if len(items) > MOST_ITEMS:
        return (f"Keep the list within {MOST_ITEMS} items; now it has {len(items)}.",)
    return tuple(
        f"Keep each item within {LONGEST_ITEM} letters: {item[:40]} …" for item in items if len(item) > LONGEST_ITEM
    )
