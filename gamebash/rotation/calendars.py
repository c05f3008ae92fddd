"""Secret links to calendars: given out, revoked, read without signing in."""

import secrets
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, NotFoundError
from gamebash.people.identity import token_hash
from gamebash.people.models import Person
from gamebash.rotation.models import CalendarFeed, Team

MOST_FEEDS = 20


class TooManyFeedsError(DomainError):
    """The person has as many calendar links as one may have."""


def make_feed(owner: Person, team: Team | None, *, now: datetime) -> str:
    """Give out a link to one's own moves, or to those of a team, and return its secret, which is shown this once.

    Raises:
        TooManyFeedsError: where the person has MOST_FEEDS links that work.
    """
    working = sa.select(sa.func.count()).where(CalendarFeed.owner_id == owner.id, CalendarFeed.revoked_at.is_(None))
    if (db.session.scalar(working) or 0) >= MOST_FEEDS:
        raise TooManyFeedsError(f"You have {MOST_FEEDS} calendar links. Revoke one that you no longer use first.")
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        token_hash=token_hash(token), owner_id=owner.id, team_id=team.id if team else None, created_at=now
    )
    db.session.add(feed)
    db.session.flush()
    audit.record("calendar:given_out", str(feed.id), by_id=owner.id, now=now, team=team.code if team else None)
    return token


def revoke_feed(owner: Person, number: int, *, now: datetime) -> CalendarFeed:
    """Let one of one's own links stop working; a second time changes nothing.

    Raises:
        NotFoundError: where the person has no such link.
    """
    feed = db.session.scalar(
        sa.select(CalendarFeed).where(CalendarFeed.id == number, CalendarFeed.owner_id == owner.id)
    )
    if feed is None:
        raise NotFoundError("You have no such calendar link. All of yours are listed on this page.")
    if feed.revoked_at is None:
        feed.revoked_at = now
        audit.record("calendar:revoked", str(feed.id), by_id=owner.id, now=now)
    return feed


def get_feed(token: str) -> CalendarFeed:
    """Return the link of a secret.

    Raises:
        NotFoundError: where it was revoked, its owner left, or it never was; does not tell which.
    """
    is_working = sa.and_(CalendarFeed.token_hash == token_hash(token), CalendarFeed.revoked_at.is_(None))
    feed = db.session.scalar(sa.select(CalendarFeed).where(is_working))
    if feed is None or not feed.owner.is_active:
        raise NotFoundError("This calendar link does not work any more. Make a new one under Rotation, Calendars.")
    return feed
