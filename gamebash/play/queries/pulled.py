"""The stories of an event as pulled, with what of them is in play and what a player has to do with them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Problem, Service
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.people.models import Person
from gamebash.play.models import Claim, Fix, FixState, FreeAlert
from gamebash.play.queries.rows import InPlay
from gamebash.play.queries.sight import has_part
from gamebash.stories.models import Starter, Story

# What a row of the board is made of besides the entry and its story.
SQUASHER = joinedload(EventStory.squashed_by).joinedload(Player.team)
SERVICE = joinedload(Story.service).options(joinedload(Service.team), joinedload(Service.builder_team))
STARTER = joinedload(Story.starter).joinedload(Starter.mentor).lazyload(Person.role_rows)
_AS_SHOWN = (
    SQUASHER,
    joinedload(EventStory.story).options(
        SERVICE, STARTER, joinedload(Story.problem).load_only(Problem.id, Problem.forecast)
    ),
)
_IS_OPEN = Claim.ended_at.is_(None)
_AS_HELD = (joinedload(Claim.player).joinedload(Player.team), joinedload(Claim.on_break))


@dataclass(frozen=True, slots=True)
class Pulled:
    """The stories of an event and what of them is in play; a lapsed claim is among it until it is taken over.

    ``awaited`` are those that the player it was read for is told of when they are free, ``own`` those with a part in.
    """

    entries: list[EventStory]
    stand: InPlay
    awaited: frozenset[int]
    own: frozenset[int]


def pulled(event: Event, player: Player | None = None) -> Pulled:
    """Return the stories of an event as pulled, in one query."""
    latest, viewer = _latest_fixes(event.id), sa.orm.aliased(Player)
    query = (
        sa.select(EventStory, Claim, Fix.state, is_awaited(viewer), has_part(viewer))
        .outerjoin(Claim, sa.and_(Claim.event_id == event.id, Claim.story_id == EventStory.story_id, _IS_OPEN))
        .outerjoin(latest, latest.c.story_id == Claim.story_id)
        .outerjoin(Fix, Fix.id == latest.c.id)
        .outerjoin(viewer, viewer.id == (player.id if player else None))
        .where(EventStory.event_id == event.id)
        .options(*_AS_SHOWN, *_AS_HELD)
        .order_by(EventStory.rank, EventStory.id)
    )
    rows = db.session.execute(query).all()
    return Pulled(
        entries=[entry for entry, *_ in rows],
        stand=_stand([(claim, state) for _, claim, state, *_ in rows if claim is not None]),
        awaited=frozenset(entry.story_id for entry, *_, awaits, _ in rows if awaits),
        own=frozenset(entry.story_id for entry, *_, is_own in rows if is_own),
    )


def in_play_of(entry: EventStory, player: Player | None) -> InPlay:
    """Return what one story and one player have in play in an event, in one query."""
    latest = _latest_fixes(entry.event_id)
    query = (
        sa.select(Claim, Fix.state)
        .outerjoin(latest, latest.c.story_id == Claim.story_id)
        .outerjoin(Fix, Fix.id == latest.c.id)
        .where(Claim.event_id == entry.event_id, _IS_OPEN)
        .where(sa.or_(Claim.story_id == entry.story_id, Claim.player_id == (player.id if player else None)))
        .options(*_AS_HELD, joinedload(Claim.story))
        .order_by(Claim.id)
    )
    return _stand([(claim, state) for claim, state in db.session.execute(query)])


def is_awaited(viewer: type[Player]) -> sa.ColumnElement[bool]:
    """Return the condition that a viewer is told when the story of an entry is free; the query has both."""
    return sa.exists().where(
        FreeAlert.event_id == EventStory.event_id,
        FreeAlert.story_id == EventStory.story_id,
        FreeAlert.person_id == viewer.person_id,
    )


def _latest_fixes(event_id: int) -> sa.Subquery:
    """Select the latest fix of each story of an event that has one."""
    query = sa.select(Fix.story_id, sa.func.max(Fix.id).label("id")).where(Fix.event_id == event_id)
    return query.group_by(Fix.story_id).subquery()


def _stand(claims: list[tuple[Claim, FixState | None]]) -> InPlay:
    return InPlay(
        {claim.story_id: claim for claim, _ in claims},
        {claim.story_id: state for claim, state in claims if state is not None},
    )
