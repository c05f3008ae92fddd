"""The cockpit: how the day runs, what is stuck, how long reviews wait."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event
from gamebash.events.queries.talk import QuestionLine, open_questions
from gamebash.play.breaks import breaks_of
from gamebash.play.lights import WORDS, Light
from gamebash.play.models import Break, Claim, Fix, FixState, Review, Verdict
from gamebash.play.queries.board import Crowd, Tally, tally
from gamebash.play.queries.crew import CrewMember, ServiceLine, crew_of, services_of
from gamebash.play.queries.pulled import pulled
from gamebash.play.queries.sight import EVERYTHING
from gamebash.play.queries.view import places_of
from gamebash.play.talks import stopped_players
from gamebash.stories.models import Story

NEARLY_OVER = timedelta(minutes=10)
CALLED = 3


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A fix that waits for a review, and since when.

    ``lacks_knowing``: nobody who knows the service has accepted it, and somebody has to. ``overdue`` are reviewers whose time
    ran out and whom nobody could replace, ``free`` those who could be called now: knowing first, then idle ones.
    """

    key: str
    title: str
    author: str
    waiting: timedelta
    reviewers: tuple[str, ...]
    lacks_knowing: bool
    overdue: tuple[str, ...]
    free: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoppedPlayer:
    """Somebody who may claim nothing until an organiser has talked to them."""

    handle: str
    name: str
    sent_back: int


@dataclass(frozen=True, slots=True)
class StuckClaim:
    """A claim whose lease is nearly over or has run out."""

    key: str
    title: str
    holder: str
    lease_ends_at: datetime
    has_lapsed: bool
    was_helped: bool


@dataclass(frozen=True, slots=True)
class OutLine:
    """Somebody who is out for a live incident."""

    handle: str
    name: str
    since: datetime
    reason: str
    link: str


@dataclass(frozen=True, slots=True)
class CockpitPage:
    """What an organiser sees while the event runs."""

    tally: Tally
    state: EventState
    queue: tuple[QueueLine, ...]
    stuck: tuple[StuckClaim, ...]
    stopped: tuple[StoppedPlayer, ...]
    breaks: tuple[OutLine, ...]
    crew: tuple[CrewMember, ...]
    services: tuple[ServiceLine, ...]
    questions: tuple[QuestionLine, ...]
    frozen_at: datetime | None
    freezes_at: datetime | None
    reviews_end_at: datetime
    cancelled_reason: str
    players: tuple[tuple[str, str], ...]
    now: datetime

    @property
    def idle(self) -> int:
        """How many hold nothing and wait for nothing."""
        return sum(one.light in {Light.NOT_IN, Light.NO_CLAIM, Light.SCORED} for one in self.crew)

    @property
    def lights(self) -> tuple[tuple[Light, str, int], ...]:
        """How many players are at what."""
        counts = Counter(one.light for one in self.crew)
        return tuple((light, words, counts[light]) for light, words in WORDS.items())

    @property
    def median(self) -> timedelta:
        """How long the middle one of the waiting fixes has waited."""
        waits = sorted(line.waiting for line in self.queue)
        return waits[len(waits) // 2] if waits else timedelta()

    @property
    def oldest(self) -> timedelta:
        """How long the oldest fix has waited."""
        return max((line.waiting for line in self.queue), default=timedelta())


def cockpit_page(event: Event, *, now: datetime) -> CockpitPage:
    """Return the cockpit of an event."""
    found, ticking = pulled(event), clock_at(event.paused_at, now)
    entries, claims = found.entries, found.stand.claims
    places = places_of(entries, found.stand, now=ticking, sight=EVERYTHING)
    breaks = breaks_of(event, now=now)
    crew = crew_of(event, claims, breaks, now=now)
    teams = {one.team.id for one in crew if one.team}
    names = {one.player_id: (one.handle, one.name) for one in crew}
    return CockpitPage(
        tally=tally(event, Crowd(len(crew), len(teams)), places, now=now),
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        queue=_queue(event, crew, now),
        stuck=_stuck(list(claims.values()), ticking),
        stopped=_stopped(event, names, ticking),
        breaks=tuple(_out(names[one.player_id], one) for one in breaks.values() if one.player_id in names),
        crew=crew,
        services=services_of(entries, places, crew),
        questions=open_questions(event),
        frozen_at=event.public_until(now),
        freezes_at=event.freezes_at,
        reviews_end_at=event.reviews_end_at,
        cancelled_reason=event.cancelled_reason,
        players=tuple(sorted(names.values(), key=lambda one: one[1])),
        now=now,
    )


def _queue(event: Event, crew: Sequence[CrewMember], now: datetime) -> tuple[QueueLine, ...]:
    query = (
        sa.select(Fix)
        .where(Fix.event_id == event.id, Fix.state == FixState.IN_REVIEW, Fix.same_as_id.is_(None))
        .options(
            joinedload(Fix.story).joinedload(Story.service),
            joinedload(Fix.player),
            joinedload(Fix.assists),
            selectinload(Fix.reviews).joinedload(Review.player),
        )
        .order_by(Fix.submitted_at)
    )
    waiting = list(db.session.scalars(query).unique())
    busy = Counter(
        one.player_id for fix in waiting for one in fix.reviews if one.verdict is None and one.ended_at is None
    )
    return tuple(
        QueueLine(
            key=fix.story.key,
            title=fix.story.title,
            author=fix.player.person.name,
            waiting=now - fix.submitted_at,
            reviewers=tuple(
                review.player.person.name
                for review in fix.reviews
                if review.ended_at is None and review.verdict is None
            ),
            lacks_knowing=fix.needs_knowing and not fix.waived_because and not _has_knowing(fix),
            overdue=tuple(
                review.player.person.name
                for review in fix.reviews
                if review.ended_at is None and review.verdict is None and review.lease_ends_at <= now
            ),
            free=_free_for(fix, crew, busy),
        )
        for fix in waiting
    )


def _free_for(fix: Fix, crew: Sequence[CrewMember], busy: Mapping[int, int]) -> tuple[str, ...]:
    """Return who could be called to review a fix now: nobody with a part in it, on a break, or with a review in hand."""
    service = fix.story.service
    barred = {fix.player_id, *(one.player_id for one in fix.assists), *(one.player_id for one in fix.reviews)}
    may = [
        one
        for one in crew
        if one.player_id not in barred
        and one.light not in {Light.NOT_IN, Light.ON_BREAK}
        and not busy.get(one.player_id)
        and (one.squad_id is None or one.squad_id != fix.player.squad_id)
    ]
    knowing = {service.team_id, service.builder_team_id} - {None}
    may.sort(key=lambda one: (not (one.team and one.team.id in knowing), one.light is Light.WORKING, one.name))
    return tuple(one.name for one in may[:CALLED])


def _out(who: tuple[str, str], out: Break) -> OutLine:
    return OutLine(*who, out.began_at, out.reason, out.link)


def _has_knowing(fix: Fix) -> bool:
    return any(review.is_knowing and review.verdict is Verdict.ACCEPT for review in fix.reviews)


def _stopped(event: Event, names: dict[int, tuple[str, str]], now: datetime) -> tuple[StoppedPlayer, ...]:
    return tuple(
        StoppedPlayer(*names[player_id], count)
        for player_id, count in stopped_players(event, now=now)
        if player_id in names
    )


def _stuck(claims: list[Claim], now: datetime) -> tuple[StuckClaim, ...]:
    ending = [claim for claim in claims if claim.lease_ends_at is not None and claim.lease_ends_at <= now + NEARLY_OVER]
    ending.sort(key=lambda claim: claim.lease_ends_at or now)
    return tuple(
        StuckClaim(
            key=claim.story.key,
            title=claim.story.title,
            holder=claim.player.person.name,
            lease_ends_at=claim.lease_ends_at or now,
            has_lapsed=(claim.lease_ends_at or now) <= now,
            was_helped=claim.helped_at is not None,
        )
        for claim in ending
    )
