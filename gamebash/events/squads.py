"""Squads: founding one, joining one, and leaving it before the event is live."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.core.filters import when
from gamebash.events.changes import last_change
from gamebash.events.drafts import lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player, Squad
from gamebash.events.players import get_player, leave_squad_row, refuse_joining
from gamebash.events.refusals import SquadError
from gamebash.people.models import Person

LONGEST_NAME = 60


def create_squad(event: Event, name: str, *, captain: Person, now: datetime) -> Squad:
    """Found a squad; the founder is its captain and its first member.

    Raises:
        InvalidError: where the name cannot be used.
        SquadError: where another squad of the event has the name, or the founder is in one and the event is live.
        NotAPlayerError: where the founder does not take part.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        message = f"A squad needs a name of at most {LONGEST_NAME} letters."
        raise InvalidError(message)
    lock_event(event)
    player = _free_to_move(event, captain, now)
    if taken := find_squad(event, name):
        message = f"There is a squad called {taken.name} already. Join it, or choose another name."
        raise SquadError(message)
    leave_squad_row(player)
    squad = Squad(event_id=event.id, name=name, captain_id=captain.id, created_at=now)
    db.session.add(squad)
    db.session.flush()
    player.squad_id = squad.id
    audit.record("squad:founded", name, by_id=captain.id, now=now, event_id=event.id)
    return squad


def join_squad(event: Event, name: str, *, person: Person, now: datetime) -> Squad:
    """Play in a squad. Before the event is live one may move at will; then only who is in none may join one.

    Raises:
        SquadError: where the event has no such squad, or the event is live and the person is in another one.
        NotAPlayerError: where the person does not take part.
    """
    lock_event(event)
    squad = find_squad(event, name)
    if squad is None:
        message = f"There is no squad called {name} in {event.name}."
        raise SquadError(message)
    player = _free_to_move(event, person, now)
    if player.squad_id == squad.id:
        return squad
    leave_squad_row(player)
    player.squad_id = squad.id
    squad.captain_id = squad.captain_id or person.id
    audit.record("squad:joined", squad.name, by_id=person.id, now=now, event_id=event.id)
    return squad


def leave_squad(event: Event, *, person: Person, now: datetime) -> Player:
    """Play alone again, as long as the event is not live.

    Raises:
        SquadError: where the event is live: points of the day belong to the squad they were made in.
        NotAPlayerError: where the person does not take part.
    """
    lock_event(event)
    player = _free_to_move(event, person, now)
    name = player.squad.name if player.squad else ""
    leave_squad_row(player)
    audit.record("squad:left", name, by_id=person.id, now=now, event_id=event.id)
    return player


def find_squad(event: Event, name: str) -> Squad | None:
    """Return the event's squad of that name, whatever its capitals."""
    wanted = " ".join(name.split()).casefold()
    squads = db.session.scalars(sa.select(Squad).where(Squad.event_id == event.id))
    return next((squad for squad in squads if squad.name.casefold() == wanted), None)


def _free_to_move(event: Event, person: Person, now: datetime) -> Player:
    player = get_player(event, person)
    refuse_joining(event, now)
    if event.state is EventState.LIVE and player.squad_id is not None:
        change = last_change(event, ("event:went_live",))
        since = f" since {when(change.at, now)}" if change else ""
        message = (
            f"{event.name} is live{since}, and squads stand as they were then. You play for "
            f"{player.squad.name if player.squad else 'yours'} until the end."
        )
        raise SquadError(message)
    return player
