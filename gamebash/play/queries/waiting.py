"""Fixes that wait for somebody's word."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState, Review, SpotCheck
from gamebash.stories.models import Story


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
    """Return what is open by the person's id, reviews before second looks, those submitted first in front. One query."""
    is_open = (Review.verdict.is_(None), Review.ended_at.is_(None), Fix.state == FixState.IN_REVIEW)
    is_played = Event.state.in_([EventState.LIVE, EventState.JUDGING])
    unlooked = (SpotCheck.decided_at.is_(None), SpotCheck.ended_at.is_(None), is_played)
    query = sa.union_all(
        _asked(Review, "review").where(*is_open, *conditions), _asked(SpotCheck, "check").where(*unlooked, *conditions)
    )
    found: dict[int, list[WaitingReview]] = defaultdict(list)
    for person_id, number, *rest in db.session.execute(query.order_by(sa.desc("anchor"), "submitted_at")):
        found[person_id].append(WaitingReview(f"GB-{number}", *rest))
    return {person_id: tuple(waiting) for person_id, waiting in found.items()}


def _asked(kind: type[Review | SpotCheck], anchor: str) -> sa.Select[*tuple[Any, ...]]:
    """Select who was asked to look at which fix, in the order of what is shown of it."""
    author, who = sa.orm.aliased(Player), sa.orm.aliased(Person)
    return (
        sa.select(
            Player.person_id, Story.number, Story.title, sa.func.coalesce(who.alias, who.name), Fix.submitted_at,
            kind.lease_ends_at, sa.literal(anchor).label("anchor"),
        )
        .select_from(kind)
        .join(Player, Player.id == kind.player_id)
        .join(Fix, Fix.id == kind.fix_id)
        .join(Event, Event.id == Fix.event_id)
        .join(Story, Story.id == Fix.story_id)
        .join(author, author.id == Fix.player_id)
        .join(who, who.id == author.person_id)
    )  # fmt: skip
