"""What features above add to the rotation page: knowledge gaps, wishes, fairness. The log knows nothing of them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from gamebash.people.models import Person


@dataclass(frozen=True, slots=True)
class Part:
    """A fragment of the rotation page: where it goes, its template, and what that template shows as ``part.page``."""

    place: Literal["main", "side"]
    template: str
    page: object


class Contributor(Protocol):
    """A feature that adds parts to the rotation page."""

    def parts_on(self, on: date, viewer: Person) -> tuple[Part, ...]:
        """Return the parts for the day looked at, as this reader may see them, in a constant number of queries."""


_contributors: dict[str, Contributor] = {}


def contribute(contributor: Contributor) -> None:
    """Let a feature add its parts; called where the application is put together."""
    _contributors[type(contributor).__qualname__] = contributor


def parts_on(on: date, viewer: Person) -> tuple[Part, ...]:
    """Return all parts for the day looked at, in the order in which the features were added."""
    return tuple(part for contributor in _contributors.values() for part in contributor.parts_on(on, viewer))
