"""An event as it is now, read once for all pages that show it live, in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.events.goals import goal_of
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.queries.said import Said, said_in
from gamebash.events.rules import Rules
from gamebash.events.shared_goal import Progress
from gamebash.play.leases import more_time_from
from gamebash.play.models import Claim, Fix, FixState
from gamebash.play.queries.awaited import awaited_in
from gamebash.play.queries.board import Crowd, Tally, tally
from gamebash.play.queries.feed import Feed, feed_of
from gamebash.play.queries.pulled import pulled
from gamebash.play.queries.rows import Place, Strikes, strikes_of
from gamebash.play.queries.sight import EVERYTHING, Sight, parts_by_player
from gamebash.play.queries.view import Seat, places_of
from gamebash.play.queries.waiting import WaitingReview, reviews_waiting
from gamebash.points.boards import Board, board_of
from gamebash.points.models import Standing
from gamebash.rotation.models import Team
from gamebash.stories.models import Story

A_MINUTE = timedelta(minutes=1)
LATEST_CHANGES = 60


@dataclass(frozen=True, slots=True)
class Seated:
    """A player of the event in what the board needs: the seat, the team's code, services fixed before, points now."""

    seat: Seat
    team: str
    fixed: frozenset[str]
    points: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of somebody's fix a moment ago."""

    number: int
    person_id: int
    key: str
    is_accepted: bool
    points: int
    by: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where the stories are, and the counts of it, as far as somebody may see."""

    tally: Tally
    places: dict[int, Place]


@dataclass(frozen=True, slots=True)
class EventNow:
    """Everything that the pages of a running event are made of; ``seated`` and ``reviews`` are by the person's id.

    While the board stands still there are two of what tells of squashes: what the public sees, and what organisers see.
    ``parts`` are then the stories that each player, by id, sees all of, since they had a part in them; ``in_hand`` those
    that they hold. ``awaited`` are the stories that people, by id, are told of when they are free.
    """

    event: Event
    public: Outlook
    whole: Outlook
    parts: Mapping[int, frozenset[int]]
    in_hand: Mapping[int, tuple[EventStory, ...]]
    rules: Rules
    entries: tuple[EventStory, ...]
    claims: dict[int, Claim]
    strikes: Mapping[int, Strikes]
    seated: Mapping[int, Seated]
    reviews: Mapping[int, tuple[WaitingReview, ...]]
    feed: Feed
    board: Board
    goal: Progress | None
    verdicts: tuple[Verdict, ...]
    said: Said
    awaited: Mapping[int, frozenset[int]]
    now: datetime

    def known_to(self, player_id: int | None) -> tuple[EventStory, ...]:
        """Return the stories that a player sees through a freeze."""
        stories = self.parts.get(player_id or 0)
        return tuple(entry for entry in self.entries if entry.story_id in stories) if stories else ()

    @property
    def state(self) -> EventState:
        """The state that counts now."""
        return state_at(self.event.state, self.event.ends_at, self.event.paused_at, self.now)

    def outlook(self, *, sees_all: bool) -> Outlook:
        """Return what the public sees, or what organisers do."""
        return self.whole if sees_all else self.public

    @property
    def due_at(self) -> datetime | None:
        """When time alone changes something: a lease runs out, the board freezes, the event begins or ends, ranks move."""
        moments = [self.event.starts_at, self.event.ends_at, self.event.freezes_at]
        if self.event.paused_at is None:
            moments += [claim.lease_ends_at for claim in self.claims.values()]
            moments += [more_time_from(claim, self.rules) for claim in self.claims.values()]
            moments += [entry.builders_until for entry in self.entries]
        if self.event.state is EventState.LIVE:
            moments.append(self.now.replace(second=0, microsecond=0) + A_MINUTE)
        return min((moment for moment in moments if moment is not None and moment > self.now), default=None)


def event_now(event_id: int, *, now: datetime) -> EventNow:
    """Return an event as it is now."""
    event = db.session.get_one(Event, event_id)
    found = pulled(event)
    entries, stand = found.entries, found.stand
    claims, ticking, until = stand.claims, clock_at(event.paused_at, now), event.public_until(now)
    seated = _seated(event, claims, now=ticking)
    crowd = _crowd(seated)
    whole = _outlook(event, crowd, places_of(entries, stand, now=ticking, sight=EVERYTHING), now=now)
    public = whole
    if until is not None:
        public = _outlook(event, crowd, places_of(entries, stand, now=ticking, sight=Sight(until)), now=now)
    problem_ids = [entry.story.problem_id for entry in entries if entry.story.problem_id is not None]
    return EventNow(
        event=event,
        public=public,
        whole=whole,
        parts={} if until is None else parts_by_player(event, until),
        in_hand=_in_hand(entries, claims, whole),
        rules=Rules.from_document(event.rules),
        entries=tuple(entries),
        claims=claims,
        strikes=strikes_of(problem_ids, now=now),
        seated=seated,
        reviews=reviews_waiting(),
        feed=feed_of(event, now=now),
        board=board_of(event.id, now=now, is_fresh=True),
        goal=goal_of(event, entries, now=now),
        verdicts=_verdicts(event.id),
        said=said_in(event),
        awaited=awaited_in(event.id),
        now=now,
    )


def _crowd(seated: Mapping[int, Seated]) -> Crowd:
    playing = [one for one in seated.values() if one.seat.is_in]
    return Crowd(len(playing), len({one.team for one in playing} - {""}))


def _outlook(event: Event, crowd: Crowd, places: dict[int, Place], *, now: datetime) -> Outlook:
    return Outlook(tally(event, crowd, places, now=now), places)


def _seated(event: Event, claims: Mapping[int, Claim], *, now: datetime) -> dict[int, Seated]:
    fixed, held = _fixed_by_person(event.id), Counter(one.player_id for one in claims.values() if one.holds_at(now))
    query = (
        sa.select(Player.id, Player.person_id, Player.left_at, Team.code, Standing.points)
        .outerjoin(Team, Team.id == Player.team_id)
        .outerjoin(Standing, Standing.player_id == Player.id)
        .where(Player.event_id == event.id)
    )
    return {
        person_id: Seated(
            Seat(player_id, left_at is None, held[player_id], code or ""),
            code or "",
            frozenset(fixed.get(person_id, ())),
            points or 0,
        )
        for player_id, person_id, left_at, code, points in db.session.execute(query)
    }


def _in_hand(
    entries: Sequence[EventStory], claims: Mapping[int, Claim], outlook: Outlook
) -> dict[int, tuple[EventStory, ...]]:
    """Return the stories that each player, by id, holds or waits for the review of."""
    found: dict[int, tuple[EventStory, ...]] = defaultdict(tuple)
    for entry in entries:
        if entry.story_id in claims and outlook.places[entry.story_id] not in {Place.OPEN, Place.SQUASHED}:
            found[claims[entry.story_id].player_id] += (entry,)
    return found


def _fixed_by_person(event_id: int) -> dict[int, set[str]]:
    """Return the services in which each of the event's players had a fix accepted before, in any event."""
    playing = sa.select(Player.person_id).where(Player.event_id == event_id)
    query = (
        sa.select(Player.person_id, Service.name)
        .join(Fix, Fix.player_id == Player.id)
        .join(Story, Story.id == Fix.story_id)
        .join(Service, Service.id == Story.service_id)
        .where(Fix.state == FixState.ACCEPTED, Player.person_id.in_(playing))
        .distinct()
    )
    fixed: dict[int, set[str]] = defaultdict(set)
    for person_id, name in db.session.execute(query):
        fixed[person_id].add(name)
    return fixed


def _verdicts(event_id: int) -> tuple[Verdict, ...]:
    """Return the verdicts among the latest changes, oldest first; a fix is decided at the moment its change names."""
    latest = (
        sa.select(AuditEntry.id)
        .where(AuditEntry.event_id == event_id)
        .order_by(AuditEntry.id.desc())
        .limit(LATEST_CHANGES)
        .subquery()
    )
    query = (
        sa.select(AuditEntry.id, AuditEntry.tag, AuditEntry.subject_key, AuditEntry.detail, Player.person_id)
        .join(latest, latest.c.id == AuditEntry.id)
        .join(Fix, sa.and_(Fix.event_id == event_id, Fix.decided_at == AuditEntry.at))
        .join(Player, Player.id == Fix.player_id)
        .where(AuditEntry.tag.in_(["fix:accepted", "fix:sent_back"]))
        .order_by(AuditEntry.id)
    )
    return tuple(
        Verdict(number, person_id, key, tag == "fix:accepted", detail.get("points") or 0, detail.get("reviewer") or "")
        for number, tag, key, detail, person_id in db.session.execute(query)
    )
