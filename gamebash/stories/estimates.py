"""The second estimate of a story, by somebody other than who made the first: the smaller of the two is paid."""

from datetime import datetime

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.people.models import Person
from gamebash.stories.grades import Grade
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.transitions import lock_story

ESTIMABLE = (StoryState.PROPOSED, StoryState.READY, StoryState.SCHEDULED)


class EstimateRefusedError(DomainError):
    """The second estimate does not count; the message says why."""


def estimate_again(story: Story, grade: Grade, *, by: Person, now: datetime) -> Story:
    """Keep what somebody else thinks a story takes; their second thoughts replace their first.

    Raises:
        EstimateRefusedError: where it is by whoever made the first estimate, somebody else made the second, or play has begun.
    """
    story = lock_story(story)
    if story.state not in ESTIMABLE:
        message = f"{story.key} is {story.state.value.replace('_', ' ')}; what it pays stands since it went live."
        raise EstimateRefusedError(message)
    if by.id in {story.estimated_by_id, story.created_by_id}:
        message = f"The first estimate of {story.key} is yours. The second comes from somebody else."
        raise EstimateRefusedError(message)
    if story.second_by is not None and story.second_by_id != by.id:
        message = (
            f"{story.second_by.player_name} made the second estimate of {story.key}. Talk to them where you differ."
        )
        raise EstimateRefusedError(message)
    story.second_grade, story.second_by, story.second_at = grade, by, now
    db.session.flush()
    audit.record("story:estimated_again", story.key, by_id=by.id, now=now, grade=grade.value)
    return story
