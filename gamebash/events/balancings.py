"""Balancing an event's squads: a plan that says why, applied as it was seen, and taken back."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.lifecycles import WrongStateError
from gamebash.events.balancing import Member, balance, median_strength
from gamebash.events.drafts import PLANNED, lock_event
from gamebash.events.models import Balancing, Event, Player, Squad
from gamebash.events.refusals import StaleEditError
from gamebash.people.models import Person
from gamebash.rotation.kinds import keeps_production_up

NAMES = (
    "Boast", "Volley", "Drop shot", "Lob", "Drive", "Nick", "Back wall", "Service box", "Half court", "Rally", "Tin", "Let",
    "Cross court", "Tight line", "Warm ball", "Front wall", "Short line", "Kill shot", "Length", "Red line",
)  # fmt: skip
MOST_SQUADS = 200
USUAL_SIZE = 5


class NothingToUndoError(DomainError):
    """No balancing stands that could be taken back."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How an organiser wants squads: how many, and whether those that people formed stay together."""

    number: int
    keeps_together: bool = True


@dataclass(frozen=True, slots=True)
class PlannedSquad:
    """A squad as it would be: who, how strong in points per event hour, how many from ops, and why."""

    name: str
    players: tuple[Player, ...]
    strength: float
    ops: int
    why: str
    squad_id: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All squads as they would be; ``version`` changes with anything the plan was made from."""

    squads: tuple[PlannedSquad, ...]
    version: str
    newcomer_strength: float


def plan_squads(event: Event, strengths: Mapping[int, float], wish: Wish) -> Plan:
    """Return balanced squads without changing anything. ``strengths`` are points per event hour by player id.

    Who is not named in it is a newcomer and counts as the median.

    Raises:
        InvalidError: for a number of squads that makes no sense.
    """
    if not 1 <= wish.number <= MOST_SQUADS:
        raise InvalidError(f"Choose from 1 to {MOST_SQUADS} squads.")
    players, squads = _players(event), _squads(event)
    middle = median_strength([strengths[player.id] for player in players if player.id in strengths])
    members = [_member(player, strengths.get(player.id, middle), wish) for player in players]
    divided = balance(members, wish.number)
    totals = [sum(one.strength for one in squad) for squad in divided]
    by_id = {player.id: player for player in players}
    names = _names(divided, by_id, squads)
    planned = tuple(
        PlannedSquad(
            name=name,
            players=tuple(by_id[one.player_id] for one in squad),
            strength=total,
            ops=sum(one.is_ops for one in squad),
            why=_why(squad, total, totals, {one.id: one.name for one in squads}),
            squad_id=squad_id,
        )
        for squad, total, (name, squad_id) in zip(divided, totals, names, strict=True)
    )
    return Plan(planned, _version(members, players, wish), middle)


def balance_squads(  # noqa: PLR0913  (the seen plan is what the organiser agreed to)
    event: Event, strengths: Mapping[int, float], wish: Wish, *, seen: str, by: Person, now: datetime
) -> Balancing:
    """Put everybody into the squads that were shown, as long as nothing changed since; it can be taken back.

    Raises:
        WrongStateError: where the event is live: squads then stand.
        StaleEditError: where somebody joined, left or moved since the plan was shown.
    """
    _lock_planned(event)
    plan = plan_squads(event, strengths, wish)
    if plan.version != seen:
        raise StaleEditError("Somebody joined, left or moved since you saw these squads. Look at them again.")
    balancing = Balancing(event_id=event.id, made_at=now, by_id=by.id, before=_snapshot(event))
    db.session.add(balancing)
    for planned in plan.squads:
        squad = db.session.get(Squad, planned.squad_id) if planned.squad_id else None
        if squad is None:
            squad = Squad(event_id=event.id, name=planned.name, created_at=now)
            db.session.add(squad)
            db.session.flush()
        _fill(squad, planned)
    _drop_empty(event)
    audit.record("event:squads_balanced", event.slug, by_id=by.id, now=now, event_id=event.id, squads=len(plan.squads))
    return balancing


def undo_balancing(event: Event, *, by: Person, now: datetime) -> Balancing:
    """Put everybody back to where they were before the latest balancing; who joined since stays where they are.

    Raises:
        WrongStateError: where the event is live.
        NothingToUndoError: where nothing was balanced, or it was taken back.
    """
    _lock_planned(event)
    balancing = find_balancing(event)
    if balancing is None:
        raise NothingToUndoError(f"No balancing of {event.name} stands that could be taken back.")
    squads = {squad.name: squad for squad in _squads(event)}
    for row in balancing.before["squads"]:
        squad = squads.get(row["name"])
        if squad is None:
            squad = squads[row["name"]] = Squad(event_id=event.id, name=row["name"], created_at=now)
            db.session.add(squad)
        squad.captain_id, squad.why = row["captain_id"], row["why"]
    db.session.flush()
    was = balancing.before["players"]
    for player in _players(event):
        if str(player.id) in was:
            name, player.is_placed = was[str(player.id)]
            player.squad_id = squads[name].id if name else None
    balancing.undone_at = now
    _drop_empty(event)
    audit.record("event:balancing_undone", event.slug, by_id=by.id, now=now, event_id=event.id)
    return balancing


def find_balancing(event: Event) -> Balancing | None:
    """Return the latest balancing of an event that stands."""
    query = sa.select(Balancing).where(Balancing.event_id == event.id, Balancing.undone_at.is_(None))
    return db.session.scalar(query.order_by(Balancing.id.desc()).limit(1))


def _lock_planned(event: Event) -> None:
    lock_event(event)
    if event.state not in PLANNED:
        raise WrongStateError(f"{event.name} is {event.state.value}. Squads stand as they were when it went live.")


def _players(event: Event) -> list[Player]:
    query = (
        sa.select(Player)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .options(joinedload(Player.team), joinedload(Player.person).lazyload(Person.role_rows))
        .order_by(Player.joined_at, Player.id)
    )
    return list(db.session.scalars(query))


def _squads(event: Event) -> list[Squad]:
    return list(db.session.scalars(sa.select(Squad).where(Squad.event_id == event.id).order_by(Squad.name)))


def _member(player: Player, strength: float, wish: Wish) -> Member:
    is_ops = player.team is not None and keeps_production_up(player.team.kind)
    chose = wish.keeps_together and player.squad_id is not None and not player.is_placed
    return Member(player.id, strength, is_ops, str(player.squad_id) if chose else "")


def _names(
    divided: Sequence[Sequence[Member]], by_id: Mapping[int, Player], squads: Sequence[Squad]
) -> list[tuple[str, int | None]]:
    """Return a name for each squad: that of the one most of its people were in, else a new one."""
    kept: dict[int, tuple[str, int]] = {}
    overlaps = [
        (-sum(by_id[one.player_id].squad_id == squad.id for one in members), squad.name, place, squad.id)
        for place, members in enumerate(divided)
        for squad in squads
    ]
    for overlap, name, place, squad_id in sorted(overlaps):
        if overlap and place not in kept and squad_id not in {number for _, number in kept.values()}:
            kept[place] = name, squad_id
    taken = {squad.name for squad in squads}
    fresh = iter([name for name in NAMES if name not in taken] + [f"Squad {number}" for number in range(1, 999)])
    return [kept.get(place) or (next(fresh), None) for place in range(len(divided))]


def _why(squad: Sequence[Member], total: float, totals: Sequence[float], names: Mapping[int, str]) -> str:
    ops = sum(one.is_ops for one in squad)
    words = [
        f"Strength {total:.1f}, where all are from {min(totals):.1f} to {max(totals):.1f}.",
        f"{ops} from ops, {len(squad) - ops} from elsewhere.",
    ]
    together = sorted({names[int(one.group)] for one in squad if one.group})
    sizes = [sum(one.group != "" and names[int(one.group)] == name for one in squad) for name in together]
    words += [f"{name} stays together." for name, size in zip(together, sizes, strict=True) if size > 1]
    return " ".join(words)[:300]


def _version(members: Sequence[Member], players: Sequence[Player], wish: Wish) -> str:
    values = [[one.player_id, round(one.strength, 6), one.is_ops, one.group] for one in members]
    content = [wish.number, wish.keeps_together, values, [player.squad_id for player in players]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _snapshot(event: Event) -> dict[str, Any]:
    squads = _squads(event)
    names = {squad.id: squad.name for squad in squads}
    return {
        "squads": [{"name": one.name, "captain_id": one.captain_id, "why": one.why} for one in squads],
        "players": {
            str(player.id): [names.get(player.squad_id or 0, ""), player.is_placed] for player in _players(event)
        },
    }


def _fill(squad: Squad, planned: PlannedSquad) -> None:
    for player in planned.players:
        if player.squad_id != squad.id:
            player.squad_id, player.is_placed = squad.id, True
    squad.why = planned.why
    if squad.captain_id not in {player.person_id for player in planned.players}:
        squad.captain_id = min(planned.players, key=lambda player: (player.joined_at, player.id)).person_id
    db.session.flush()


def _drop_empty(event: Event) -> None:
    """Let squads go that nobody is left in."""
    db.session.flush()
    filled = sa.select(Player.squad_id).where(Player.event_id == event.id, Player.squad_id.is_not(None))
    empty = sa.delete(Squad).where(Squad.event_id == event.id, Squad.id.not_in(filled))
    db.session.execute(empty, execution_options={"synchronize_session": "fetch"})
