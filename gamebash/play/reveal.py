"""What waits for the results: while the board stands still, a squash is known to those who had a part in it, and to nobody else.

The fix, its points and its place on the board are written at once. The story, the problem behind it and the sources of its
incidents are told when the results are out, so that no list of stories or problems says what the board does not.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.play.models import Fix, FixState
from gamebash.play.telling import tell_sources
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.transitions import move_story

_HAS_HELD_BACK = (
    sa.exists()
    .where(Fix.event_id == Event.id, Fix.state == FixState.ACCEPTED)
    .where(Story.id == Fix.story_id, Story.state == StoryState.IN_REVIEW)
)


def reveal_fix(fix: Fix, *, now: datetime) -> None:
    """Let an accepted fix be known: its story is accepted, and the sources are told where that is switched on."""
    move_story(fix.story, "accept", now=now)
    tell_sources(fix, now=now)


def sweep_reveals(*, now: datetime) -> bool:
    """Let the story of each event be known whose results are out by the clock; says whether there were any."""
    query = (
        sa.select(Event)
        .where(
            Event.state == EventState.CLOSED,
            sa.or_(Event.reveals_at.is_(None), Event.reveals_at <= now),
            _HAS_HELD_BACK,
        )
        .with_for_update(skip_locked=True)
    )
    return bool([reveal_event(event, now=now) for event in db.session.scalars(query)])


def reveal_event(event: Event, *, now: datetime) -> int:
    """Let everything be known that an event's freeze held back; return how many fixes. A second time it does nothing."""
    query = (
        sa.select(Fix)
        .join(Fix.story)
        .where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED, Story.state == StoryState.IN_REVIEW)
        .options(joinedload(Fix.story), joinedload(Fix.player))
        .order_by(Fix.id)
    )
    fixes = list(db.session.scalars(query))
    for fix in fixes:
        reveal_fix(fix, now=now)
    return len(fixes)
