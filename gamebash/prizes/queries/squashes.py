"""What was squashed in an event, in order, and who is in the hat of its draws."""

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player, Squad
from gamebash.prizes.models import Prize, PrizeWinner
from gamebash.prizes.moments import PrizeKind, Squash
from gamebash.stories.models import Story


def squashes_of(event: Event) -> tuple[Squash, ...]:
    """Return what stands squashed, first to last, of players who were not disqualified. One query."""
    query = (
        sa.select(Player.id, Squad.id, Squad.name, Story.number)
        .select_from(EventStory)
        .join(Story, Story.id == EventStory.story_id)
        .join(Player, Player.id == EventStory.squashed_by_id)
        .outerjoin(Squad, Squad.id == Player.squad_id)
        .where(EventStory.event_id == event.id, EventStory.squashed_at.is_not(None), Player.disqualified_at.is_(None))
        .order_by(EventStory.squashed_at, EventStory.id)
    )
    return tuple(
        Squash(player, squad, name or "", f"GB-{number}") for player, squad, name, number in db.session.execute(query)
    )


def hat_of(event: Event) -> tuple[int, ...]:
    """Return the numbers of all players who squashed something and were not drawn in this event before. Two queries."""
    drawn = (
        sa.select(PrizeWinner.player_id)
        .join(Prize, Prize.id == PrizeWinner.prize_id)
        .where(Prize.event_id == event.id, Prize.kind == PrizeKind.DRAW)
    )
    gone = set(db.session.scalars(drawn))
    return tuple(sorted({one.player for one in squashes_of(event)} - gone))
