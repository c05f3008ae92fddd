"""The freeze as a condition, for queries over many events at once."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import UtcDateTime
from gamebash.events.freeze import STANDS_STILL
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event


def public_at(moment: Any, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that what happened at a moment may be seen by everybody; the query has to join ``Event``."""
    ticking = sa.func.coalesce(Event.paused_at, sa.literal(now, UtcDateTime()))
    return sa.or_(
        Event.freezes_at.is_(None),
        Event.state.not_in(STANDS_STILL),
        Event.freezes_at > ticking,
        sa.and_(
            Event.state == EventState.CLOSED,
            sa.or_(Event.reveals_at.is_(None), Event.reveals_at <= sa.literal(now, UtcDateTime())),
        ),
        moment <= Event.freezes_at,
    )
