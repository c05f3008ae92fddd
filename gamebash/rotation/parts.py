"""What features above add to the pages and calendars of rotation: gaps, wishes, handovers, who is L3. The log knows nothing of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from gamebash.core.charts import Turn
from gamebash.people.models import Person
from gamebash.rotation.feeds import Item
from gamebash.rotation.lanes import Span
from gamebash.rotation.models import Move, Team


@dataclass(frozen=True, slots=True)
class Part:
    """A fragment of a page: where it goes, its template, and what that template shows as ``part.page``."""

    place: Literal["main", "side"]
    template: str
    page: object


class Contributor(Protocol):
    """A feature that adds to the pages of rotation, each in a constant number of queries and as the reader may see it."""

    def parts_on(self, on: date, viewer: Person) -> tuple[Part, ...]:
        """Return the parts of the rotation page for the day looked at."""

    def parts_of_move(self, move: Move, viewer: Person, today: date) -> tuple[Part, ...]:
        """Return the parts of the page of a move."""

    def parts_of_person(self, person: Person, viewer: Person, today: date) -> tuple[Part, ...]:
        """Return the parts of the page of a person."""

    def parts_of_team(self, team: Team, viewer: Person, today: date) -> tuple[Part, ...]:
        """Return the parts of the page of a team."""

    def turns_beside(self, people: Collection[int], span: Span, today: date) -> Mapping[int, tuple[Turn, ...]]:
        """Return what people did beside their team, by person, to be drawn into their lanes; it moves nobody."""

    def items_of(self, person: Person, today: date) -> tuple[Item, ...]:
        """Return what stands in a person's own calendar besides moves and tours."""


_contributors: dict[str, Contributor] = {}


def contribute(contributor: Contributor) -> None:
    """Let a feature add its parts; called where the application is put together."""
    _contributors[type(contributor).__qualname__] = contributor


def parts_on(on: date, viewer: Person) -> tuple[Part, ...]:
    """Return all parts for the day looked at, in the order in which the features were added."""
    return tuple(part for contributor in _contributors.values() for part in contributor.parts_on(on, viewer))


def parts_of_move(move: Move, viewer: Person, today: date) -> tuple[Part, ...]:
    """Return all parts of the page of a move."""
    return tuple(part for one in _contributors.values() for part in one.parts_of_move(move, viewer, today))


def parts_of_person(person: Person, viewer: Person, today: date) -> tuple[Part, ...]:
    """Return all parts of the page of a person."""
    return tuple(part for one in _contributors.values() for part in one.parts_of_person(person, viewer, today))


def parts_of_team(team: Team, viewer: Person, today: date) -> tuple[Part, ...]:
    """Return all parts of the page of a team."""
    return tuple(part for one in _contributors.values() for part in one.parts_of_team(team, viewer, today))


def turns_beside(people: Collection[int], span: Span, today: date) -> dict[int, tuple[Turn, ...]]:
    """Return everything that is drawn beside people's tours, by person."""
    found: dict[int, tuple[Turn, ...]] = {}
    for contributor in _contributors.values():
        for person, turns in contributor.turns_beside(people, span, today).items():
            found[person] = (*found.get(person, ()), *turns)
    return found


def items_of(person: Person, today: date) -> tuple[Item, ...]:
    """Return everything in a person's calendar that is no move."""
    return tuple(item for contributor in _contributors.values() for item in contributor.items_of(person, today))
