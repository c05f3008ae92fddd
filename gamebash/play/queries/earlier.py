"""What was tried before: fixes of stories about the same problem that did not hold, with the notes left there."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.play.models import Fix, FixState
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story, StoryNote

SHOWN = 3


@dataclass(frozen=True, slots=True)
class EarlierFix:
    """One fix after which the problem came back; ``notes`` is how many were left with its story."""

    story_key: str
    author: str
    accepted_at: datetime | None
    change_url: str
    what_was_done: str
    notes: int


def earlier_fixes(story: Story) -> tuple[EarlierFix, ...]:
    """Return the latest fixes of other stories about a story's problem that did not hold, in one query."""
    if story.problem_id is None:
        return ()
    notes = sa.select(sa.func.count()).where(StoryNote.story_id == Story.id).correlate(Story).scalar_subquery()
    query = (
        sa.select(Fix, notes)
        .join(Fix.story)
        .where(Story.problem_id == story.problem_id, Story.state == StoryState.RECURRED, Story.id != story.id)
        .where(Fix.state == FixState.ACCEPTED)
        .options(joinedload(Fix.story), joinedload(Fix.player))
        .order_by(Fix.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        EarlierFix(
            story_key=fix.story.key,
            author=fix.player.person.player_name,
            accepted_at=fix.decided_at,
            change_url=fix.change_url,
            what_was_done=fix.what_was_done,
            notes=count,
        )
        for fix, count in db.session.execute(query)
    )
