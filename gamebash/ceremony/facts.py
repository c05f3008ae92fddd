"""Reads what a result is made of: the ledger up to a line, who took part, what was on the board."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.ceremony.awards import awards_of
from gamebash.ceremony.document import AwardFact, Line, ResultFacts, StoryFacts
from gamebash.ceremony.players import players_of
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory


def facts_of(event: Event, line: Line) -> ResultFacts:
    """Return the facts of an event as they were at a line of its ledger."""
    return ResultFacts(event.id, line, players_of(event, line.seq), _stories(event), _awards(event))


def _awards(event: Event) -> tuple[AwardFact, ...]:
    return tuple(
        AwardFact(award.rule.value, award.person_id, award.figures, award.title, award.reason)
        for award in awards_of(event)
        if not award.is_left_out
    )


def _stories(event: Event) -> tuple[StoryFacts, ...]:
    query = (
        sa.select(EventStory)
        .where(EventStory.event_id == event.id)
        .options(joinedload(EventStory.story), joinedload(EventStory.squashed_by))
        .order_by(EventStory.story_id)
    )
    return tuple(
        StoryFacts(
            number=entry.story.number,
            grade=(entry.grade or entry.story.grade).value,
            points=entry.points or 0,
            value=entry.value or 0.0,
            squashed_at=entry.squashed_at,
            person_id=entry.squashed_by.person_id if entry.squashed_by else None,
        )
        for entry in db.session.scalars(query)
    )
