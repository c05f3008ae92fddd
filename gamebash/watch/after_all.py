"""A fix that was said to have come back, wrongly: once its days are over its held bonus is paid after all.

The verdict ended the watch early, so that nothing was earned by then; giving back what it took is only half of the way. The
verdict itself stands as it was seen, and so does the podium: the bonus counts in the season, as every held bonus.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db, release, unit_of_work
from gamebash.play.models import Fix
from gamebash.points.ledger import lock_ledger
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from gamebash.watch.recurrences import came_otherwise, home_of, is_delivered
from gamebash.watch.settling import pay_held_after_all
from gamebash.watch.telling import tell_held_after_all


def clear_watches(fix_ids: Collection[int]) -> None:
    """Let fixes whose points were given back be looked at once more when their days are over."""
    db.session.execute(
        sa.update(Watch)
        .where(Watch.fix_id.in_(fix_ids), Watch.state == WatchState.RECURRED)
        .values(bonus_due_at=Watch.ends_at)
        .execution_options(synchronize_session="fetch")
    )


def pay_cleared(*, now: datetime) -> bool:
    """Pay every held bonus that is due after all; says whether any watch was looked at to its end. A chore of the worker."""
    ids = db.session.scalars(sa.select(Watch.id).where(Watch.bonus_due_at <= now).order_by(Watch.id)).all()
    release()
    looked_at = 0
    for watch_id in ids:
        with unit_of_work():
            looked_at += pay_after_all(watch_id, now=now)
    return bool(looked_at)


def pay_after_all(watch_id: int, *, now: datetime) -> bool:
    """Pay the bonus of a watch whose days are over, unless it came back otherwise; False while its sources are not heard."""
    query = (
        sa.select(Watch)
        .where(Watch.id == watch_id, Watch.bonus_due_at <= now)
        .with_for_update(of=Watch, skip_locked=True)
        .options(joinedload(Watch.event), joinedload(Watch.fix).joinedload(Fix.story), joinedload(Watch.problem))
    )
    watch = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if watch is None:
        return False
    home = home_of(watch)
    if home is not None and not is_delivered(home, watch.ends_at):
        return False
    watch.bonus_due_at = None
    lock_ledger(watch.event_id)
    bonus = {} if came_otherwise(watch) or _has_bonus(watch) else pay_held_after_all(watch, now=now)
    tell_held_after_all(watch, bonus, now=now)
    db.session.flush()
    audit.record(
        "watch:held_after_all",
        watch.fix.story.key,
        by_id=None,
        now=now,
        event_id=watch.event_id,
        points=sum(bonus.values()),
    )
    return True


def _has_bonus(watch: Watch) -> bool:
    """Say whether a held bonus was written for the fix: where a watch took it, it came back with what was given back."""
    query = sa.select(PointEntry.id).where(
        PointEntry.fix_id == watch.fix_id, PointEntry.kind == EntryKind.HELD_BONUS, PointEntry.points > 0
    )
    return db.session.scalar(query.limit(1)) is not None
