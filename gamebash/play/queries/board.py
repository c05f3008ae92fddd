"""The event board: what can be claimed right now, what is in play, who leads."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Problem, Service
from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.core.paging import PER_PAGE, Paged
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.fit import Candidate, Fit, fit
from gamebash.play.models import Claim, Fix, FixState
from gamebash.play.queries.feed import Feed, feed_of
from gamebash.play.queries.rows import (
    NONE,
    Place,
    StoryRow,
    Strikes,
    count_places,
    holder_of,
    latest_fixes,
    lease_of,
    open_claims,
    place_of,
    strikes_of,
)
from gamebash.play.queries.sight import sight_of
from gamebash.points.models import Standing
from gamebash.points.queries import RanksFragment, ranks_fragment
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What of the board is asked for: a place (or ``all``), words in the title, only what fits me, a page."""

    show: str = "all"
    words: str = ""
    only_fitting: bool = False
    page: int = 1


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


@dataclass(frozen=True, slots=True)
class EventBoardPage:
    """Everything the board shows one viewer."""

    tally: Tally
    filter: BoardFilter
    counts: dict[str, int]
    mine: tuple[StoryRow, ...]
    rows: Paged[StoryRow]
    is_player: bool
    has_left: bool
    can_join: bool
    claims_held: int
    claims_at_once: int
    best: Fit | None
    feed: Feed
    ranks: RanksFragment
    now: datetime


SHOWN = {
    "open": {Place.OPEN},
    "play": {Place.HELD, Place.SENT_BACK},
    "review": {Place.IN_REVIEW},
    "squashed": {Place.SQUASHED},
    "all": set(Place),
}


def find_player(event: Event, person: Person) -> Player | None:
    """Return the person's part in the event, if they take or took part."""
    query = sa.select(Player).where(Player.event_id == event.id, Player.person_id == person.id)
    return db.session.scalar(query.options(joinedload(Player.team)))


def event_board_page(event: Event, person: Person, chosen: BoardFilter, *, now: datetime) -> EventBoardPage:
    """Return the board as one person sees it."""
    player = find_player(event, person)
    entries = entries_of(event)
    claims = open_claims(event.id)
    fixes = latest_fixes(event.id)
    sight = sight_of(event, person, player, now=now)
    places = {
        entry.story_id: place_of(entry, claims.get(entry.story_id), fixes.get(entry.story_id), now=now, sight=sight)
        for entry in entries
    }
    fits = {} if player is None else _fits(entries, player)
    view = _View(event, player, claims, places, fits, now)
    mine = [entry for entry in entries if view.is_mine(entry)]
    listed = sorted((one for one in entries if view.is_listed(one, chosen) and one not in mine), key=view.order)
    page = listed[(chosen.page - 1) * PER_PAGE : chosen.page * PER_PAGE]
    rows = view.rows([*mine, *page])
    return EventBoardPage(
        tally=tally(event, player, places, now=now),
        filter=chosen,
        counts={name: sum(place in shown for place in places.values()) for name, shown in SHOWN.items()},
        mine=tuple(rows[: len(mine)]),
        rows=Paged(tuple(rows[len(mine) :]), chosen.page, len(listed)),
        is_player=player is not None and player.left_at is None,
        has_left=player is not None and player.left_at is not None,
        can_join=event.state in {EventState.SCHEDULED, EventState.LIVE} and now < event.ends_at,
        claims_held=view.held,
        claims_at_once=Rules.from_document(event.rules).claims_at_once,
        best=view.best(),
        feed=feed_of(event, now=now),
        ranks=ranks_fragment(event, "players", person.handle, now=now),
        now=now,
    )


def tally(event: Event, player: Player | None, places: dict[int, Place], *, now: datetime) -> Tally:
    """Return the strip of an event: clock and counts."""
    counts = count_places(places)
    people = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(Player.team_id))).where(
            Player.event_id == event.id, Player.left_at.is_(None)
        )
    ).one()
    points = None
    if player is not None:
        points = db.session.scalar(sa.select(Standing.points).where(Standing.player_id == player.id)) or 0
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
        players=people[0],
        teams=people[1],
        open=counts[Place.OPEN],
        in_play=counts[Place.HELD] + counts[Place.SENT_BACK],
        in_review=counts[Place.IN_REVIEW],
        squashed=counts[Place.SQUASHED],
        stories=len(places),
        own_points=points,
        place=event.place,
    )


def story_row(event: Event, key_number: int, person: Person, *, now: datetime) -> StoryRow:
    """Return one row of the board in its true state, as answered after a claim won or lost.

    Raises:
        NotFoundError: where the story is not on this event's board.
    """
    entries = entries_of(event, key_number)
    if not entries:
        message = f"GB-{key_number} is not on the board of {event.name}."
        raise NotFoundError(message)
    player = find_player(event, person)
    claims = open_claims(event.id)
    fixes = latest_fixes(event.id)
    sight = sight_of(event, person, player, now=now)
    places = {
        entry.story_id: place_of(entry, claims.get(entry.story_id), fixes.get(entry.story_id), now=now, sight=sight)
        for entry in entries
    }
    return _View(event, player, claims, places, {}, now).rows(entries)[0]


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row with the moment it was read at."""

    row: StoryRow
    now: datetime


def board_row(story: Story, person: Person, *, now: datetime) -> BoardRow:
    """Return a story's row on the live board it is on.

    Raises:
        NotFoundError: where it is on none.
    """
    query = (
        sa.select(Event)
        .join(EventStory, EventStory.event_id == Event.id)
        .where(EventStory.story_id == story.id, Event.state != EventState.CANCELLED)
        .order_by(Event.starts_at.desc())
        .limit(1)
    )
    event = db.session.scalars(query).one()
    return BoardRow(story_row(event, story.number, person, now=now), now)


def entries_of(event: Event, key_number: int | None = None) -> list[EventStory]:
    """Return the stories of an event as pulled, or the one of that number."""
    query = (
        sa.select(EventStory)
        .join(EventStory.story)
        .where(EventStory.event_id == event.id)
        .options(
            joinedload(EventStory.squashed_by).joinedload(Player.team),
            joinedload(EventStory.story).options(
                joinedload(Story.service).options(joinedload(Service.team), joinedload(Service.builder_team)),
                joinedload(Story.problem).load_only(Problem.id, Problem.forecast),
            ),
        )
        .order_by(EventStory.rank, EventStory.id)
    )
    if key_number is not None:
        query = query.where(Story.number == key_number)
    return list(db.session.scalars(query))


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
    team = player.team.code if player.team else ""
    return {entry.story_id: fit(_candidate(entry), team=team, services_fixed=fixed) for entry in entries}


def _candidate(entry: EventStory) -> Candidate:
    story, service = entry.story, entry.story.service
    return Candidate(
        key=story.key,
        service=service.name,
        owning_team=service.team.code if service.team else "",
        builder_team=service.builder_team.code if service.builder_team else "",
        value=entry.value if entry.value is not None else story.value,
        effort_hours=story.effort_hours,
    )


@dataclass(frozen=True, slots=True)
class _View:
    """The board seen by one player at one moment."""

    event: Event
    player: Player | None
    claims: dict[int, Claim]
    places: dict[int, Place]
    fits: dict[int, Fit]
    now: datetime

    @property
    def held(self) -> int:
        """How many claims of the viewer run now; those in review do not count."""
        me = self.player.id if self.player else None
        return sum(
            claim.player_id == me and claim.lease_ends_at is not None and claim.lease_ends_at > self.now
            for claim in self.claims.values()
        )

    def is_mine(self, entry: EventStory) -> bool:
        """Say whether the viewer holds the story or waits for its review."""
        claim = self.claims.get(entry.story_id)
        return (
            self.player is not None
            and claim is not None
            and claim.player_id == self.player.id
            and self.places[entry.story_id] not in {Place.OPEN, Place.SQUASHED}
        )

    def is_listed(self, entry: EventStory, chosen: BoardFilter) -> bool:
        """Say whether the story is among what was asked for."""
        if self.places[entry.story_id] not in SHOWN.get(chosen.show, SHOWN["all"]):
            return False
        found = self.fits.get(entry.story_id)
        if chosen.only_fitting and (found is None or not found.knowledge):
            return False
        words = chosen.words.casefold().split()
        text = f"{entry.story.key} {entry.story.title} {entry.story.service.name}".casefold()
        return all(word in text for word in words)

    def order(self, entry: EventStory) -> tuple[bool, int, float, int]:
        """Open stories first, the best fit first among them, then as pulled."""
        found = self.fits.get(entry.story_id)
        is_open = self.places[entry.story_id] is Place.OPEN
        return (
            self.places[entry.story_id] is Place.SQUASHED,
            -found.knowledge if found and is_open else 0,
            -found.value_per_hour if found and is_open else 0.0,
            entry.rank,
        )

    def best(self) -> Fit | None:
        """Return the best open story for the viewer."""
        fits = [found for story_id, found in self.fits.items() if self.places[story_id] is Place.OPEN]
        return min(fits, key=lambda found: found.order, default=None)

    def rows(self, entries: list[EventStory]) -> list[StoryRow]:
        """Return the rows of these stories."""
        problem_ids = [entry.story.problem_id for entry in entries if entry.story.problem_id is not None]
        strikes = strikes_of(problem_ids, now=self.now)
        return [self._row(entry, strikes.get(entry.story.problem_id or 0, NONE)) for entry in entries]

    def _row(self, entry: EventStory, struck: Strikes) -> StoryRow:
        claim = self.claims.get(entry.story_id)
        place = self.places[entry.story_id]
        is_held = claim is not None and place not in {Place.OPEN, Place.SQUASHED}
        rules = Rules.from_document(self.event.rules)
        found = self.fits.get(entry.story_id)
        why_not = self._why_not(place)
        squasher = entry.squashed_by
        team = entry.story.service.team
        holder = claim.player if claim and is_held else squasher
        return StoryRow(
            key=entry.story.key,
            title=entry.story.title,
            grade=entry.grade or entry.story.grade,
            points=entry.points if entry.points is not None else rules.points_for(entry.story.grade),
            service=entry.story.service.name,
            team_code=team.code if team else "",
            weeks=struck.weeks,
            night_incidents=struck.at_night,
            place=Place.MINE if self.is_mine(entry) and place is Place.HELD else place,
            is_mine=self.is_mine(entry),
            holder=holder_of(holder) if holder else None,
            lease=lease_of(claim, rules) if claim and is_held else None,
            squashed_at=entry.squashed_at if place is Place.SQUASHED else None,
            why=found.reason if found and found.knowledge else "",
            can_claim=not why_not,
            why_not=why_not,
        )

    def _why_not(self, place: Place) -> str:
        """Return why the viewer cannot claim a story in that place; nothing when they can."""
        if place is not Place.OPEN:
            return "taken"
        if self.player is None or self.player.left_at is not None:
            return "Join the event to claim."
        if state_at(self.event.state, self.event.ends_at, self.event.paused_at, self.now) is not EventState.LIVE:
            return "The event is not live."
        if self.event.paused_at is not None:
            return "The event is paused."
        at_once = Rules.from_document(self.event.rules).claims_at_once
        if self.held >= at_once:
            return f"You hold {self.held} of {at_once} claims."
        return ""
