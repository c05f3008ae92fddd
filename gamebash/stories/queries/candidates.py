"""What the pull may choose from."""

from collections.abc import Collection

import sqlalchemy as sa

from gamebash.backlog.models import Problem, Service
from gamebash.core.db import db
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.pull import Candidate


def pull_candidates(service_slugs: Collection[str] = ()) -> tuple[Candidate, ...]:
    """Return every ready story as the pull looks at it, all services or only some. One query."""
    query = (
        sa.select(Story.number, Service.name, Story.value, Story.effort_hours, Problem.forecast)
        .join(Service, Service.id == Story.service_id)
        .outerjoin(Problem, Problem.id == Story.problem_id)
        .where(Story.state == StoryState.READY)
        .order_by(Story.number)
    )
    if service_slugs:
        query = query.where(Service.slug.in_(service_slugs))
    return tuple(
        Candidate(f"GB-{number}", service, value, hours, forecast or 0.0)
        for number, service, value, hours, forecast in db.session.execute(query)
    )
