"""Who hears what an event has to say to everybody: its players, its spectators, and who waits for a place."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.models import Event, Player, Spectator, Waiting
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell


def audience_of(event: Event) -> list[int]:
    """Return the ids of the people who hear what the event says, each once."""
    players = sa.select(Player.person_id).where(Player.event_id == event.id, Player.left_at.is_(None))
    spectators = sa.select(Spectator.person_id).where(Spectator.event_id == event.id)
    waiting = sa.select(Waiting.person_id).where(Waiting.event_id == event.id)
    return sorted(db.session.scalars(sa.union(players, spectators, waiting)))


def tell_everybody(event: Event, text: str, *, key: str, now: datetime) -> int:
    """Tell everybody who hears the event, once for each key; returns how many had not been told."""
    url = f"/events/{event.slug}"
    return sum(tell(person_id, NoticeKind.EVENT, text, key=key, now=now, url=url) for person_id in audience_of(event))
