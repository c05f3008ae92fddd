"""What the list at hand offers to keep, and what of it somebody keeps."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for

from gamebash.finding.saved_views import PLACES, query_of, views_of


@dataclass(frozen=True, slots=True)
class SavedLink:
    """A kept view as a link."""

    number: int
    name: str
    url: str
    is_current: bool

    @property
    def option(self) -> tuple[str, str, bool]:
        """What a row of links shows."""
        return self.name, self.url, self.is_current


class SavedHere:
    """The kept views of the list that is being shown; read only where the list draws them."""

    def __init__(self, person_id: int) -> None:
        """Read those of one person."""
        self._person_id = person_id
        self.place = request.endpoint or ""
        self.query = query_of(request.args.items(multi=True)) if self.place in PLACES else ""

    def __iter__(self) -> Iterator[SavedLink]:
        """Yield them by name. One query, where the list can be kept."""
        if self.place in PLACES:
            for view in views_of(self._person_id, self.place):
                yield SavedLink(view.id, view.name, address_of(view.place, view.query), view.query == self.query)


def address_of(place: str, query: str) -> str:
    """Return the address of a list as it was narrowed."""
    return f"{url_for(place)}?{query}"
