"""Squads: founding one, joining and leaving it before the event is live, and what its captain does."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError, NotAllowedError
from gamebash.core.filters import when
from gamebash.events.changes import last_change
from gamebash.events.drafts import lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player, Squad, SquadInvitation
from gamebash.events.players import find_player, get_player, join_event, leave_squad_row, refuse_joining
from gamebash.events.refusals import SquadError
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person

LONGEST_NAME = 60


def create_squad(event: Event, name: str, *, captain: Person, now: datetime) -> Squad:
    """Found a squad; the founder is its captain and its first member.

    Raises:
        InvalidError: where the name cannot be used.
        SquadError: where another squad of the event has the name, or the founder is in one and the event is live.
        NotAPlayerError: where the founder does not take part.
    """
    name = _usable(name)
    lock_event(event)
    player = _free_to_move(event, captain, now)
    if taken := find_squad(event, name):
        message = f"There is a squad called {taken.name} already. Join it, or choose another name."
        raise SquadError(message)
    leave_squad_row(player)
    squad = Squad(event_id=event.id, name=name, captain_id=captain.id, created_at=now)
    db.session.add(squad)
    db.session.flush()
    player.squad_id, player.is_placed = squad.id, False
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
    player.squad_id, player.is_placed = squad.id, False
    squad.captain_id = squad.captain_id or person.id
    _forget_invitation(squad, person)
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


def rename_squad(event: Event, name: str, *, by: Person, now: datetime) -> Squad:
    """Give one's squad another name, as its captain, until the event is closed.

    Raises:
        InvalidError: where the name cannot be used.
        SquadError: where another squad has the name, or the event is over.
        NotAllowedError: where the person is no captain.
    """
    name = _usable(name)
    squad = _own_squad(event, by)
    taken = find_squad(event, name)
    if taken is not None and taken.id != squad.id:
        message = f"There is a squad called {taken.name} already. Choose another name."
        raise SquadError(message)
    before, squad.name = squad.name, name
    audit.record("squad:renamed", name, by_id=by.id, now=now, event_id=event.id, before=before)
    return squad


def hand_over_squad(event: Event, to: Person, *, by: Person, now: datetime) -> Squad:
    """Make another member the captain.

    Raises:
        NotAllowedError: where the person is no captain.
        SquadError: where the other one is not in the squad, or the event is over.
    """
    squad = _own_squad(event, by)
    if get_player(event, to).squad_id != squad.id:
        message = f"{to.player_name} does not play for {squad.name}. A captain is one of the squad."
        raise SquadError(message)
    squad.captain_id = to.id
    audit.record("squad:handed_over", squad.name, by_id=by.id, now=now, event_id=event.id, to=to.handle)
    text = f"{by.player_name} made you captain of {squad.name} in {event.name}."
    tell(to.id, NoticeKind.EVENT, text, key=f"captain:{squad.id}:{now.isoformat()}", now=now, url=_page(event))
    return squad


def invite_to_squad(event: Event, person: Person, *, by: Person, now: datetime) -> SquadInvitation:
    """Ask somebody into one's squad, as its captain; they are told, and accept or decline. Once is enough.

    Raises:
        NotAllowedError: where the person is no captain.
        SquadError: where the invited one cannot change squads any more, or is in it already.
    """
    squad = _own_squad(event, by)
    refuse_joining(event, now)
    player = find_player(event, person)
    if player is not None and player.squad_id == squad.id:
        message = f"{person.player_name} plays for {squad.name} already."
        raise SquadError(message)
    if player is not None and player.squad_id is not None and event.state is EventState.LIVE:
        message = f"{event.name} is live, and {person.player_name} plays for another squad until the end."
        raise SquadError(message)
    query = sa.select(SquadInvitation).where(
        SquadInvitation.squad_id == squad.id, SquadInvitation.person_id == person.id
    )
    invitation = db.session.scalar(query)
    if invitation is not None:
        return invitation
    invitation = SquadInvitation(squad_id=squad.id, person_id=person.id, by_id=by.id, at=now)
    db.session.add(invitation)
    db.session.flush()
    audit.record("squad:invited", squad.name, by_id=by.id, now=now, event_id=event.id, person=person.handle)
    text = f"{by.player_name} asks you to play for {squad.name} in {event.name}."
    tell(person.id, NoticeKind.EVENT, text, key=f"invited:{squad.id}:{now.isoformat()}", now=now, url=_page(event))
    return invitation


def accept_invitation(event: Event, name: str, *, person: Person, now: datetime) -> Squad:
    """Play for the squad that asked; who does not take part yet joins the event with it.

    Raises:
        SquadError: where no such invitation is open, or the person cannot change squads any more.
        DomainError: as for joining the event.
    """
    _invitation(event, name, person)
    join_event(event, person, now=now)
    return join_squad(event, name, person=person, now=now)


def decline_invitation(event: Event, name: str, *, person: Person, now: datetime) -> None:
    """Say no; the captain who asked is told.

    Raises:
        SquadError: where no such invitation is open.
    """
    invitation = _invitation(event, name, person)
    db.session.delete(invitation)
    audit.record("squad:declined", name, by_id=person.id, now=now, event_id=event.id)
    text = f"{person.player_name} does not join {name} in {event.name}."
    tell(
        invitation.by_id, NoticeKind.EVENT, text, key=f"declined:{person.id}:{now.isoformat()}", now=now, url=_page(event)
    )  # fmt: skip


def find_squad(event: Event, name: str) -> Squad | None:
    """Return the event's squad of that name, whatever its capitals."""
    wanted = " ".join(name.split()).casefold()
    squads = db.session.scalars(sa.select(Squad).where(Squad.event_id == event.id))
    return next((squad for squad in squads if squad.name.casefold() == wanted), None)


def _usable(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        message = f"A squad needs a name of at most {LONGEST_NAME} letters."
        raise InvalidError(message)
    return name


def _own_squad(event: Event, captain: Person) -> Squad:
    """Return the squad that the person is captain of, with the event locked."""
    lock_event(event)
    if event.state in {EventState.CLOSED, EventState.CANCELLED}:
        message = f"{event.name} is {event.state.value}, so its squads stand as they are."
        raise SquadError(message)
    squad = get_player(event, captain).squad
    if squad is None or squad.captain_id != captain.id:
        message = "Only the captain of a squad may do this."
        raise NotAllowedError(message)
    return squad


def _invitation(event: Event, name: str, person: Person) -> SquadInvitation:
    lock_event(event)
    squad = find_squad(event, name)
    query = sa.select(SquadInvitation).where(
        SquadInvitation.squad_id == (squad.id if squad else 0), SquadInvitation.person_id == person.id
    )
    invitation = db.session.scalar(query)
    if invitation is None:
        message = f"No invitation to {name} is open for you. It was answered or its squad is gone."
        raise SquadError(message)
    return invitation


def _forget_invitation(squad: Squad, person: Person) -> None:
    db.session.execute(
        sa.delete(SquadInvitation).where(SquadInvitation.squad_id == squad.id, SquadInvitation.person_id == person.id)
    )


def _page(event: Event) -> str:
    return f"/events/{event.slug}/players"


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
