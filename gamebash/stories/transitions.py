"""The one way a story changes its state."""

from datetime import datetime

from gamebash.core.lifecycles import next_state
from gamebash.stories.lifecycle import TRANSITIONS
from gamebash.stories.models import Story


def move_story(story: Story, verb: str, *, now: datetime) -> Story:
    """Move a story on by a verb of its lifecycle.

    Raises:
        WrongStateError: where the verb does not fit the present state, which the message names.
    """
    story.state = next_state(TRANSITIONS, story.state, verb, story.key)
    story.updated_at = now
    return story
