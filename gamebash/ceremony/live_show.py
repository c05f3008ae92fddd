"""The ceremony as those who follow from afar see it live: what the hall has seen, painted once for all of them."""

from collections.abc import Hashable, Mapping
from datetime import datetime

from gamebash.ceremony.queries.show import CeremonyPage, followers_page
from gamebash.core.audit import event_id_in
from gamebash.core.db import db
from gamebash.core.live.shows import Painter, Show
from gamebash.events.models import Event


class CeremonyShow(Show[CeremonyPage]):
    """The step that the hall is at, the same for everybody who follows."""

    name = "ceremony"

    def read(self, topic: str, *, now: datetime) -> CeremonyPage:
        """Return what the hall has seen by now."""
        return followers_page(db.session.get_one(Event, event_id_in(topic)), now=now)

    def due_at(self, reading: CeremonyPage) -> datetime | None:
        """Return when the result is out by itself, where nobody holds a ceremony."""
        return None if reading.is_out else reading.reveals_at

    def shared(self, reading: CeremonyPage, group: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return the whole hall as one part."""
        return {"main": paint("ceremony/_show.html", page=reading)}


CEREMONY = CeremonyShow()
