"""The key of a problem: which fields of an incident identify it, folded to one spelling, and the group that gives.

Where a field of the key is empty, the group is what the others give: believed together for want of better, but too broad to
be one cause.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from gamebash.backlog.folding import Folding
from gamebash.backlog.granularity import Granularity, Step

FINGERPRINT_LENGTH = 40
# A problem that holds more of all incidents than this is a class of problems: nobody mends it in a day.
BROAD_SHARE = 0.1
USUAL_FIELDS = ("service", "symptom")
MISSING = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What a key makes of an incident: the folded values, in the key's order, and whether none is missing."""

    fingerprint: str
    values: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True)
class GroupingKey:
    """The fields that identify a problem in a log, with the folding of each; ``steps`` say why they were chosen."""

    fields: tuple[str, ...]
    folds: Mapping[str, Folding] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    @classmethod
    def usual(cls) -> "GroupingKey":
        """Return the key for a log that is too short to tell: service and symptom."""
        return cls(USUAL_FIELDS)

    @classmethod
    def of_field(cls, name: str) -> "GroupingKey":
        """Return the key that takes one field as the source wrote it, for a log whose problems are named already."""
        return cls((name,))

    @classmethod
    def chosen(cls, granularity: Granularity, folds: Mapping[str, Folding]) -> "GroupingKey":
        """Return the key for a chosen granularity."""
        return cls(granularity.fields, {name: folds[name] for name in granularity.fields}, granularity.steps)

    @property
    def is_chosen(self) -> bool:
        """Whether the fields were chosen by gamebash; who names the problems knows how broad they may be."""
        return bool(self.steps)

    def folded(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return values in one spelling each."""
        return {name: self._fold(name, value) for name, value in values.items()}

    def group_of(self, values: Mapping[str, str]) -> Group:
        """Return the group of an incident with these values."""
        return _group(self.fields, tuple(self._fold(name, values.get(name, MISSING)) for name in self.fields))

    def _fold(self, name: str, value: str) -> str:
        folding = self.folds.get(name)
        return folding.fold(value) if folding and value else value

    def to_document(self) -> dict[str, Any]:
        """Return what is kept with the source."""
        return {
            "fields": list(self.fields),
            "folds": {name: folding.to_document() for name, folding in self.folds.items()},
            "steps": [[step.field, step.coverage, step.prevented, step.problems] for step in self.steps],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "GroupingKey":
        """Return the key kept in a document."""
        folds = {name: Folding.from_document(kept) for name, kept in document["folds"].items()}
        return cls(tuple(document["fields"]), folds, tuple(Step(*step) for step in document["steps"]))


@lru_cache(maxsize=65_536)
def _group(fields: tuple[str, ...], values: tuple[str, ...]) -> Group:
    # In the order of names, so that the same choice made in another order gives the same problems.
    text = "\n".join(f"{name}={value}" for name, value in sorted(zip(fields, values, strict=True)))
    digest = hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]
    return Group(digest, values, all(values))
