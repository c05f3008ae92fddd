"""The cockpit: how the day runs, what is stuck, how long reviews wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.play.breaks import breaks_of
from gamebash.play.models import Claim, Fix, FixState, Review, Verdict
from gamebash.play.queries.board import Tally, entries_of, tally
from gamebash.play.queries.rows import latest_fixes, open_claims, place_of
from gamebash.play.queries.sight import EVERYTHING
from gamebash.play.talks import stopped_players

NEARLY_OVER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A fix that waits for a review, and since when.

    ``lacks_knowing``: nobody who knows the service has accepted it, and somebody has to. ``overdue`` are reviewers whose time
    ran out and whom nobody could replace.
    """

    key: str
    title: str
    author: str
    waiting: timedelta
    reviewers: tuple[str, ...]
    lacks_knowing: bool
    overdue: tuple[str, ...]


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
    idle: int
    frozen_at: datetime | None
    freezes_at: datetime | None
    reviews_end_at: datetime
    cancelled_reason: str
    players: tuple[tuple[str, str], ...]
    now: datetime

    @property
    def oldest(self) -> timedelta:
        """How long the oldest fix has waited."""
        return max((line.waiting for line in self.queue), default=timedelta())


def cockpit_page(event: Event, *, now: datetime) -> CockpitPage:
    """Return the cockpit of an event."""
    claims = open_claims(event.id)
    fixes = latest_fixes(event.id)
    ticking = clock_at(event.paused_at, now)
    places = {
        entry.story_id: place_of(
            entry, claims.get(entry.story_id), fixes.get(entry.story_id), now=ticking, sight=EVERYTHING
        )
        for entry in entries_of(event)
    }
    busy = {claim.player_id for claim in claims.values()}
    players = db.session.execute(
        sa.select(Person.handle, Person.name, Player.id)
        .join(Player, Player.person_id == Person.id)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .order_by(Person.name)
    ).all()
    return CockpitPage(
        tally=tally(event, None, places, now=now),
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        queue=_queue(event, now),
        stuck=_stuck(list(claims.values()), ticking),
        stopped=_stopped(event, {player_id: (handle, name) for handle, name, player_id in players}, now),
        breaks=_breaks(event, now),
        idle=sum(player_id not in busy for _, _, player_id in players),
        frozen_at=event.public_until(now),
        freezes_at=event.freezes_at,
        reviews_end_at=event.reviews_end_at,
        cancelled_reason=event.cancelled_reason,
        players=tuple((handle, name) for handle, name, _ in players),
        now=now,
    )


def _queue(event: Event, now: datetime) -> tuple[QueueLine, ...]:
    query = (
        sa.select(Fix)
        .where(Fix.event_id == event.id, Fix.state == FixState.IN_REVIEW)
        .options(
            joinedload(Fix.story),
            joinedload(Fix.player),
            sa.orm.selectinload(Fix.reviews).joinedload(Review.player),
        )
        .order_by(Fix.submitted_at)
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
        )
        for fix in db.session.scalars(query)
    )


def _breaks(event: Event, now: datetime) -> tuple[OutLine, ...]:
    return tuple(
        OutLine(one.player.person.handle, one.player.person.name, one.began_at, one.reason, one.link)
        for one in breaks_of(event, now=now).values()
    )


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
        )
        for claim in ending
    )
