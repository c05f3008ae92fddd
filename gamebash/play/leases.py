"""How a lease stands still and runs on: in review, on a break, and while the event is paused.

A stop keeps what was left, in whole seconds rounded up, so that no stop takes time from anybody.
"""

import math
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.rows import lock_row
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, Player
from gamebash.events.rules import Rules
from gamebash.play.models import Break, Claim, Review

# Long enough to mend something after a send-back.
LEAST_SECONDS = 15 * 60


def seconds_left(ends_at: datetime, at: datetime) -> int:
    """Return how many seconds a lease has left, a begun one counted whole; none where it ran out."""
    return max(0, math.ceil((ends_at - at).total_seconds()))


def more_time_from(claim: Claim, rules: Rules) -> datetime | None:
    """Return from when on its player can have more time: once at most one lease is left. None where it stands still or is used up."""
    if claim.lease_ends_at is None or claim.extensions >= rules.extensions:
        return None
    return claim.lease_ends_at - timedelta(minutes=rules.lease_minutes)


def halt_lease(claim: Claim, *, now: datetime) -> None:
    """Let a lease stand still while the fix is in review."""
    claim.lease_left_seconds = seconds_left(claim.lease_ends_at or now, clock_at(claim.event.paused_at, now))
    claim.lease_ends_at = None
    claim.draft = None


def resume_lease(claim: Claim, *, now: datetime) -> None:
    """Let a lease run on after a send-back with what was left, but long enough to mend something.

    While its player is on a break it goes on standing still until they return.
    """
    left = max(claim.lease_left_seconds or 0, LEAST_SECONDS)
    out = find_break(lock_player(claim.player_id), claim.event, now=now)
    if out is not None:
        claim.lease_left_seconds, claim.break_id = left, out.id
        return
    claim.lease_ends_at = clock_at(claim.event.paused_at, now) + timedelta(seconds=left)
    claim.lease_left_seconds = None


def stop_leases(out: Break, *, at: datetime) -> None:
    """Let the running claims and reviews of a player stand still from a moment on; what ran out stays run out."""
    claims = sa.select(Claim).where(
        Claim.player_id == out.player_id, Claim.ended_at.is_(None), Claim.lease_ends_at > at
    )
    for claim in db.session.scalars(claims.with_for_update()):
        claim.lease_left_seconds = seconds_left(claim.lease_ends_at or at, at)
        claim.lease_ends_at, claim.break_id = None, out.id
    reviews = open_reviews(Review.player_id == out.player_id).where(
        Review.lease_left_seconds.is_(None), Review.lease_ends_at > at
    )
    for review in db.session.scalars(reviews.with_for_update(of=Review)):
        review.lease_left_seconds = seconds_left(review.lease_ends_at, at)


def run_on(out: Break, *, at: datetime) -> None:
    """Let everything that a break stopped run on from a moment with what was left."""
    claims = sa.select(Claim).where(Claim.break_id == out.id, Claim.ended_at.is_(None))
    for claim in db.session.scalars(claims.with_for_update()):
        if claim.lease_ends_at is None:
            claim.lease_ends_at = at + timedelta(seconds=claim.lease_left_seconds or 0)
        claim.lease_left_seconds, claim.break_id = None, None
    reviews = open_reviews(Review.player_id == out.player_id).where(Review.lease_left_seconds.is_not(None))
    for review in db.session.scalars(reviews.with_for_update(of=Review)):
        review.lease_ends_at = at + timedelta(seconds=review.lease_left_seconds or 0)
        review.lease_left_seconds = None


def move_leases(event: Event, length: timedelta, *, paused_at: datetime) -> None:
    """Move the leases that still ran when the clock stopped; the ones that had run out stay run out.

    What stands still on a break or in review has no end to move.
    """
    claims = sa.select(Claim).where(
        Claim.event_id == event.id, Claim.ended_at.is_(None), Claim.lease_ends_at > paused_at
    )
    for claim in db.session.scalars(claims.with_for_update()):
        if claim.lease_ends_at is not None:
            claim.lease_ends_at += length
    players = sa.select(Player.id).where(Player.event_id == event.id)
    reviews = open_reviews(Review.player_id.in_(players)).where(
        Review.lease_left_seconds.is_(None), Review.lease_ends_at > paused_at
    )
    for review in db.session.scalars(reviews.with_for_update(of=Review)):
        review.lease_ends_at += length


def open_reviews(*conditions: sa.ColumnElement[bool]) -> sa.Select[Review]:
    """Return the reviews without a verdict that nobody was drawn over for."""
    return sa.select(Review).where(Review.verdict.is_(None), Review.ended_at.is_(None), *conditions).order_by(Review.id)


def lock_player(player_id: int) -> Player:
    """Return a player as they are now, held, so that their claims, breaks and send-backs come one after the other."""
    return lock_row(Player, player_id)


def find_break(player: Player, event: Event, *, now: datetime) -> Break | None:
    """Return the break that a player is on; the end of the event has ended it, whether or not a job has run since."""
    if state_at(event.state, event.ends_at, event.paused_at, now) is not EventState.LIVE:
        return None
    return db.session.scalar(sa.select(Break).where(Break.player_id == player.id, Break.ended_at.is_(None)))
