"""Where a story is played: its entry on a board, and as whom the viewer plays there."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload
from sqlalchemy.sql.base import ExecutableOption

from gamebash.core.db import db
from gamebash.core.errors import NotAllowedError, NotFoundError
from gamebash.events.lifecycle import EventState, clock_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.queries.pulled import SERVICE, SQUASHER, STARTER, in_play_of, is_awaited
from gamebash.play.queries.rows import StoryRow
from gamebash.play.queries.sight import Sight, has_part, sight_of
from gamebash.play.queries.view import View, places_of, seat_of
from gamebash.stories.models import Story
from gamebash.stories.queries.found import no_such_story, number_in

UNFINISHED = (EventState.DRAFT, EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)


@dataclass(frozen=True, slots=True)
class Entered:
    """A story's entry on the board that it is on now or was on last, and the viewer's part there, if they have one.

    ``is_awaited``: the viewer is told when it is free. ``is_own``: they had a part in it.
    """

    entry: EventStory
    player: Player | None
    is_awaited: bool
    is_own: bool

    def sight(self, person: Person, *, now: datetime) -> Sight:
        """Return what the viewer may see of the story."""
        own = frozenset([self.entry.story_id] if self.is_own else ())
        return sight_of(self.entry.event, person, own, now=now)

    def view(self, *, sight: Sight, now: datetime) -> View:
        """Return the board around this one story, from the viewer's seat. One query."""
        event, entry = self.entry.event, self.entry
        stand, ticking = in_play_of(entry, self.player), clock_at(event.paused_at, now)
        places = places_of([entry], stand, now=ticking, sight=sight)
        seat = seat_of(self.player, stand.claims, now=ticking)
        awaited = frozenset([entry.story_id] if self.is_awaited else ())
        return View(event, seat, stand.claims, places, {}, Rules.from_document(event.rules), now, awaited)


@dataclass(frozen=True, slots=True)
class Placed:
    """A story, the event it is played in, its entry on the board, and the person's part in it."""

    story: Story
    event: Event
    entry: EventStory
    player: Player


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row with the moment it was read at."""

    row: StoryRow
    now: datetime


def find_placed(number: int, person: Person, *loading: ExecutableOption) -> tuple[Story, Entered | None] | None:
    """Return the story of a number with where it is played, or was last, in one query; what else is read of it is named.

    None where there is no such story; one that is on no board is played nowhere.
    """
    is_on = EventStory.event_id.in_(sa.select(Event.id).where(Event.state != EventState.CANCELLED))
    query = (
        sa.select(Story, EventStory, Player, is_awaited(Player), has_part(Player))
        .select_from(Story)
        .outerjoin(EventStory, sa.and_(EventStory.story_id == Story.id, is_on))
        .outerjoin(EventStory.event)
        .outerjoin(Player, sa.and_(Player.event_id == EventStory.event_id, Player.person_id == person.id))
        .where(Story.number == number)
        .options(SERVICE, STARTER, SQUASHER, *loading)
        .options(contains_eager(EventStory.event), joinedload(Player.team), lazyload(Player.person))
        .order_by(Event.state.in_(UNFINISHED).desc(), Event.starts_at.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    if found is None:
        return None
    story, entry, player, awaits, is_own = found
    return story, Entered(entry, player, awaits, is_own) if entry is not None else None


def get_entered(key: str, person: Person) -> Entered:
    """Return where a story is played, or was last.

    Raises:
        NoSuchStoryError: where there is no story of that key.
        NotFoundError: where the story is on no board.
    """
    found = find_placed(number_in(key) or 0, person)
    if found is None:
        raise no_such_story(key)
    story, entered = found
    if entered is None:
        raise NotFoundError(f"{story.key} is on no board. It has to be pulled into an event before it can be claimed.")
    return entered


def get_place(key: str, person: Person) -> Placed:
    """Return where and as whom a person plays a story, in one query.

    Raises:
        NoSuchStoryError: where there is no story of that key.
        NotFoundError: where the story is on no board.
        NotAllowedError: where the person is no player of that event.
    """
    found = get_entered(key, person)
    entry = found.entry
    if found.player is None:
        raise NotAllowedError(f"You do not play in {entry.event.name} yet. Join it on its players page.")
    return Placed(entry.story, entry.event, entry, found.player)


def board_row(key: str, person: Person, *, now: datetime) -> BoardRow:
    """Return a story's row of the board in its true state, as answered after a claim won or lost.

    Raises:
        NoSuchStoryError: where there is no story of that key.
        NotFoundError: where it is on no board.
    """
    found = get_entered(key, person)
    return BoardRow(found.view(sight=found.sight(person, now=now), now=now).rows([found.entry])[0], now)
