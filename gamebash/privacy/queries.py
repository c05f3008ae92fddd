"""What an admin sees before somebody is made anonymous."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gamebash.people.models import Person
from gamebash.privacy.erasing import refuse_erasing, words_for
from gamebash.privacy.places import places_of

WORDS = {
    "audit_entries": "changes on record", "moves": "moves", "move_consents": "answers to moves", "point_entries": "lines of the ledger",
    "notices": "notices", "incidents": "incidents", "stories": "stories", "story_notes": "notes on stories", "fixes": "fixes",
    "reviews": "reviews", "announcements": "announcements", "questions": "questions", "problems": "problems",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """A person who left, the words that would go, what stands there instead, and in how many places of each kind."""

    name: str
    handle: str
    words: tuple[str, ...]
    stand_in: str
    places: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """In how many places."""
        return sum(count for _, count in self.places)


def erasure_page(person: Person, extra: Sequence[str]) -> ErasurePage:
    """Return what would change if a person were made anonymous; nothing is changed.

    Raises:
        AlreadyAnonymousError, StillHereError: as the act itself would.
    """
    refuse_erasing(person)
    words = words_for(person, extra)
    counts = Counter(place.table.name for place in places_of(words))
    places = tuple((WORDS.get(name, name.replace("_", " ")), count) for name, count in counts.most_common())
    return ErasurePage(person.name, person.handle, words.names, words.stand_in, places)
