"""Taking part in an event: joining, leaving, and the hours one brings."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.core.filters import when
from gamebash.events.drafts import lock_event
from gamebash.events.first_call import close_windows
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, Player, Squad
from gamebash.events.places import move_up, places_left, take_place
from gamebash.events.refusals import (
    EventFullError,
    JoiningOverError,
    NotAPlayerError,
    NotOptedInError,
    PlayerRemovedError,
)
from gamebash.people.models import Person

FEWEST_HOURS = 0.5
MOST_HOURS = 16.0
USUAL_HOURS = 6.0
JOINABLE = (EventState.SCHEDULED, EventState.LIVE)


def join_event(event: Event, person: Person, *, now: datetime, hours: float = USUAL_HOURS) -> Player:
    """Take part in an event, alone at first; late is welcome until the end. Who left may come back.

    The team is the one that the rotation log names for the event's day. The lock on the event decides who gets the
    last place.

    Raises:
        NotOptedInError: where the person has not opted in to the game.
        PlayerRemovedError: where an organiser took them off.
        JoiningOverError: where the event is a draft, over or cancelled.
        EventFullError: where every place is taken; one can wait for one.
        InvalidError: where the hours make no sense.
    """
    check_hours(hours)
    lock_event(event)
    refuse_joining(event, now)
    refuse_person(event, person)
    player = find_player(event, person)
    if player is not None and player.left_at is None:
        return player
    if places_left(event) == 0:
        raise EventFullError(f"All {event.player_limit} places of {event.name} are taken. You can wait for one.")
    return take_place(event, person, hours=hours, now=now)


def leave_event(event: Event, person: Person, *, now: datetime) -> Player:
    """Take no further part. Points stay, whoever waits longest for a place moves up, and builders' windows end with the last.

    Raises:
        NotAPlayerError: where the person takes no part.
        JoiningOverError: where the event is closed or cancelled: who took part in it stands.
    """
    lock_event(event)
    player = get_player(event, person)
    _refuse_over(event)
    player.left_at = now
    if event.state not in {EventState.LIVE, EventState.JUDGING}:
        leave_squad_row(player)
    db.session.flush()
    close_windows(event, player.team_id, now=now)
    audit.record("player:left", person.handle, by_id=person.id, now=now, event_id=event.id)
    move_up(event, now=now)
    return player


def change_hours(event: Event, person: Person, *, hours: float, now: datetime) -> Player:
    """Say how many hours one brings; the capacity of the day counts with them.

    Raises:
        NotAPlayerError: where the person takes no part.
        InvalidError: where the hours make no sense.
        JoiningOverError: where the event is closed or cancelled.
    """
    check_hours(hours)
    lock_event(event)
    player = get_player(event, person)
    _refuse_over(event)
    player.hours_free = hours
    audit.record("player:hours_changed", person.handle, by_id=person.id, now=now, event_id=event.id, hours=hours)
    return player


def find_player(event: Event, person: Person) -> Player | None:
    """Return the person's part in the event, whether or not they left; None where they never joined."""
    return db.session.scalar(sa.select(Player).where(Player.event_id == event.id, Player.person_id == person.id))


def get_player(event: Event, person: Person) -> Player:
    """Return the part of somebody who takes part now.

    Raises:
        NotAPlayerError: where they do not, or not any more.
    """
    player = find_player(event, person)
    if player is None or player.left_at is not None:
        left = f"You left {event.name} at {when(player.left_at)}." if player else f"You do not play in {event.name}."
        message = f"{left} Join it first, on its page of players."
        raise NotAPlayerError(message)
    return player


def refuse_joining(event: Event, now: datetime) -> None:
    """Refuse to let somebody in where the event is not open for it.

    Raises:
        JoiningOverError: naming the state of the event.
    """
    state = state_at(event.state, event.ends_at, event.paused_at, now)
    if state in JOINABLE and (now < event.ends_at or event.paused_at is not None):
        return
    reason = {
        EventState.DRAFT: "is still being drafted. You can join once it is scheduled.",
        EventState.SCHEDULED: f"was to end at {when(event.ends_at)} and never went live.",
        EventState.CANCELLED: "was cancelled.",
    }.get(state, f"ended at {when(event.ends_at)}.")
    message = f"{event.name} {reason}"
    raise JoiningOverError(message)


def _refuse_over(event: Event) -> None:
    """Refuse to change who took part in an event, and with how many hours, once it is over: its result names them."""
    if event.state in {EventState.CLOSED, EventState.CANCELLED}:
        message = f"{event.name} is {event.state.value}, so who took part in it stands as it is."
        raise JoiningOverError(message)


def leave_squad_row(player: Player) -> None:
    """Take a player out of their squad; its captaincy passes on, and an empty squad goes."""
    squad = player.squad
    player.squad_id = None
    db.session.flush()
    if squad is None:
        return
    remaining = db.session.scalars(
        sa.select(Player.person_id)
        .where(Player.squad_id == squad.id, Player.left_at.is_(None))
        .order_by(Player.joined_at, Player.id)
    ).all()
    _pass_on(squad, player, remaining)
    db.session.expire(player, ["squad"])


def _pass_on(squad: Squad, player: Player, remaining: Sequence[int]) -> None:
    if not remaining and not db.session.scalar(sa.select(sa.exists().where(Player.squad_id == squad.id))):
        db.session.delete(squad)
    elif squad.captain_id == player.person_id:
        squad.captain_id = remaining[0] if remaining else None
    db.session.flush()


def refuse_person(event: Event, person: Person) -> None:
    """Refuse somebody who may not play in the event.

    Raises:
        NotOptedInError: where they have not opted in to the game.
        PlayerRemovedError: where an organiser took them off.
    """
    if not person.is_playing:
        message = "You have not opted in to the game. You can do so on your account page, under a name of your choice."
        raise NotOptedInError(message)
    player = find_player(event, person)
    if player is not None and player.removed_reason:
        raise PlayerRemovedError(
            f"An organiser took you off {event.name} at {when(player.left_at)}: {player.removed_reason} "
            "Ask them, if you think you should play."
        )


def check_hours(hours: float) -> None:
    """Refuse hours that make no sense.

    Raises:
        InvalidError: naming the bounds.
    """
    if not FEWEST_HOURS <= hours <= MOST_HOURS:
        message = f"The hours you bring have to be from {FEWEST_HOURS:g} to {MOST_HOURS:g}."
        raise InvalidError(message)
