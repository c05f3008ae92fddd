"""Who had a part in a fix that is watched, so that they decide nothing alone about what would show that it failed.

The fixer's side is its author, who helped, and everybody of the author's squad. Who reviewed it decides freely, but does not
confirm for the fixer's side either: their points hang on it too. An accepted fix counts from its acceptance, also while a
freeze holds it back from everybody else.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.backlog.models import Incident, Problem
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.play.models import Assist, Claim, Fix, FixState, Review, Verdict
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import OPEN_STATES, WatchState
from gamebash.watch.models import Watch

# A fix that held may still be turned by what arrives late, and that is when somebody would be tempted.
GUARDED_AFTER = timedelta(days=30)

_Author = aliased(Player)
_HOME: Any = sa.func.coalesce(Problem.merged_into_id, Problem.id)


def problems_of_side(person: Person, now: datetime) -> frozenset[int]:
    """Return the problems, wherever they were merged, of guarded fixes that somebody had a part in."""
    query = _guarded(now).where(_is_on_side(person.id)).with_only_columns(_HOME)
    return frozenset(db.session.scalars(query))


def fixes_of_side(person: Person, problem_ids: Collection[int], now: datetime) -> list[Fix]:
    """Return the guarded fixes of these problems that somebody had a part in."""
    query = _guarded(now).where(_is_on_side(person.id), _HOME.in_(list(problem_ids))).order_by(Fix.id)
    return list(db.session.scalars(query))


def latest_fix_of(problem: Problem, now: datetime) -> Fix | None:
    """Return the guarded fix of a problem that everybody may know of and that is watched longest, if there is one."""
    query = _guarded(now).where(problem.id == _HOME, Watch.id.is_not(None)).order_by(Watch.ends_at.desc())
    return db.session.scalar(query.limit(1))


def problems_in_hand(person: Person) -> frozenset[int]:
    """Return the problems whose stories somebody, or their squad, holds now."""
    query = (
        sa.select(sa.func.coalesce(Story.problem_id, Incident.problem_id))
        .select_from(Claim)
        .join(Claim.player)
        .join(Claim.story)
        .outerjoin(Story.incident)
        .where(Claim.ended_at.is_(None))
        .where(sa.or_(Player.person_id == person.id, Player.squad_id.in_(_squads_of(person.id))))
    )
    return frozenset(one for one in db.session.scalars(query) if one is not None)


def has_part(person: Person, fix_ids: Collection[int]) -> bool:
    """Say whether somebody is on the side of one of these fixes or accepted it, so that their word is not one from outside."""
    reviewed = (
        sa.select(Review.fix_id)
        .join(Review.player)
        .where(Player.person_id == person.id, Review.verdict == Verdict.ACCEPT)
    )
    query = (
        sa.select(Fix.id)
        .join(_Author, _Author.id == Fix.player_id)
        .where(Fix.id.in_(list(fix_ids)), sa.or_(_is_on_side(person.id), Fix.id.in_(reviewed)))
    )
    return db.session.scalar(query.limit(1)) is not None


def share_squad(one_id: int, other_id: int) -> bool:
    """Say whether two people play in one squad of an event that is not over."""
    mate, running = aliased(Player), (EventState.LIVE, EventState.JUDGING)
    query = (
        sa.select(Player.id)
        .join(mate, mate.squad_id == Player.squad_id)
        .join(Event, Event.id == Player.event_id)
        .where(Player.person_id == one_id, mate.person_id == other_id, Event.state.in_(running))
    )
    return db.session.scalar(query.limit(1)) is not None


def _guarded(now: datetime) -> sa.Select[Fix]:
    """Select the fixes about whose problem their side decides nothing alone, with story, watch and problem joined."""
    has_just_held = sa.and_(Watch.state == WatchState.HELD, Watch.ends_at > now - GUARDED_AFTER)
    problem_id = sa.func.coalesce(Watch.problem_id, Story.problem_id, Incident.problem_id)
    return (
        sa.select(Fix)
        .join(_Author, _Author.id == Fix.player_id)
        .join(Story, Story.id == Fix.story_id)
        .outerjoin(Incident, Incident.id == Story.incident_id)
        .outerjoin(Watch, Watch.fix_id == Fix.id)
        .join(Problem, Problem.id == problem_id)
        .where(Fix.state == FixState.ACCEPTED)
        .where(sa.or_(Watch.id.is_(None), Watch.state.in_(OPEN_STATES), has_just_held))
    )


def _is_on_side(person_id: int) -> sa.ColumnElement[bool]:
    helped = sa.select(Assist.fix_id).join(Assist.player).where(Player.person_id == person_id)
    squads = _squads_of(person_id)
    return sa.or_(
        _Author.person_id == person_id,
        Fix.id.in_(helped),
        Fix.squad_id.in_(squads),
        _Author.squad_id.in_(squads),
    )


def _squads_of(person_id: int) -> sa.Select[int]:
    query: sa.Select[Any] = sa.select(Player.squad_id)
    return query.where(Player.person_id == person_id, Player.squad_id.is_not(None))
