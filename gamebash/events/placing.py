"""What organisers do about players: take one off with a reason, take that back, put one into a squad."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.core.filters import when
from gamebash.core.lifecycles import WrongStateError
from gamebash.events.changes import last_change
from gamebash.events.drafts import PLANNED, lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.events.places import move_up, places_left, take_place
from gamebash.events.players import find_player, leave_squad_row
from gamebash.events.refusals import EventFullError, NotAPlayerError, SquadError
from gamebash.events.squads import find_squad
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person


def remove_player(event: Event, person: Person, *, reason: str, by: Person, now: datetime) -> Player:
    """Take a player off an event that is not live yet; they read why, and who waits moves up.

    Raises:
        InvalidError: without a reason.
        WrongStateError: where the event is live: points are made, and a player then leaves by themselves.
        NotAPlayerError: where the person does not take part.
    """
    if not reason.strip():
        raise InvalidError("Say why; the player reads it.")
    player = _planned(event, person)
    squad = player.squad.name if player.squad else ""
    leave_squad_row(player)
    player.left_at, player.removed_reason = now, reason.strip()
    db.session.flush()
    audit.record(
        "player:removed", person.handle, by_id=by.id, now=now, event_id=event.id, reason=reason.strip(), squad=squad
    )
    text = f"{by.name} took you off {event.name}: {reason.strip()}"
    key = f"removed:{event.id}:{now.isoformat()}"
    tell(person.id, NoticeKind.EVENT, text, key=key, now=now, url=f"/events/{event.slug}/players")
    move_up(event, now=now)
    return player


def restore_player(event: Event, person: Person, *, by: Person, now: datetime) -> Player:
    """Take a removal back: the player is in again, in the squad they were in where there still is one.

    Raises:
        WrongStateError: where the event is live or over.
        NotAPlayerError: where nobody took them off.
        EventFullError: where somebody else has the place by now.
    """
    lock_event(event)
    _refuse_live(event, now)
    player = find_player(event, person)
    if player is None or not player.removed_reason:
        raise NotAPlayerError(f"Nobody took {person.player_name} off {event.name}.")
    if places_left(event) == 0:
        raise EventFullError(
            f"The place went to somebody who waited: all {event.player_limit} are taken. Raise the limit first."
        )
    squad = find_squad(event, _squad_before(event, person))
    player = take_place(event, person, hours=player.hours_free, now=now)
    player.squad_id = squad.id if squad else None
    audit.record("player:restored", person.handle, by_id=by.id, now=now, event_id=event.id)
    text = f"{by.name} put you back on {event.name}."
    key = f"restored:{event.id}:{now.isoformat()}"
    tell(person.id, NoticeKind.EVENT, text, key=key, now=now, url=f"/events/{event.slug}/players")
    return player


def place_player(event: Event, person: Person, squad_name: str, *, by: Person, now: datetime) -> Player:
    """Put a player into a squad, or out of it with an empty name: before live anybody, then only who is in none.

    Raises:
        SquadError: where there is no such squad, or the event is live and the player is in one.
        NotAPlayerError: where the person does not take part.
    """
    lock_event(event)
    player = _taking_part(event, person)
    if event.state not in PLANNED and (event.state is not EventState.LIVE or player.squad_id is not None):
        plays = f" and {person.player_name} plays for {player.squad.name}" if player.squad else ""
        raise SquadError(f"{event.name} is {event.state.value}{plays}. Squads stand as they were when it went live.")
    squad = find_squad(event, squad_name) if squad_name.strip() else None
    if squad is None and squad_name.strip():
        raise SquadError(f"There is no squad called {squad_name} in {event.name}.")
    if player.squad_id == (squad.id if squad else None):
        return player
    leave_squad_row(player)
    if squad is not None:
        player.squad_id, player.is_placed, squad.captain_id = squad.id, False, squad.captain_id or person.id
    db.session.flush()
    name = squad.name if squad else ""
    audit.record("player:placed", person.handle, by_id=by.id, now=now, event_id=event.id, squad=name)
    text = f"{by.name} put you into {name}, your squad in {event.name}." if name else f"You play alone in {event.name}."
    key = f"placed:{event.id}:{now.isoformat()}"
    tell(person.id, NoticeKind.EVENT, text, key=key, now=now, url=f"/events/{event.slug}/players")
    return player


def _planned(event: Event, person: Person) -> Player:
    lock_event(event)
    _refuse_live(event, now=None)
    return _taking_part(event, person)


def _taking_part(event: Event, person: Person) -> Player:
    player = find_player(event, person)
    if player is None or player.left_at is not None:
        raise NotAPlayerError(f"{person.player_name} does not play in {event.name}.")
    return player


def _refuse_live(event: Event, now: datetime | None) -> None:
    if event.state in PLANNED:
        return
    change = last_change(event, ("event:went_live",))
    since = f" since {when(change.at, now)}" if change else ""
    raise WrongStateError(f"{event.name} is {event.state.value}{since}, so players stay; who wants to go leaves.")


def _squad_before(event: Event, person: Person) -> str:
    """Return the squad that the latest removal took the person out of."""
    query = (
        sa.select(audit.AuditEntry.detail)
        .where(
            audit.AuditEntry.tag == "player:removed",
            audit.AuditEntry.subject_kind == "player",
            audit.AuditEntry.subject_key == person.handle,
            audit.AuditEntry.event_id == event.id,
        )
        .order_by(audit.AuditEntry.id.desc())
        .limit(1)
    )
    detail = db.session.scalar(query)
    return str((detail or {}).get("squad", ""))
