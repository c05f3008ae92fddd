"""The one way a story changes its state."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.lifecycles import next_state
from gamebash.stories.lifecycle import TRANSITIONS
from gamebash.stories.models import Story


def lock_story(story: Story) -> Story:
    """Hold the story's row until the transaction ends, and read it as it is now."""
    query = sa.select(Story).where(Story.id == story.id).with_for_update(of=Story)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def move_story(story: Story, verb: str, *, now: datetime) -> Story:
    """Move a story on by a verb of its lifecycle.

    Raises:
        WrongStateError: where the verb does not fit the present state, which the message names.
    """
    story.state = next_state(TRANSITIONS, story.state, verb, story.key)
    story.updated_at = now
    return story
