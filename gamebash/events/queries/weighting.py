"""What the stories of an event are worth by its own weights of severities."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from gamebash.backlog.models import Incident
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.events.weighting import factor, is_usual
from gamebash.stories.models import Origin, Story


def value_factors(stories: Collection[Story], weights: Mapping[str, int]) -> dict[int, float]:
    """Return by what each story's value is multiplied in an event with these weights; stories not named keep theirs.

    Nothing is read where the weights are the usual ones. The value of an automation story is hours, which have none.
    """
    if is_usual(weights):
        return {}
    weighed = [story for story in stories if story.origin is not Origin.NOISE]
    by_problem = _counts(Incident.problem_id, {story.problem_id for story in weighed if story.problem_id})
    by_incident = _counts(Incident.id, {story.incident_id for story in weighed if story.incident_id})
    return {
        story.id: factor(
            by_problem.get(story.problem_id or 0) or by_incident.get(story.incident_id or 0) or {}, weights
        )
        for story in weighed
    }


def _counts(column: sa.orm.InstrumentedAttribute[int | None], ids: Collection[int]) -> dict[int, dict[Severity, int]]:
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(column, Incident.severity, sa.func.count())
        .where(column.in_(ids), ~Incident.is_noise)
        .group_by(column, Incident.severity)
    )
    found: dict[int, dict[Severity, int]] = {}
    for key, severity, count in rows:
        found.setdefault(int(key or 0), {})[severity] = count
    return found
