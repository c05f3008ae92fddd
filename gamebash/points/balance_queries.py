"""The page on which an organiser balances squads: what they would be, and why."""

from dataclasses import dataclass

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.away import is_away_from
from gamebash.events.balancings import USUAL_SIZE, PlannedSquad, Wish, find_balancing, plan_squads
from gamebash.events.drafts import PLANNED
from gamebash.events.models import Balancing, Event, Player
from gamebash.events.queries.players import initials_of
from gamebash.points.strength import Strength, strengths_of
from gamebash.rotation.membership import TeamBadge, badge


@dataclass(frozen=True, slots=True)
class BalancedPlayer:
    """A player in a planned squad. ``per_hour`` is empty for newcomers."""

    name: str
    initials: str
    team: TeamBadge | None
    per_hour: float | None
    comes_from: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class BalancedSquad:
    """A planned squad."""

    name: str
    players: tuple[BalancedPlayer, ...]
    strength: float
    ops: int
    why: str


@dataclass(frozen=True, slots=True)
class BalancePage:
    """The squads as they would be."""

    slug: str
    name: str
    wish: Wish
    squads: tuple[BalancedSquad, ...]
    players: int
    version: str
    newcomer_strength: float
    newcomers: int
    standing: Balancing | None
    is_planned: bool


def usual_number(players: int) -> int:
    """Return how many squads of about five that makes; at least one."""
    return max(1, round(players / USUAL_SIZE))


def balance_page(event: Event, wish: Wish) -> BalancePage:
    """Return what balancing would do; a number of nothing takes the usual size."""
    strengths = strengths_of(event)
    if not wish.number:
        wish = Wish(usual_number(_count(event)), wish.keeps_together)
    plan = plan_squads(event, {key: value.per_hour for key, value in strengths.items()}, wish)
    away = frozenset(db.session.scalars(sa.select(Player.id).where(Player.event_id == event.id, is_away_from(event))))
    squads = tuple(_squad(one, strengths, away) for one in plan.squads)
    players = sum(len(squad.players) for squad in squads)
    newcomers = sum(player.per_hour is None for squad in squads for player in squad.players)
    return BalancePage(
        slug=event.slug,
        name=event.name,
        wish=wish,
        squads=squads,
        players=players,
        version=plan.version,
        newcomer_strength=plan.newcomer_strength,
        newcomers=newcomers,
        standing=find_balancing(event),
        is_planned=event.state in PLANNED,
    )


def _count(event: Event) -> int:
    query = sa.select(sa.func.count()).where(Player.event_id == event.id, Player.left_at.is_(None))
    return db.session.scalar(query) or 0


def _squad(planned: PlannedSquad, strengths: dict[int, Strength], away: frozenset[int]) -> BalancedSquad:
    players = tuple(
        BalancedPlayer(
            name=player.person.player_name,
            initials=initials_of(player.person),
            team=badge(player.team) if player.team else None,
            per_hour=strengths[player.id].per_hour if player.id in strengths else None,
            comes_from=player.squad.name if player.squad and player.squad.name != planned.name else "",
            is_away=player.id in away,
        )
        for player in planned.players
    )
    return BalancedSquad(planned.name, players, planned.strength, planned.ops, planned.why)
