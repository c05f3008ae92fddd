"""My day: what is mine, what is worth taking next and why, which reviews wait for me, where I stand."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.badges.queries import BadgesPage, badges_page
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player, Spectator
from gamebash.people.models import Person
from gamebash.play.queries.board import EventBoardPage, event_board_page
from gamebash.play.queries.rows import StoryRow
from gamebash.play.queries.view import BoardFilter
from gamebash.play.queries.waiting import WaitingReview, reviews_waiting
from gamebash.points.boards import board_of
from gamebash.staffing.hypercare.queries.pages import OwnDuties, own_duties
from gamebash.watch.queries.news import WatchNews, watch_news

GOOD_NEXT = 3


@dataclass(frozen=True, slots=True)
class ComingEvent:
    """An event that is not live yet."""

    slug: str
    name: str
    starts_at: datetime
    ends_at: datetime
    place: str
    is_player: bool
    is_spectator: bool


@dataclass(frozen=True, slots=True)
class MyDayPage:
    """One person's day in one screen. ``held`` is what their watches did in the last week."""

    name: str
    event: EventBoardPage | None
    good_next: tuple[StoryRow, ...]
    reviews: tuple[WaitingReview, ...]
    coming: tuple[ComingEvent, ...]
    held: tuple[WatchNews, ...]
    duties: OwnDuties
    rank: int | None
    ranked: int
    badges: BadgesPage
    now: datetime


def my_day_page(person: Person, *, now: datetime) -> MyDayPage:
    """Return the day of one person: the live event first, else what is coming."""
    live = db.session.scalar(
        sa.select(Event)
        .where(Event.state.in_([EventState.LIVE, EventState.JUDGING]))
        .order_by(Event.state == EventState.LIVE, Event.starts_at.desc())
        .limit(1)
    )
    board = event_board_page(live, person, BoardFilter(show="open"), now=now) if live else None
    rank, ranked = _rank(live, person, now=now) if live else (None, 0)
    return MyDayPage(
        name=person.name.split()[0],
        event=board,
        good_next=board.rows.items[:GOOD_NEXT] if board and board.is_player else (),
        reviews=reviews_waiting(Player.person_id == person.id).get(person.id, ()),
        coming=_coming(person, now),
        held=watch_news(person, now=now),
        duties=own_duties(person),
        rank=rank,
        ranked=ranked,
        badges=badges_page(person),
        now=now,
    )


def _rank(event: Event, person: Person, *, now: datetime) -> tuple[int | None, int]:
    """Return the person's place on the public board among those who scored, and how many did."""
    board = board_of(event.id, now=now)
    rows, position = board.seen_by(person.handle)
    own = rows[position] if position is not None else None
    return own.place if own and own.score.points else None, sum(row.score.points > 0 for row in rows)


def _coming(person: Person, now: datetime) -> tuple[ComingEvent, ...]:
    mine = sa.select(Player.event_id).where(Player.person_id == person.id, Player.left_at.is_(None))
    followed = sa.select(Spectator.event_id).where(Spectator.person_id == person.id)
    query = (
        sa.select(Event, Event.id.in_(mine), Event.id.in_(followed))
        .where(Event.state == EventState.SCHEDULED, Event.ends_at > now)
        .order_by(Event.starts_at)
        .limit(3)
    )
    return tuple(
        ComingEvent(event.slug, event.name, event.starts_at, event.ends_at, event.place, bool(is_player), bool(follows))
        for event, is_player, follows in db.session.execute(query)
    )
