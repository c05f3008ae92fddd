"""What somebody's watches did lately, for My day: what they fixed, helped with or raised, and how it went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.models import Player
from gamebash.people.models import Person
from gamebash.play.models import Assist, Fix
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch

SHOWN_FOR = timedelta(days=7)
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class WatchNews:
    """One line of My day. ``has_fixed``: by the viewer, else they raised it. ``points``: the held bonus they got.

    ``is_private``: it came back, and nobody else knows yet.
    """

    story_key: str
    title: str
    state: WatchState
    days: int
    has_fixed: bool
    is_private: bool
    points: int
    again_key: str
    at: datetime


def watch_news(person: Person, *, now: datetime) -> tuple[WatchNews, ...]:
    """Return what a person's watches did in the last week, newest first, in two queries."""
    mine = sa.select(Player.id).where(Player.person_id == person.id)
    helped = sa.select(Assist.fix_id).where(Assist.player_id.in_(mine))
    has_fixed = sa.or_(Fix.player_id.in_(mine), Fix.id.in_(helped))
    told = sa.and_(Watch.state == WatchState.CAME_BACK, Fix.player_id.in_(mine))
    decided = sa.and_(Watch.decided_at >= now - SHOWN_FOR, Watch.state != WatchState.CAME_BACK)
    query = (
        sa.select(Watch, has_fixed, _bonus(mine))
        .join(Watch.fix)
        .join(Fix.story)
        .where(sa.or_(told, sa.and_(decided, sa.or_(has_fixed, Story.created_by_id == person.id))))
        .options(joinedload(Watch.fix).joinedload(Fix.story), joinedload(Watch.new_story))
        .order_by(sa.func.coalesce(Watch.decided_at, Watch.told_at).desc(), Watch.id)
        .limit(MOST_SHOWN)
    )
    return tuple(_news(*row) for row in db.session.execute(query))


def _bonus(mine: Any) -> Any:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(PointEntry.points), 0))
        .where(
            PointEntry.fix_id == Watch.fix_id,
            PointEntry.player_id.in_(mine),
            PointEntry.kind == EntryKind.HELD_BONUS,
        )
        .correlate(Watch)
        .scalar_subquery()
    )


def _news(watch: Watch, has_fixed: bool, points: int) -> WatchNews:  # noqa: FBT001  (a row of the query)
    return WatchNews(
        story_key=watch.fix.story.key,
        title=watch.fix.story.title,
        state=watch.state,
        days=watch.days,
        has_fixed=bool(has_fixed),
        is_private=watch.state is WatchState.CAME_BACK,
        points=int(points),
        again_key=watch.new_story.key if watch.new_story else "",
        at=watch.decided_at or watch.told_at or watch.ends_at,
    )
