"""The cockpit as it is shown live."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gamebash.core.audit import event_id_in
from gamebash.core.db import db
from gamebash.core.live.shows import Looker, Painter, Show, Word
from gamebash.events.models import Event
from gamebash.events.queries.said import Said, said_in
from gamebash.play.queries.cockpit import CockpitPage, cockpit_page
from gamebash.play.telling_shows import banner_parts, own_banners, said_words

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CockpitNow:
    """How the day runs, and what is said in it."""

    page: CockpitPage
    said: Said


class CockpitShow(Show[CockpitNow]):
    """The cockpit, the same for every organiser but for the announcements that they put away."""

    name = "cockpit"

    def read(self, topic: str, *, now: datetime) -> CockpitNow:
        """Return how the day runs."""
        event = db.session.get_one(Event, event_id_in(topic))
        return CockpitNow(cockpit_page(event, now=now), said_in(event))

    def due_at(self, reading: CockpitNow) -> datetime | None:
        """Return the next minute: how long something waits is told in minutes."""
        return reading.page.now + A_MINUTE

    def shared(self, reading: CockpitNow, group: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return the cockpit's finding, its sentence, its buttons, its lists, and beside them the clock and the questions."""
        page = reading.page
        return {
            **paint.blocks("play/cockpit.html", "title", "lede", "actions", "main", page=page),
            "cockpit-clock": paint("play/_cockpit_clock.html", page=page, tally=page.tally),
            "cockpit-questions": paint("play/_cockpit_questions.html", page=page, tally=page.tally),
            **banner_parts(reading.said, paint),
        }

    def personal(self, reading: CockpitNow, looker: Looker | None, args: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return the announcements without those that somebody put away."""
        return own_banners(reading.said, looker, paint)

    def words(self, reading: CockpitNow, looker: Looker | None, paint: Painter) -> Sequence[Word]:
        """Return the answers to all, which another organiser may have given."""
        return said_words(reading.said, looker, paint)


COCKPIT = CockpitShow()
