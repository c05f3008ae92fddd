"""A story in play and the cockpit as they are shown live."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime, timedelta

from gamebash.core.audit import event_id_in
from gamebash.core.db import db
from gamebash.core.live.shows import Looker, Painter, Show, Word
from gamebash.events.models import Event, EventStory
from gamebash.play.queries.cockpit import CockpitPage, cockpit_page
from gamebash.play.queries.now import EventNow, event_now
from gamebash.play.queries.rows import StoryRow
from gamebash.play.shows import group_of, own_view, seated_of, verdict_words, view_of

A_MINUTE = timedelta(minutes=1)


class StoryShow(Show[EventNow]):
    """Who has a story, and what a viewer may do with it; what is asked for is the story's key."""

    name = "story"

    def read(self, topic: str, *, now: datetime) -> EventNow:
        """Return the event as it is now."""
        return event_now(event_id_in(topic), now=now)

    def due_at(self, reading: EventNow) -> datetime | None:
        """Return when time alone changes something."""
        return reading.due_at

    def group_of(self, reading: EventNow, looker: Looker | None, args: Hashable) -> Hashable:
        """Return with whom somebody shares what they see of the story."""
        return args, group_of(reading, looker)

    def shared(self, reading: EventNow, group: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return who has the story, and whether it may be claimed."""
        assert isinstance(group, tuple)  # noqa: S101  (its own group_of made it)
        key, offered = group
        entry, (view, _) = _entry(reading, key), view_of(reading, offered)
        return {} if entry is None else _parts(reading, view.row(entry, reading.strikes), paint)

    def personal(self, reading: EventNow, looker: Looker | None, args: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return what only whoever holds the story, reviews it or had a part in it sees so."""
        seated, entry = seated_of(reading, looker), _entry(reading, args)
        if seated is None or looker is None or entry is None:
            return {}
        row = own_view(reading, seated).row(entry, reading.strikes)
        is_my_review = any(review.key == row.key for review in reading.reviews.get(looker.person_id, ()))
        is_known = entry.story_id in reading.parts.get(seated.seat.player_id or 0, frozenset())
        if not (row.is_mine or is_my_review or is_known):
            return {}
        claim = reading.claims.get(entry.story_id)
        can_extend = row.is_mine and claim is not None and claim.extensions < reading.rules.extensions
        return _parts(reading, row, paint, can_extend=can_extend, is_my_review=is_my_review)

    def words(self, reading: EventNow, looker: Looker | None, paint: Painter) -> Sequence[Word]:
        """Return what authors hear of their own fixes."""
        return verdict_words(reading, looker, paint)


class CockpitShow(Show[CockpitPage]):
    """The cockpit, the same for every organiser."""

    name = "cockpit"

    def read(self, topic: str, *, now: datetime) -> CockpitPage:
        """Return how the day runs."""
        return cockpit_page(db.session.get_one(Event, event_id_in(topic)), now=now)

    def due_at(self, reading: CockpitPage) -> datetime | None:
        """Return the next minute: how long something waits is told in minutes."""
        return reading.now + A_MINUTE

    def shared(self, reading: CockpitPage, group: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return the cockpit's finding, its sentence, its buttons and its lists."""
        return paint.blocks("play/cockpit.html", "title", "lede", "actions", "main", page=reading)


STORY, COCKPIT = StoryShow(), CockpitShow()


def _entry(reading: EventNow, key: Hashable) -> EventStory | None:
    return next((entry for entry in reading.entries if entry.story.key == key), None)


def _parts(
    reading: EventNow, row: StoryRow, paint: Painter, *, can_extend: bool = False, is_my_review: bool = False
) -> Mapping[str, str]:
    return {
        "story-now": paint(
            "play/_story_now.html",
            row=row,
            slug=reading.event.slug,
            can_extend=can_extend,
            lease_minutes=reading.rules.lease_minutes,
            now=reading.now,
        ),
        "page-actions": paint(
            "play/_story_actions_part.html", row=row, is_my_review=is_my_review, slug=reading.event.slug
        ),
    }
