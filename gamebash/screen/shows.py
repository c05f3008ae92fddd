"""The big screen as it is shown live: one part, the same for every hall."""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime, timedelta

from gamebash.core.audit import event_id_in
from gamebash.core.db import db
from gamebash.core.live.shows import Painter, Show
from gamebash.events.models import Event
from gamebash.screen.queries import ScreenPage, screen_page

# Lists turn, squashes are held for a while and leases run out; a hall has one screen, so it is simply read again.
READ_AGAIN = timedelta(seconds=5)


class ScreenShow(Show[ScreenPage]):
    """The big screen."""

    name = "screen"

    def read(self, topic: str, *, now: datetime) -> ScreenPage:
        """Return what the public may see of the event, as of the latest full five seconds.

        So that what comes in between differs only by what everybody may see: when a message comes tells nothing else.
        """
        ticked = datetime.fromtimestamp(now.timestamp() // READ_AGAIN.seconds * READ_AGAIN.seconds, UTC)
        return screen_page(db.session.get_one(Event, event_id_in(topic)), now=ticked)

    def due_at(self, reading: ScreenPage) -> datetime | None:
        """Return when it is read again though nothing happened."""
        return reading.now + READ_AGAIN

    def shared(self, reading: ScreenPage, group: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return the whole screen."""
        return {"screen": paint("screen/_screen.html", page=reading)}


SCREEN = ScreenShow()
