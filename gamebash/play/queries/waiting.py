"""Fixes that wait for somebody's word."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.models import Player
from gamebash.play.models import Fix, FixState, Review


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A fix that waits for the word of whoever was drawn."""

    key: str
    title: str
    author: str
    submitted_at: datetime
    lease_ends_at: datetime


def reviews_waiting(*conditions: sa.ColumnElement[bool]) -> dict[int, tuple[WaitingReview, ...]]:
    """Return the reviews that are open, by the person's id, those submitted first in front."""
    query = (
        sa.select(Review, Player.person_id)
        .join(Review.player)
        .join(Review.fix)
        .where(Review.verdict.is_(None), Review.ended_at.is_(None), Fix.state == FixState.IN_REVIEW, *conditions)
        .options(joinedload(Review.fix).options(joinedload(Fix.story), joinedload(Fix.player)))
        .order_by(Fix.submitted_at)
    )
    found: dict[int, list[WaitingReview]] = defaultdict(list)
    for review, person_id in db.session.execute(query):
        fix = review.fix
        found[person_id].append(
            WaitingReview(
                fix.story.key, fix.story.title, fix.player.person.player_name, fix.submitted_at, review.lease_ends_at
            )
        )
    return {person_id: tuple(reviews) for person_id, reviews in found.items()}
