"""Reminders: ten minutes before a lease ends, once for each end; and when the board freezes."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.filters import clock
from gamebash.events.audience import tell_everybody
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.play.leases import open_reviews
from gamebash.play.models import Claim, Fix, Review

BEFORE = timedelta(minutes=10)


def sweep_reminders(*, now: datetime) -> bool:
    """Remind whoever's time is nearly over; says whether anybody was. Nobody is reminded in a pause or on a break."""
    told = [*_of_claims(now), *_of_reviews(now), *_of_freezes(now)]
    return bool(told)


def _of_claims(now: datetime) -> list[Claim]:
    query = (
        sa.select(Claim)
        .join(Event, Event.id == Claim.event_id)
        .where(_is_running(), Claim.ended_at.is_(None), *_is_near(Claim.lease_ends_at, Claim.reminded_of, now))
        .options(joinedload(Claim.story), joinedload(Claim.player))
    )
    due = list(db.session.scalars(query))
    for claim in due:
        claim.reminded_of, key = claim.lease_ends_at, claim.story.key
        text = f"Your time on {key} ends at {clock(claim.lease_ends_at)}. Submit, take more time, or let it go."
        _tell(claim.player.person_id, text, f"lease:{claim.id}:{claim.lease_ends_at}", f"/stories/{key}", now)
    return due


def _of_reviews(now: datetime) -> list[Review]:
    query = (
        open_reviews(*_is_near(Review.lease_ends_at, Review.reminded_of, now), Review.lease_left_seconds.is_(None))
        .join(Fix, Fix.id == Review.fix_id)
        .join(Event, Event.id == Fix.event_id)
        .where(_is_running())
        .options(joinedload(Review.fix).joinedload(Fix.story), joinedload(Review.player))
    )
    due = list(db.session.scalars(query))
    for review in due:
        review.reminded_of, key = review.lease_ends_at, review.fix.story.key
        text = f"Your time to review {key} ends at {clock(review.lease_ends_at)}. Then somebody else is drawn."
        url = f"/stories/{key}#review"
        _tell(review.player.person_id, text, f"review_lease:{review.id}:{review.lease_ends_at}", url, now)
    return due


def _of_freezes(now: datetime) -> list[Event]:
    query = sa.select(Event).where(
        Event.state == EventState.LIVE,
        Event.paused_at.is_(None),
        Event.freezes_at <= now,
        Event.freeze_told_at.is_(None),
    )
    due = list(db.session.scalars(query.with_for_update(skip_locked=True)))
    for event in due:
        event.freeze_told_at = now
        text = f"{event.name}: the board stands still from now on. You still see your own points."
        tell_everybody(event, text, key=f"frozen:{event.id}", now=now)
        audit.record("event:freeze_reached", event.slug, by_id=None, now=now, event_id=event.id)
    return due


def _is_running() -> sa.ColumnElement[bool]:
    return sa.and_(Event.state.in_([EventState.LIVE, EventState.JUDGING]), Event.paused_at.is_(None))


def _is_near(
    ends_at: sa.SQLColumnExpression[Any], reminded_of: sa.SQLColumnExpression[Any], now: datetime
) -> tuple[sa.ColumnElement[bool], ...]:
    return ends_at > now, ends_at <= now + BEFORE, sa.or_(reminded_of.is_(None), reminded_of != ends_at)


def _tell(person_id: int, text: str, key: str, url: str, now: datetime) -> None:
    tell(person_id, NoticeKind.LEASE_ENDING, text, key=key, now=now, url=url)
