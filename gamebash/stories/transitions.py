"""The one way a story changes its state."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.models import Problem, ProblemState
from gamebash.core.db import db
from gamebash.core.lifecycles import next_state
from gamebash.core.rows import lock_row
from gamebash.stories.lifecycle import TRANSITIONS, StoryState
from gamebash.stories.models import Story

# What a step of its story means for the problem behind it.
_OF_PROBLEM = {
    "claim": ProblemState.BEING_FIXED,
    "let_go": ProblemState.OPEN,
    "lapse": ProblemState.OPEN,
    "accept": ProblemState.WATCHED,
}


def lock_story(story: Story) -> Story:
    """Hold the story's row until the transaction ends, and read it as it is now."""
    return lock_row(Story, story.id)


def move_story(story: Story, verb: str, *, now: datetime) -> Story:
    """Move a story on by a verb of its lifecycle.

    Raises:
        WrongStateError: where the verb does not fit the present state, which the message names.
    """
    story.state = next_state(TRANSITIONS, story.state, verb, story.key)
    story.updated_at = now
    if story.problem_id is not None and verb in _OF_PROBLEM:
        state = _OF_PROBLEM[verb]
        db.session.execute(sa.update(Problem).where(Problem.id == story.problem_id).values(state=state))
    return story


def hold_story(story: Story, *, now: datetime) -> None:
    """Mark a story as claimed by whoever just won its claim: from scheduled, or from a claim whose lease ran out.

    The claim's unique index has decided the race already, so the row is written without reading it again.
    """
    holdable = [state for state, verbs in TRANSITIONS.items() if "claim" in verbs or "lapse" in verbs]
    query = (
        sa.update(Story)
        .where(Story.id == story.id, Story.state.in_(holdable))
        .values(state=StoryState.CLAIMED, updated_at=now)
    )
    held = db.session.execute(query.execution_options(synchronize_session=False))
    if held.rowcount != 1:  # type: ignore[attr-defined]
        # Neither on a board nor claimed: the lifecycle says which state it is in and what can be done.
        next_state(TRANSITIONS, lock_story(story).state, "claim", story.key)
    db.session.expire(story, ["state", "updated_at"])
    if story.problem_id is not None:
        db.session.execute(sa.update(Problem).where(Problem.id == story.problem_id).values(state=_OF_PROBLEM["claim"]))
