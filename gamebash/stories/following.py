"""Stories go with their problem when that is merged, so that one cause has one open story and is paid once."""

import sqlalchemy as sa

from gamebash.backlog.models import Problem
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.stories.lifecycle import OPEN_STATES
from gamebash.stories.models import Story


class TwoStoriesError(DomainError):
    """Both problems have an open story, so that one cause would be paid twice."""


class Stories:
    """The stories about problems."""

    name = "stories"

    def merged(self, problem: Problem, into: Problem) -> list[int]:
        """Let the stories of a problem be about the other one; return which.

        Raises:
            TwoStoriesError: where both have an open story.
        """
        about = sa.select(Story).where(Story.problem_id.in_([problem.id, into.id]), Story.state.in_(OPEN_STATES))
        keys = [story.key for story in db.session.scalars(about.order_by(Story.number))]
        if len(keys) > 1:
            message = (
                f"{problem.key} and {into.key} both have an open story: {' and '.join(keys)}. Drop one of them first."
            )
            raise TwoStoriesError(message)
        moved = list(db.session.scalars(sa.select(Story.id).where(Story.problem_id == problem.id)))
        if keys and moved and into.triaged_at is None:
            into.triaged_at = problem.triaged_at
        db.session.execute(sa.update(Story).where(Story.id.in_(moved)).values(problem_id=into.id))
        return moved

    def unmerged(self, problem: Problem, into: Problem, moved: list[int]) -> None:
        """Let them be about their own problem again."""
        back = sa.update(Story).where(Story.id.in_(moved), Story.problem_id == into.id)
        db.session.execute(back.values(problem_id=problem.id))
