"""Places in an event: how many are left, taking one, and moving up from the waiting list."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.filters import local
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player, Spectator, Waiting
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.rotation.membership import team_on

OPEN_STATES = (EventState.SCHEDULED, EventState.LIVE)


def places_left(event: Event) -> int | None:
    """Return how many may still join; None where the event has no limit. Exact while the event is locked."""
    if event.player_limit is None:
        return None
    playing = sa.select(sa.func.count()).where(Player.event_id == event.id, Player.left_at.is_(None))
    return max(0, event.player_limit - (db.session.scalar(playing) or 0))


def take_place(event: Event, person: Person, *, hours: float, now: datetime) -> Player:
    """Make somebody a player of the locked event, for the team they are in on its day; they wait and watch no longer."""
    query = sa.select(Player).where(Player.event_id == event.id, Player.person_id == person.id)
    player = db.session.scalar(query) or Player(event_id=event.id, person_id=person.id)
    team = team_on(person.id, local(event.starts_at).date())
    player.team_id = team.id if team else None
    player.joined_at, player.left_at, player.hours_free, player.removed_reason = now, None, hours, ""
    db.session.add(player)
    for table in (Waiting, Spectator):
        db.session.execute(sa.delete(table).where(table.event_id == event.id, table.person_id == person.id))
    db.session.flush()
    audit.record("player:joined", person.handle, by_id=person.id, now=now, event_id=event.id, hours=hours)
    return player


def move_up(event: Event, *, now: datetime) -> list[Player]:
    """Give the free places of the locked event to those who wait longest, and tell them.

    Somebody who opted out of the game meanwhile, or left the organisation, waits no longer.
    """
    if event.state not in OPEN_STATES or (event.paused_at is None and now >= event.ends_at):
        return []
    left = places_left(event)
    moved: list[Player] = []
    query = sa.select(Waiting).where(Waiting.event_id == event.id).order_by(Waiting.id)
    for waiting in db.session.scalars(query).all():
        if left is not None and len(moved) >= left:
            break
        person = waiting.person
        if not (person.is_playing and person.is_active):
            db.session.delete(waiting)
            continue
        moved.append(take_place(event, person, hours=waiting.hours_free, now=now))
        _tell(event, person, waiting, now)
    return moved


def _tell(event: Event, person: Person, waiting: Waiting, now: datetime) -> None:
    text = f"A place in {event.name} came free, and it is yours. You bring {waiting.hours_free:g} hours."
    key = f"moved_up:{event.id}:{waiting.since_at.isoformat()}"
    tell(person.id, NoticeKind.EVENT, text, key=key, now=now, url=f"/events/{event.slug}/players")
