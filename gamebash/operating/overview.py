"""What operating models add to the pages of rotation: a line on the page of a team."""

from collections.abc import Collection, Mapping
from datetime import date

from gamebash.core.charts import Turn
from gamebash.people.models import Person
from gamebash.rotation.feeds import Item
from gamebash.rotation.lanes import Span
from gamebash.rotation.models import Move, Team
from gamebash.rotation.parts import Part


class Operating:
    """Adds to the page of a team how it works with operations; the other pages are as they were."""

    def parts_on(self, on: date, viewer: Person) -> tuple[Part, ...]:  # noqa: ARG002
        """Return nothing for the day looked at."""
        return ()

    def parts_of_move(self, move: Move, viewer: Person, today: date) -> tuple[Part, ...]:  # noqa: ARG002
        """Return nothing for a move."""
        return ()

    def parts_of_person(self, person: Person, viewer: Person, today: date) -> tuple[Part, ...]:  # noqa: ARG002
        """Return nothing for a person."""
        return ()

    def parts_of_team(self, team: Team, viewer: Person, today: date) -> tuple[Part, ...]:  # noqa: ARG002  (the slot asks by itself)
        """Return a slot for the model of today."""
        return (Part("side", "operating/_of_team_slot.html", team.code),)

    def turns_beside(self, people: Collection[int], span: Span, today: date) -> Mapping[int, tuple[Turn, ...]]:  # noqa: ARG002
        """Return nothing to be drawn beside tours."""
        return {}

    def items_of(self, person: Person, today: date) -> tuple[Item, ...]:  # noqa: ARG002
        """Return nothing for somebody's calendar."""
        return ()
