"""Who plays in an event: squads, those who play alone, and the viewer's own part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from gamebash.core.db import db
from gamebash.events.away import is_away_from
from gamebash.events.balancing import Shape, neediest
from gamebash.events.balancings import find_balancing
from gamebash.events.drafts import PLANNED
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, Player, Spectator, Squad, SquadInvitation, Waiting
from gamebash.events.queries.summary import why_not_join
from gamebash.events.spectators import WATCHABLE
from gamebash.people.models import Person
from gamebash.rotation.kinds import keeps_production_up
from gamebash.rotation.membership import TeamBadge, badge


@dataclass(frozen=True, slots=True)
class PlayerRow:
    """One player, as the game shows them: under their alias where they have one."""

    name: str
    handle: str
    initials: str
    team: TeamBadge | None
    hours_free: float
    is_captain: bool
    is_me: bool
    # Told to organisers and to the player alone.
    is_away: bool


@dataclass(frozen=True, slots=True)
class SquadRow:
    """A squad and who plays in it; without a name: those who play alone."""

    name: str
    players: tuple[PlayerRow, ...]
    is_mine: bool
    why: str = ""
    is_captain: bool = False

    @property
    def others(self) -> list[tuple[str, str]]:
        """Everybody but its captain, as a choice."""
        return [(player.handle, player.name) for player in self.players if not player.is_captain]


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody on the waiting list."""

    name: str
    since_at: datetime
    is_me: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """A player whom an organiser took off, which can be taken back before the day."""

    name: str
    handle: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Organising:
    """What an organiser may do about players; nothing for anybody else."""

    can_remove: bool
    can_place: bool
    can_undo_balancing: bool
    removed: tuple[Removed, ...]


NOT_ORGANISING = Organising(can_remove=False, can_place=False, can_undo_balancing=False, removed=())


@dataclass(frozen=True, slots=True)
class Offer:
    """The squad that needs the viewer most, and why."""

    squad: str
    why: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A squad that asks the viewer to join it."""

    squad: str
    by: str


@dataclass(frozen=True, slots=True)
class PlayersPage:
    """Who plays, and what the viewer may do about it. ``away`` counts, for organisers, who is away on the day."""

    slug: str
    name: str
    state: EventState
    starts_at: datetime
    squads: tuple[SquadRow, ...]
    alone: SquadRow
    players: int
    hours: float
    is_player: bool
    is_away: bool
    away: int
    hours_free: float
    squad: str
    can_join: bool
    why_not_join: str
    is_opted_in: bool
    can_move: bool
    is_organiser: bool
    limit: int | None
    places_left: int | None
    waiting: tuple[Turn, ...]
    spectators: int
    is_spectator: bool
    can_follow: bool
    offer: Offer | None
    invitations: tuple[Invitation, ...]
    invitable: tuple[tuple[str, str], ...]
    organising: Organising
    now: datetime

    @property
    def can_invite(self) -> bool:
        """Whether the day is announced, so that it can go into calendars."""
        return self.state in {EventState.SCHEDULED, EventState.LIVE}

    @property
    def squad_choices(self) -> list[tuple[str, str]]:
        """What an organiser chooses from for a player."""
        return [("", "Plays alone"), *((squad.name, squad.name) for squad in self.squads)]

    @property
    def my_turn(self) -> int:
        """Which place on the waiting list is the viewer's; 0 where they do not wait."""
        return next((number for number, turn in enumerate(self.waiting, 1) if turn.is_me), 0)

    @property
    def is_full(self) -> bool:
        """Whether somebody who wants to play has to wait."""
        return self.places_left == 0


def players_page(event: Event, person: Person, *, is_organiser: bool, now: datetime) -> PlayersPage:
    """Return who plays in an event. The number of queries does not grow with the players."""
    found = _players(event)
    players = list(found)
    away = {player.id for player, gone in found.items() if gone and (is_organiser or player.person_id == person.id)}
    squads = db.session.scalars(sa.select(Squad).where(Squad.event_id == event.id).order_by(Squad.name)).all()
    me = next((player for player in players if player.person_id == person.id), None)
    by_squad: dict[int | None, list[Player]] = {}
    for player in players:
        by_squad.setdefault(player.squad_id, []).append(player)
    why_not = why_not_join(event, person, now)
    is_joinable = not why_not or (me is not None and person.is_playing is False)
    mine = next((squad for squad in squads if me and squad.id == me.squad_id), None)
    waiting = _waiting(event, person)
    spectators, is_spectator = _spectators(event, person)
    can_move = me is not None and is_joinable and not (event.state is EventState.LIVE and mine is not None)
    return PlayersPage(
        slug=event.slug,
        name=event.name,
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        starts_at=event.starts_at,
        squads=tuple(_squad(squad, by_squad.get(squad.id, []), me, away) for squad in squads),
        alone=_squad(None, by_squad.get(None, []), me, away),
        players=len(players),
        hours=sum(player.hours_free for player in players),
        is_player=me is not None,
        is_away=me is not None and me.id in away,
        away=len(away) if is_organiser else 0,
        hours_free=me.hours_free if me else 6.0,
        squad=mine.name if mine else "",
        can_join=me is None and not why_not,
        why_not_join=why_not,
        is_opted_in=person.is_playing,
        can_move=can_move,
        is_organiser=is_organiser,
        limit=event.player_limit,
        places_left=None if event.player_limit is None else max(0, event.player_limit - len(players)),
        waiting=waiting,
        spectators=spectators,
        is_spectator=is_spectator,
        can_follow=me is None and not is_spectator and event.state in WATCHABLE,
        offer=_offer(me, squads, by_squad) if can_move and me and mine is None else None,
        invitations=_invitations(event, person) if is_joinable else (),
        invitable=_invitable(event, mine) if mine and mine.captain_id == person.id and is_joinable else (),
        organising=_organising(event) if is_organiser else NOT_ORGANISING,
        now=now,
    )


def _players(event: Event) -> dict[Player, bool]:
    """Return who plays, in the order of joining, and whether they are away on the day. One query."""
    query = (
        sa.select(Player, is_away_from(event))
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .options(joinedload(Player.team), joinedload(Player.person).lazyload(Person.role_rows))
        .order_by(Player.joined_at, Player.id)
    )
    return {player: bool(is_away) for player, is_away in db.session.execute(query)}


def _waiting(event: Event, person: Person) -> tuple[Turn, ...]:
    query = (
        sa.select(Waiting)
        .where(Waiting.event_id == event.id)
        .options(joinedload(Waiting.person).lazyload(Person.role_rows))
        .order_by(Waiting.id)
    )
    return tuple(
        Turn(one.person.player_name, one.since_at, one.person_id == person.id) for one in db.session.scalars(query)
    )


def _spectators(event: Event, person: Person) -> tuple[int, bool]:
    """Return how many follow the event, and whether this person does."""
    mine = sa.func.count().filter(Spectator.person_id == person.id)
    count, own = db.session.execute(sa.select(sa.func.count(), mine).where(Spectator.event_id == event.id)).one()
    return count, bool(own)


def _invitations(event: Event, person: Person) -> tuple[Invitation, ...]:
    query = (
        sa.select(Squad.name, Person)
        .join(SquadInvitation, SquadInvitation.squad_id == Squad.id)
        .join(Person, Person.id == SquadInvitation.by_id)
        .where(Squad.event_id == event.id, SquadInvitation.person_id == person.id)
        .options(lazyload(Person.role_rows))
        .order_by(SquadInvitation.id)
    )
    return tuple(Invitation(name, by.player_name) for name, by in db.session.execute(query))


def _invitable(event: Event, squad: Squad) -> tuple[tuple[str, str], ...]:
    """Return whom a captain may ask, as (handle, name): who is in the game, and not in the squad or asked already."""
    inside = sa.select(Player.person_id).where(Player.squad_id == squad.id, Player.left_at.is_(None))
    asked = sa.select(SquadInvitation.person_id).where(SquadInvitation.squad_id == squad.id)
    removed = sa.select(Player.person_id).where(Player.event_id == event.id, Player.removed_reason != "")
    query = (
        sa.select(Person.handle, sa.func.coalesce(Person.alias, Person.name))
        .where(Person.is_active, Person.is_playing)
        .where(Person.id.not_in(inside), Person.id.not_in(asked), Person.id.not_in(removed))
        .order_by(sa.func.coalesce(Person.alias, Person.name))
    )
    return tuple((handle, name) for handle, name in db.session.execute(query))


def _organising(event: Event) -> Organising:
    is_planned = event.state in PLANNED
    return Organising(
        can_remove=is_planned,
        can_place=is_planned or event.state is EventState.LIVE,
        can_undo_balancing=is_planned and find_balancing(event) is not None,
        removed=_removed(event),
    )


def _removed(event: Event) -> tuple[Removed, ...]:
    query = (
        sa.select(Player)
        .where(Player.event_id == event.id, Player.removed_reason != "", Player.left_at.is_not(None))
        .options(joinedload(Player.person).lazyload(Person.role_rows))
        .order_by(Player.left_at)
    )
    return tuple(
        Removed(one.person.player_name, one.person.handle, one.removed_reason, one.left_at)
        for one in db.session.scalars(query)
        if one.left_at
    )


def _offer(me: Player, squads: Sequence[Squad], by_squad: dict[int | None, list[Player]]) -> Offer | None:
    """Return the squad that needs the viewer most, with its figures."""
    is_ops = plays_for_ops(me)
    shapes = []
    for squad in squads:
        members = by_squad.get(squad.id, [])
        shapes.append(Shape(squad.name, len(members), sum(plays_for_ops(player) for player in members)))
    found = neediest(shapes, is_ops=is_ops)
    if found is None:
        return None
    side, of_side = ("ops", found.ops) if is_ops else ("scrum", found.size - found.ops)
    count = f"{found.size} player{'' if found.size == 1 else 's'}"
    return Offer(found.name, f"{count}, {of_side or 'nobody'} from {side}")


def plays_for_ops(player: Player) -> bool:
    """Say whether a player comes from the side that keeps production up."""
    return player.team is not None and keeps_production_up(player.team.kind)


def _squad(squad: Squad | None, players: list[Player], me: Player | None, away: Collection[int]) -> SquadRow:
    captain_id = squad.captain_id if squad else None
    rows = tuple(
        PlayerRow(
            name=player.person.player_name,
            handle=player.person.handle,
            initials=initials_of(player.person),
            team=badge(player.team) if player.team else None,
            hours_free=player.hours_free,
            is_captain=player.person_id == captain_id,
            is_me=player is me,
            is_away=player.id in away,
        )
        for player in players
    )
    return SquadRow(
        squad.name if squad else "",
        rows,
        is_mine=any(row.is_me for row in rows),
        why=squad.why if squad else "",
        is_captain=any(row.is_me and row.is_captain for row in rows),
    )


def initials_of(person: Person) -> str:
    """Return the letters of the name that is shown, so that an alias stays one."""
    words = person.player_name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
