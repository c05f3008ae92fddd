"""The event board: what can be claimed right now, what is in play, who leads."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.core.paging import PER_PAGE, Paged
from gamebash.events.goals import goal_of
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.events.shared_goal import Progress
from gamebash.people.models import Person
from gamebash.play.fit import Fit
from gamebash.play.models import Fix, FixState
from gamebash.play.queries.feed import Feed, feed_of
from gamebash.play.queries.pulled import pulled
from gamebash.play.queries.rows import (
    Place,
    StoryRow,
    count_places,
)
from gamebash.play.queries.sight import sight_of
from gamebash.play.queries.view import BoardFilter, View, counts_of, fits_of, places_of, seat_of
from gamebash.points.models import Standing
from gamebash.points.queries import RanksFragment, ranks_fragment
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class Tally:
    """The strip on top: the clock and the counts. ``seconds_left`` counts to the end, or to the start before it."""

    slug: str
    name: str
    state: EventState
    starts_at: datetime
    ends_at: datetime
    paused_at: datetime | None
    seconds_left: int
    players: int
    teams: int
    open: int
    in_play: int
    in_review: int
    squashed: int
    stories: int
    own_points: int | None
    place: str

    @property
    def clock_ends_at(self) -> datetime:
        """What the clock counts down to."""
        return self.ends_at if self.state is EventState.LIVE else self.starts_at

    @property
    def stands_at(self) -> int | None:
        """The seconds that are left while the clock stands still; none while it runs."""
        return self.seconds_left if self.paused_at is not None else None


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many play in an event, of how many teams, and the points of the viewer, if they play."""

    players: int
    teams: int
    own_points: int | None = None


@dataclass(frozen=True, slots=True)
class EventBoardPage:
    """Everything the board shows one viewer; ``keys`` are those of all its stories, as pulled."""

    tally: Tally
    filter: BoardFilter
    counts: dict[str, int]
    keys: tuple[str, ...]
    mine: tuple[StoryRow, ...]
    rows: Paged[StoryRow]
    is_player: bool
    has_left: bool
    can_join: bool
    claims_held: int
    claims_at_once: int
    can_claim_best: bool
    best: Fit | None
    has_starters: bool
    feed: Feed
    ranks: RanksFragment
    goal: Progress | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """The board of an event from one seat: its stories as pulled, and how they look from there."""

    entries: list[EventStory]
    view: View

    @property
    def mine(self) -> list[EventStory]:
        """What the viewer holds or waits for the review of."""
        return [entry for entry in self.entries if self.view.is_mine(entry)]

    def listed(self, chosen: BoardFilter) -> list[EventStory]:
        """Return what was asked for and is not the viewer's, in the order of the board."""
        shown = [one for one in self.entries if self.view.is_listed(one, chosen) and not self.view.is_mine(one)]
        return sorted(shown, key=self.view.order)


def _part_of(event: Event, person: Person) -> tuple[Player | None, Crowd]:
    """Return the person's part in an event, if they take or took part, and with how many, in one query."""
    counts = [
        sa.select(count).where(Player.event_id == event.id, Player.left_at.is_(None)).scalar_subquery()
        for count in (sa.func.count(Player.id), sa.func.count(sa.distinct(Player.team_id)))
    ]
    me = sa.orm.aliased(Player)
    query = (
        sa.select(me, Standing.points, *counts)
        .select_from(Event)
        .outerjoin(me, sa.and_(me.event_id == Event.id, me.person_id == person.id))
        .outerjoin(Standing, Standing.player_id == me.id)
        .where(Event.id == event.id)
        .options(joinedload(me.team), lazyload(me.person))
    )
    player, points, players, teams = db.session.execute(query).one()
    return player, Crowd(players, teams, None if player is None else points or 0)


def board_seen(event: Event, person: Person, player: Player | None, *, now: datetime) -> Seen:
    """Return the board from the seat of a person, whose part in the event is named."""
    found, ticking = pulled(event, player), clock_at(event.paused_at, now)
    entries, claims = found.entries, found.stand.claims
    places = places_of(entries, found.stand, now=ticking, sight=sight_of(event, person, found.own, now=now))
    fits = {} if player is None else _fits(entries, player)
    seat, rules = seat_of(player, claims, now=ticking), Rules.from_document(event.rules)
    awaited = found.awaited if seat.is_in else frozenset[int]()
    return Seen(entries, View(event, seat, claims, places, fits, rules, now, awaited))


def can_join(event: Event, *, now: datetime) -> bool:
    """Say whether somebody may still join an event."""
    return event.state in {EventState.SCHEDULED, EventState.LIVE} and now < event.ends_at


def event_board_page(event: Event, person: Person, chosen: BoardFilter, *, now: datetime) -> EventBoardPage:
    """Return the board as one person sees it."""
    player, crowd = _part_of(event, person)
    seen = board_seen(event, person, player, now=now)
    entries, view, places = seen.entries, seen.view, seen.view.places
    mine, listed = seen.mine, seen.listed(chosen)
    page = listed[(chosen.page - 1) * PER_PAGE : chosen.page * PER_PAGE]
    rows = view.rows([*mine, *page])
    return EventBoardPage(
        tally=tally(event, crowd, places, now=now),
        filter=chosen,
        counts=counts_of(places),
        keys=tuple(entry.story.key for entry in entries),
        mine=tuple(rows[: len(mine)]),
        rows=Paged(tuple(rows[len(mine) :]), chosen.page, len(listed)),
        is_player=player is not None and player.left_at is None,
        has_left=player is not None and player.left_at is not None,
        can_join=can_join(event, now=now),
        claims_held=view.seat.held,
        claims_at_once=view.rules.claims_at_once,
        can_claim_best=view.can_claim and view.best(entries) is not None,
        best=view.best(entries),
        has_starters=any(entry.story.starter and entry.story.starter.helper for entry in entries),
        feed=feed_of(event, now=now),
        ranks=ranks_fragment(event, "players", person.handle, now=now),
        goal=goal_of(event, entries, now=now),
        now=now,
    )


def tally(event: Event, crowd: Crowd, places: dict[int, Place], *, now: datetime) -> Tally:
    """Return the strip of an event: clock and counts. No query."""
    counts = count_places(places)
    clock_stands_at = event.paused_at or now
    target = event.starts_at if event.state in {EventState.DRAFT, EventState.SCHEDULED} else event.ends_at
    return Tally(
        slug=event.slug,
        name=event.name,
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        paused_at=event.paused_at,
        seconds_left=max(0, int((target - clock_stands_at).total_seconds())),
        players=crowd.players,
        teams=crowd.teams,
        open=counts[Place.OPEN],
        in_play=counts[Place.HELD] + counts[Place.SENT_BACK],
        in_review=counts[Place.IN_REVIEW],
        squashed=counts[Place.SQUASHED],
        stories=len(places),
        own_points=crowd.own_points,
        place=event.place,
    )


def _fits(entries: list[EventStory], player: Player) -> dict[int, Fit]:
    fixed = set(
        db.session.scalars(
            sa.select(Service.name)
            .join(Story, Story.service_id == Service.id)
            .join(Fix, Fix.story_id == Story.id)
            .join(Player, Player.id == Fix.player_id)
            .where(Player.person_id == player.person_id, Fix.state == FixState.ACCEPTED)
            .distinct()
        )
    )
    return fits_of(entries, player.team.code if player.team else "", fixed)
