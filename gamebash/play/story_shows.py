"""A story in play as it is shown live."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gamebash.core.audit import event_id_in
from gamebash.core.live.shows import Looker, Painter, Show, Word
from gamebash.events.models import EventStory
from gamebash.play.leases import more_time_from
from gamebash.play.models import Fix
from gamebash.play.queries.attempts import Course, attempts_of, fixes_of, reviews_it
from gamebash.play.queries.now import EventNow, event_now
from gamebash.play.queries.rows import StoryRow
from gamebash.play.queries.sight import EVERYTHING, Sight, parts_by_player
from gamebash.play.shows import Group, awaited_rows, group_of, own_view, seated_of, view_of
from gamebash.play.telling_shows import banner_parts, event_words, own_banners


@dataclass(frozen=True, slots=True)
class StoryNow:
    """The event as it is now, with every attempt; while the board stands still, who had a part in which story, by player."""

    event: EventNow
    fixes: Mapping[int, tuple[Fix, ...]]
    parts: Mapping[int, frozenset[int]]
    until: datetime | None

    def entry_of(self, key: Hashable) -> EventStory | None:
        """Return a story of the board by its key."""
        return next((entry for entry in self.event.entries if entry.story.key == key), None)

    def sight(self, *, has_part: bool) -> Sight:
        """Return how far somebody sees who had a part in a story, or everybody else."""
        return EVERYTHING if has_part else Sight(self.until)


@dataclass(frozen=True, slots=True)
class Offer:
    """A story's row as somebody sees it, as far as they may see, and what only they may do."""

    row: StoryRow
    sight: Sight
    more_from: datetime | None = None
    is_my_review: bool = False


class StoryShow(Show[StoryNow]):
    """Who has a story, what happened to it, and what a viewer may do with it; what is asked for is the story's key."""

    name = "story"

    def read(self, topic: str, *, now: datetime) -> StoryNow:
        """Return the event as it is now, with its attempts."""
        reading = event_now(event_id_in(topic), now=now)
        until = reading.event.public_until(now)
        parts = {} if until is None else parts_by_player(reading.event)
        return StoryNow(reading, fixes_of(reading.event.id), parts, until)

    def due_at(self, reading: StoryNow) -> datetime | None:
        """Return when time alone changes something."""
        return reading.event.due_at

    def group_of(self, reading: StoryNow, looker: Looker | None, args: Hashable) -> Hashable:
        """Return with whom somebody shares what they see of the story."""
        return args, group_of(reading.event, looker)

    def shared(self, reading: StoryNow, group: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return who has the story, what happened to it as far as all may see, and whether it may be claimed."""
        assert isinstance(group, tuple)  # noqa: S101  (its own group_of made it)
        key, offered = group
        assert isinstance(offered, Group)  # noqa: S101  (likewise)
        entry, (view, _) = reading.entry_of(key), view_of(reading.event, offered)
        said = banner_parts(reading.event.said, paint)
        if entry is None:
            return said
        sight = reading.sight(has_part=offered.sees_all)
        return {**said, **_parts(reading, entry, Offer(view.row(entry, reading.event.strikes), sight), paint)}

    def personal(self, reading: StoryNow, looker: Looker | None, args: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return what only whoever holds the story, reviews it or had a part in it sees so."""
        event = reading.event
        own = {**own_banners(event.said, looker, paint), **_awaited(reading, looker, args, paint)}
        seated, entry = seated_of(event, looker), reading.entry_of(args)
        if seated is None or looker is None or entry is None:
            return own
        row = own_view(event, seated).row(entry, event.strikes)
        player_id = seated.seat.player_id or 0
        is_my_review = reviews_it(reading.fixes.get(entry.story_id, ()), player_id)
        is_known = entry.story_id in reading.parts.get(player_id, frozenset())
        if not (row.is_mine or is_my_review or is_known):
            return own
        claim = event.claims.get(entry.story_id)
        first = more_time_from(claim, event.rules) if row.is_mine and claim is not None else None
        offer = Offer(row, reading.sight(has_part=True), more_from=first, is_my_review=is_my_review)
        return {**own, **_parts(reading, entry, offer, paint)}

    def words(self, reading: StoryNow, looker: Looker | None, paint: Painter) -> Sequence[Word]:
        """Return what somebody hears of once."""
        return event_words(reading.event, looker, paint)


STORY = StoryShow()


def _awaited(reading: StoryNow, looker: Looker | None, key: Hashable, paint: Painter) -> Mapping[str, str]:
    """Return who has the story as somebody sees it who is told when it is free."""
    rows = awaited_rows(reading.event, looker) if looker is not None else ()
    row = next((row for row in rows if row.key == key), None)
    return {} if row is None else {"story-now": _story_now(reading.event, row, paint)}


def _story_now(event: EventNow, row: StoryRow, paint: Painter, *, more_from: datetime | None = None) -> str:
    return paint(
        "play/_story_now.html", row=row, slug=event.event.slug, more_from=more_from,
        can_extend=more_from is not None and more_from <= event.now, lease_minutes=event.rules.lease_minutes, now=event.now,
    )  # fmt: skip


def _parts(reading: StoryNow, entry: EventStory, offer: Offer, paint: Painter) -> Mapping[str, str]:
    event, row = reading.event, offer.row
    fixes = reading.fixes.get(entry.story_id, ())
    course = Course(event.event, entry.story, event.claims.get(entry.story_id), fixes[-1] if fixes else None)
    return {
        "story-now": _story_now(event, row, paint, more_from=offer.more_from),
        "page-actions": paint(
            "play/_story_actions_part.html", row=row, is_my_review=offer.is_my_review, slug=event.event.slug
        ),
        "flow": paint("play/_steps.html", row=row, course=course.steps(row, event.rules)),
        "attempts": paint("play/_attempt_list.html", attempts=attempts_of(fixes, offer.sight), now=event.now),
        "review-form": paint("play/_review_form.html", key=row.key, is_my_review=offer.is_my_review),
    }
