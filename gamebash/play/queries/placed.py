"""Where a story is played: its entry on a board, and as whom the viewer plays there."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from gamebash.core.db import db
from gamebash.core.errors import NotAllowedError, NotFoundError
from gamebash.events.lifecycle import EventState, clock_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.models import FreeAlert
from gamebash.play.queries.board import AS_SHOWN
from gamebash.play.queries.rows import StoryRow, in_play
from gamebash.play.queries.sight import Sight, sight_of
from gamebash.play.queries.view import View, places_of, seat_of
from gamebash.stories.models import Story
from gamebash.stories.queries.found import get_story, number_in

UNFINISHED = (EventState.DRAFT, EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)


@dataclass(frozen=True, slots=True)
class Entered:
    """A story's entry on the board that it is on now or was on last, and the viewer's part there, if they have one."""

    entry: EventStory
    player: Player | None
    is_awaited: bool

    def view(self, *, sight: Sight, now: datetime) -> View:
        """Return the board around this one story, from the viewer's seat."""
        event, entry = self.entry.event, self.entry
        stand, ticking = in_play(event.id), clock_at(event.paused_at, now)
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


def find_entered(number: int, person: Person) -> Entered | None:
    """Return where the story of a number is played, or was last, in one query; None where it is on no board."""
    is_awaited = sa.exists().where(
        FreeAlert.event_id == EventStory.event_id,
        FreeAlert.story_id == EventStory.story_id,
        FreeAlert.person_id == person.id,
    )
    query = (
        sa.select(EventStory, Player, is_awaited)
        .join(EventStory.story)
        .join(EventStory.event)
        .outerjoin(Player, sa.and_(Player.event_id == EventStory.event_id, Player.person_id == person.id))
        .where(Story.number == number, Event.state != EventState.CANCELLED)
        .options(*AS_SHOWN, contains_eager(EventStory.event), joinedload(Player.team), lazyload(Player.person))
        .order_by(Event.state.in_(UNFINISHED).desc(), Event.starts_at.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    return Entered(*found) if found else None


def get_entered(key: str, person: Person) -> Entered:
    """Return where a story is played, or was last.

    Raises:
        NoSuchStoryError: where there is no story of that key.
        NotFoundError: where the story is on no board.
    """
    found = find_entered(number_in(key) or 0, person)
    if found is None:
        raise NotFoundError(
            f"{get_story(key).key} is on no board. It has to be pulled into an event before it can be claimed."
        )
    return found


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
    sight = sight_of(found.entry.event, person, found.player, now=now)
    return BoardRow(found.view(sight=sight, now=now).rows([found.entry])[0], now)
