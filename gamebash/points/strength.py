"""How strong players were in past events: what they were paid for fixes that were accepted and held, per event hour."""

from dataclasses import dataclass

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind

# What speaks of fixing. Reviews and awards say something else, and a newcomer's extra is no strength.
OF_FIXES = (EntryKind.FIX, EntryKind.ASSIST, EntryKind.HELD_BONUS, EntryKind.CLAWBACK)


@dataclass(frozen=True, slots=True)
class Strength:
    """A player's past: points for fixes, and the hours they brought to closed events."""

    points: int
    hours: float

    @property
    def per_hour(self) -> float:
        """Points an hour, never below nothing."""
        return max(0.0, self.points / self.hours)


def strengths_of(event: Event) -> dict[int, Strength]:
    """Return the strength of each player of an event who took part in a closed one, by player id. Two queries.

    Who never did is a newcomer and is not named.
    """
    people = sa.select(Player.person_id).where(Player.event_id == event.id, Player.left_at.is_(None))
    past = (
        sa.select(Player.id, Player.person_id, Player.hours_free)
        .join(Player.event)
        .where(Event.state == EventState.CLOSED, Event.id != event.id, Player.person_id.in_(people))
    ).subquery()
    points = (
        sa.select(past.c.person_id, sa.func.sum(PointEntry.points))
        .join(PointEntry, PointEntry.player_id == past.c.id)
        .where(PointEntry.kind.in_(OF_FIXES))
        .group_by(past.c.person_id)
    )
    scored = {person_id: int(total) for person_id, total in db.session.execute(points)}
    hours = (
        sa.select(Player.id, Player.person_id, sa.func.sum(past.c.hours_free))
        .join(past, past.c.person_id == Player.person_id)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .group_by(Player.id, Player.person_id)
    )
    return {
        player_id: Strength(scored.get(person_id, 0), brought)
        for player_id, person_id, brought in db.session.execute(hours)
        if brought
    }
