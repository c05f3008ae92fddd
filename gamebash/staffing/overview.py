"""What staffing adds to the rotation page: knowledge gaps, wishes and fairness, each fetched by itself once it is open."""

from datetime import date

from gamebash.people.models import Person
from gamebash.rotation.parts import Part


class Staffing:
    """Adds slots only, so that the rotation page asks the database for nothing more."""

    def parts_on(self, on: date, viewer: Person) -> tuple[Part, ...]:  # noqa: ARG002  (the slots ask who looks by themselves)
        """Return the slots for the day looked at."""
        return Part("main", "staffing/_gaps_slot.html", on), Part("side", "staffing/_figures_slot.html", on)
