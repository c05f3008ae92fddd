"""Taking somebody out of an event's ranks without deleting anything: their entries stay, and it can be taken back."""

from datetime import datetime

from gamebash.core import audit
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import when
from gamebash.core.rows import lock_row
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Player
from gamebash.people.models import Person

OPEN = (EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)


class DisqualificationRefusedError(DomainError):
    """The player cannot be disqualified or taken back in now; the message says how it stands."""


def disqualify_player(player: Player, *, reason: str, by: Person, now: datetime) -> Player:
    """Take a player out of the ranks, and out of claiming, for a reason that everybody can read.

    Raises:
        InvalidError: without a reason.
        DisqualificationRefusedError: where it was done already, or the results stand.
    """
    if not reason.strip():
        raise InvalidError("Say why: the reason stands on the page of their score, for everybody to read.")
    player = _locked(player)
    if player.disqualified_at is not None:
        raise DisqualificationRefusedError(
            f"{player.person.player_name} was disqualified at {when(player.disqualified_at, now)} already."
        )
    player.disqualified_at, player.disqualified_because = now, reason.strip()[:300]
    _record("player:disqualified", player, by, now, reason)
    return player


def reinstate_player(player: Player, *, reason: str, by: Person, now: datetime) -> Player:
    """Take a disqualified player back into the ranks, with every point they have.

    Raises:
        InvalidError: without a reason.
        DisqualificationRefusedError: where they are in the ranks, or the results stand.
    """
    if not reason.strip():
        raise InvalidError("Say why they are back; it stands in the record.")
    player = _locked(player)
    if player.disqualified_at is None:
        raise DisqualificationRefusedError(f"{player.person.player_name} is in the ranks.")
    player.disqualified_at, player.disqualified_because = None, ""
    _record("player:reinstated", player, by, now, reason)
    return player


def _locked(player: Player) -> Player:
    player = lock_row(Player, player.id)
    event = player.event
    if event.state not in OPEN:
        raise DisqualificationRefusedError(
            f"{event.name} is {event.state.value}: its results stand as announced. Points can still be rescored."
        )
    return player


def _record(tag: str, player: Player, by: Person, now: datetime, reason: str) -> None:
    handle = player.person.handle
    audit.record(tag, handle, by_id=by.id, now=now, event_id=player.event_id, reason=reason.strip())
