"""What a worker does about watches: begins those of accepted fixes, and does what is due, each fix in a transaction of its own."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog

from gamebash.core.db import db, release, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.play.models import Change, Fix, FixState
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.watch.deploys import follow_host
from gamebash.watch.lifecycle import OPEN_STATES, WatchState
from gamebash.watch.models import Watch
from gamebash.watch.recurrences import is_recurrence
from gamebash.watch.verdict import LATEST_ARRIVAL, TOLD_FIRST, Step
from gamebash.watch.watches import begin_watch, step_watch

log = structlog.get_logger()


def begin_watches(*, now: datetime) -> bool:
    """Begin the watch of every accepted fix that has none; says whether there were any. A chore of the worker."""
    query = sa.select(Fix.id).join(Fix.story)
    query = query.where(Story.state == StoryState.ACCEPTED, Fix.state == FixState.ACCEPTED)
    ids = db.session.scalars(query.order_by(Fix.id)).all()
    release()
    began = 0
    for fix_id in ids:
        with unit_of_work():
            began += begin_watch(db.session.get_one(Fix, fix_id), now=now) is not None
    return bool(began)


def follow_hosts(*, now: datetime) -> bool:
    """Watch fixes from when their Git hosts say they went out; says whether any did. A chore of the worker."""
    query = (
        sa.select(Watch.id)
        .join(Watch.fix)
        .join(Change, Change.fix_id == Fix.id)
        .where(Watch.state.in_(OPEN_STATES), Watch.decided_at.is_(None), Fix.deployed_at.is_(None))
        .where(Change.deployed_at.is_not(None))
    )
    ids = db.session.scalars(query.order_by(Watch.id)).all()
    release()
    followed = 0
    for watch_id in ids:
        with unit_of_work():
            held = sa.select(Watch).where(Watch.id == watch_id).with_for_update(of=Watch, skip_locked=True)
            watch = db.session.scalar(held)
            followed += watch is not None and follow_host(watch, now=now)
    return bool(followed)


def settle_watches(*, now: datetime) -> bool:
    """Do what is due about every watch; says whether anything was. A chore of the worker, to be killed at any moment."""
    had_work = False
    for watch_id in _due(now):
        try:
            with unit_of_work():
                had_work = step_watch(watch_id, now=now) is not Step.WAIT or had_work
        except DomainError as error:
            # Somebody changed what it is about in the same moment; it is looked at again in the next round.
            log.warning("watch left for the next round", watch=watch_id, reason=str(error))
    return had_work


def _due(now: datetime) -> Sequence[int]:
    """Return the watches that may need something: few, whatever the number of incidents or of watches that are over."""
    came = sa.exists().where(is_recurrence())
    watching = sa.select(Watch.id).where(Watch.state == WatchState.WATCHING, sa.or_(Watch.ends_at <= now, came))
    told = sa.select(Watch.id).where(
        Watch.state == WatchState.CAME_BACK, sa.or_(Watch.told_at <= now - TOLD_FIRST, ~came)
    )
    late = sa.select(Watch.id).where(Watch.state == WatchState.HELD, Watch.ends_at > now - LATEST_ARRIVAL, came)
    ids = db.session.scalars(sa.union(watching, told, late)).all()
    release()
    return sorted(ids)
