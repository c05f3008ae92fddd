"""Who plays in an event: squads, those who play alone, and the viewer's own part."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, Player, Squad
from gamebash.events.queries.summary import why_not_join
from gamebash.people.models import Person
from gamebash.rotation.membership import TeamBadge, badge


@dataclass(frozen=True, slots=True)
class PlayerRow:
    """One player, as the game shows them: under their alias where they have one."""

    name: str
    initials: str
    team: TeamBadge | None
    hours_free: float
    is_captain: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class SquadRow:
    """A squad and who plays in it; without a name: those who play alone."""

    name: str
    players: tuple[PlayerRow, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class PlayersPage:
    """Who plays, and what the viewer may do about it."""

    slug: str
    name: str
    state: EventState
    starts_at: datetime
    squads: tuple[SquadRow, ...]
    alone: SquadRow
    players: int
    hours: float
    is_player: bool
    hours_free: float
    squad: str
    can_join: bool
    why_not_join: str
    is_opted_in: bool
    can_move: bool
    is_organiser: bool
    now: datetime


def players_page(event: Event, person: Person, *, is_organiser: bool, now: datetime) -> PlayersPage:
    """Return who plays in an event. Two queries, however many play."""
    players = db.session.scalars(
        sa.select(Player)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .options(joinedload(Player.team), joinedload(Player.person).lazyload(Person.role_rows))
        .order_by(Player.joined_at, Player.id)
    ).all()
    squads = db.session.scalars(sa.select(Squad).where(Squad.event_id == event.id).order_by(Squad.name)).all()
    me = next((player for player in players if player.person_id == person.id), None)
    by_squad: dict[int | None, list[Player]] = {}
    for player in players:
        by_squad.setdefault(player.squad_id, []).append(player)
    why_not = why_not_join(event, person, now)
    is_joinable = not why_not or (me is not None and person.is_playing is False)
    mine = next((squad for squad in squads if me and squad.id == me.squad_id), None)
    return PlayersPage(
        slug=event.slug,
        name=event.name,
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        starts_at=event.starts_at,
        squads=tuple(_squad(squad, by_squad.get(squad.id, []), me) for squad in squads),
        alone=_squad(None, by_squad.get(None, []), me),
        players=len(players),
        hours=sum(player.hours_free for player in players),
        is_player=me is not None,
        hours_free=me.hours_free if me else 6.0,
        squad=mine.name if mine else "",
        can_join=me is None and not why_not,
        why_not_join=why_not,
        is_opted_in=person.is_playing,
        can_move=me is not None and is_joinable and not (event.state is EventState.LIVE and mine is not None),
        is_organiser=is_organiser,
        now=now,
    )


def _squad(squad: Squad | None, players: list[Player], me: Player | None) -> SquadRow:
    captain_id = squad.captain_id if squad else None
    rows = tuple(
        PlayerRow(
            name=player.person.player_name,
            initials=_initials(player.person),
            team=badge(player.team) if player.team else None,
            hours_free=player.hours_free,
            is_captain=player.person_id == captain_id,
            is_me=player is me,
        )
        for player in players
    )
    return SquadRow(squad.name if squad else "", rows, is_mine=any(row.is_me for row in rows))


def _initials(person: Person) -> str:
    """Return the letters of the name that is shown, so that an alias stays one."""
    words = person.player_name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
