"""What staffing adds to the pages of rotation: knowledge gaps, wishes, fairness, handovers, who is L3."""

from collections.abc import Collection, Mapping
from datetime import date

from gamebash.core.charts import Turn
from gamebash.people.models import Person
from gamebash.rotation.feeds import Item
from gamebash.rotation.lanes import Span
from gamebash.rotation.models import Move, Team
from gamebash.rotation.parts import Part
from gamebash.staffing.handovers.calendar import days_in_calendar
from gamebash.staffing.handovers.models import Handover
from gamebash.staffing.handovers.queries import lines_of, running_of_people
from gamebash.staffing.hypercare.queries.seats import seats_in_calendar, turns_of


class Staffing:
    """Adds slots to the rotation page, which fetch themselves, and a line or two to the pages of moves, people and teams."""

    def parts_on(self, on: date, viewer: Person) -> tuple[Part, ...]:  # noqa: ARG002  (the slots ask who looks by themselves)
        """Return the slots for the day looked at."""
        return (
            Part("main", "staffing/_gaps_slot.html", on),
            Part("side", "handovers/_near_slot.html", on),
            Part("side", "hypercare/_near_slot.html", on),
            Part("side", "staffing/_figures_slot.html", on),
        )

    def parts_of_move(self, move: Move, viewer: Person, today: date) -> tuple[Part, ...]:  # noqa: ARG002
        """Return the handover of a move. One query."""
        lines = lines_of(today, Handover.move_id == move.id)
        return tuple(Part("main", "handovers/_of_move.html", line) for line in lines)

    def parts_of_person(self, person: Person, viewer: Person, today: date) -> tuple[Part, ...]:  # noqa: ARG002
        """Return the handovers that a person gives or receives; what they are L3 for is in their lane. One query."""
        lines = running_of_people([person.id], today)
        return (Part("side", "handovers/_of_person.html", lines),) if lines else ()

    def parts_of_team(self, team: Team, viewer: Person, today: date) -> tuple[Part, ...]:  # noqa: ARG002  (the slot asks by itself)
        """Return a slot for who hands over here and who is L3."""
        return (Part("side", "staffing/_duties_slot.html", team.code),)

    def turns_beside(self, people: Collection[int], span: Span, today: date) -> Mapping[int, tuple[Turn, ...]]:
        """Return each time that people were L3. One query."""
        return turns_of(people, span, today)

    def items_of(self, person: Person, today: date) -> tuple[Item, ...]:
        """Return the days together of somebody's handovers, and the days as L3. Two queries."""
        return (*days_in_calendar(person), *seats_in_calendar(person, today))
