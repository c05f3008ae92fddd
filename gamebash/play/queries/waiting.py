"""Fixes that wait for somebody's word."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.play.models import Fix, FixState, Review, SpotCheck


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A fix that waits for the word of whoever was drawn; ``anchor`` is the part of its page where it is given."""

    key: str
    title: str
    author: str
    submitted_at: datetime
    lease_ends_at: datetime
    anchor: str


def reviews_waiting(*conditions: sa.ColumnElement[bool]) -> dict[int, tuple[WaitingReview, ...]]:
    """Return the reviews and second looks that are open, by the person's id, those submitted first in front."""
    of_fix = (joinedload(Fix.story), joinedload(Fix.player))
    reviews = (
        sa.select(Review, Player.person_id)
        .join(Review.player)
        .join(Review.fix)
        .where(Review.verdict.is_(None), Review.ended_at.is_(None), Fix.state == FixState.IN_REVIEW, *conditions)
        .options(joinedload(Review.fix).options(*of_fix))
        .order_by(Fix.submitted_at)
    )
    checks = (
        sa.select(SpotCheck, Player.person_id)
        .join(SpotCheck.player)
        .join(SpotCheck.fix)
        .join(Fix.event)
        .where(SpotCheck.decided_at.is_(None), SpotCheck.ended_at.is_(None), *conditions)
        .where(Event.state.in_([EventState.LIVE, EventState.JUDGING]))
        .options(joinedload(SpotCheck.fix).options(*of_fix))
        .order_by(Fix.submitted_at)
    )
    found: dict[int, list[WaitingReview]] = defaultdict(list)
    for query, anchor in ((reviews, "review"), (checks, "check")):
        for one, person_id in db.session.execute(query):
            found[person_id].append(_waiting(one.fix, one.lease_ends_at, anchor))
    return {person_id: tuple(waiting) for person_id, waiting in found.items()}


def _waiting(fix: Fix, lease_ends_at: datetime, anchor: str) -> WaitingReview:
    author = fix.player.person.player_name
    return WaitingReview(fix.story.key, fix.story.title, author, fix.submitted_at, lease_ends_at, anchor)
