"""My day: what is mine, what is worth taking next and why, which reviews wait for me, where I stand."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from gamebash.badges.queries import BadgeLine, badge_lines
from gamebash.core.db import db
from gamebash.events.goals import goal_of
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, Player, Spectator
from gamebash.events.shared_goal import Progress
from gamebash.people.models import Person
from gamebash.play.queries.board import Seen, board_seen, can_join
from gamebash.play.queries.rows import Place, StoryRow, count_places
from gamebash.play.queries.view import BoardFilter
from gamebash.play.queries.waiting import WaitingReview, reviews_waiting
from gamebash.points.boards import board_of
from gamebash.points.models import Standing
from gamebash.staffing.hypercare.queries.pages import OwnDuties, own_duties
from gamebash.watch.queries.news import WatchNews, watch_news

GOOD_NEXT, COMING = 3, 3
RUNNING = (EventState.LIVE, EventState.JUDGING)


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
class DayBoard:
    """What My day shows of the event that runs."""

    slug: str
    name: str
    state: EventState
    mine: tuple[StoryRow, ...]
    good_next: tuple[StoryRow, ...]
    open: int
    points: int
    is_player: bool
    can_join: bool
    claims_held: int
    claims_at_once: int
    goal: Progress | None


@dataclass(frozen=True, slots=True)
class MyDayPage:
    """One person's day in one screen. ``held`` is what their watches did in the last week."""

    name: str
    event: DayBoard | None
    reviews: tuple[WaitingReview, ...]
    coming: tuple[ComingEvent, ...]
    held: tuple[WatchNews, ...]
    duties: OwnDuties
    rank: int | None
    ranked: int
    badges: tuple[BadgeLine, ...]
    now: datetime


def my_day_page(person: Person, *, now: datetime) -> MyDayPage:
    """Return the day of one person: the live event first, else what is coming. At most ten queries."""
    board, (rank, ranked) = None, (None, 0)
    live, coming = _events(person, now)
    if live:
        event, player, points = live
        board = _board(board_seen(event, person, player, now=now), points, now=now)
        rank, ranked = _rank(event, person, now=now)
    return MyDayPage(
        name=person.name.split()[0],
        event=board,
        reviews=reviews_waiting(Player.person_id == person.id).get(person.id, ()),
        coming=coming,
        held=watch_news(person, now=now),
        duties=own_duties(person),
        rank=rank,
        ranked=ranked,
        badges=badge_lines(person),
        now=now,
    )


def _events(person: Person, now: datetime) -> tuple[tuple[Event, Player | None, int] | None, tuple[ComingEvent, ...]]:
    """Return the event that runs or is judged with the person's part and points, and what is coming, in one query."""
    running = sa.select(Event.id).where(Event.state.in_(RUNNING))
    running = running.order_by((Event.state == EventState.LIVE).desc(), Event.starts_at.desc()).limit(1)
    coming = sa.select(Event.id).where(Event.state == EventState.SCHEDULED, Event.ends_at > now)
    coming = coming.order_by(Event.starts_at).limit(COMING)
    follows = sa.exists().where(Spectator.event_id == Event.id, Spectator.person_id == person.id)
    query = (
        sa.select(Event, Player, sa.func.coalesce(Standing.points, 0), follows)
        .outerjoin(Player, sa.and_(Player.event_id == Event.id, Player.person_id == person.id))
        .outerjoin(Standing, Standing.player_id == Player.id)
        .where(sa.or_(Event.id.in_(running), Event.id.in_(coming)))
        .options(joinedload(Player.team), lazyload(Player.person))
        .order_by(Event.starts_at)
    )
    rows = db.session.execute(query).all()
    live = next(((event, player, points) for event, player, points, _ in rows if event.state in RUNNING), None)
    return live, tuple(
        ComingEvent(
            event.slug, event.name, event.starts_at, event.ends_at, event.place,
            is_player=player is not None and player.left_at is None, is_spectator=is_spectator,
        )
        for event, player, _, is_spectator in rows
        if event.state is EventState.SCHEDULED
    )  # fmt: skip


def _board(seen: Seen, points: int, *, now: datetime) -> DayBoard:
    """Return what My day shows of a board: what is mine, and the open stories that fit best."""
    view, mine, is_player = seen.view, seen.mine, seen.view.seat.is_in
    offered = seen.listed(BoardFilter(show="open"))[:GOOD_NEXT] if is_player else []
    rows, event = view.rows([*mine, *offered]), view.event
    return DayBoard(
        slug=event.slug,
        name=event.name,
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        mine=tuple(rows[: len(mine)]),
        good_next=tuple(rows[len(mine) :]),
        open=count_places(view.places)[Place.OPEN],
        points=points,
        is_player=is_player,
        can_join=can_join(event, now=now),
        claims_held=view.seat.held,
        claims_at_once=view.rules.claims_at_once,
        goal=goal_of(event, seen.entries, now=now),
    )


def _rank(event: Event, person: Person, *, now: datetime) -> tuple[int | None, int]:
    """Return the person's place on the public board among those who scored, and how many did."""
    board = board_of(event.id, now=now)
    rows, position = board.seen_by(person.handle)
    own = rows[position] if position is not None else None
    return own.place if own and own.score.points else None, sum(row.score.points > 0 for row in rows)
