"""Reads what a result is made of: the ledger up to a line, who took part, what was on the board."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.ceremony.document import Line, PlayerFacts, ResultFacts, StoryFacts
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.points.sums import PlayerSum, sums_through

NOTHING = PlayerSum(0, 0, None)


def facts_of(event: Event, line: Line) -> ResultFacts:
    """Return the facts of an event as they were at a line of its ledger."""
    return ResultFacts(event.id, line, _players(event, line.seq), _stories(event))


def _players(event: Event, seq: int) -> tuple[PlayerFacts, ...]:
    """Return everybody who took part: who had not left, and who left with points."""
    sums = sums_through(event.id, seq)
    took_part = sa.or_(Player.left_at.is_(None), Player.id.in_(list(sums)))
    query = sa.select(
        Player.id, Player.person_id, Player.team_id, Player.squad_id, Player.hours_free
    ).where(Player.event_id == event.id, took_part)  # fmt: skip
    facts = []
    for player_id, person_id, team_id, squad_id, hours in db.session.execute(query.order_by(Player.person_id)):
        total = sums.get(player_id, NOTHING)
        facts.append(PlayerFacts(person_id, team_id, squad_id, hours, total.points, total.fixes, total.last_score_at))
    return tuple(facts)


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
