"""What the stories of an event are worth by its own weights of severities."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

import sqlalchemy as sa

from gamebash.backlog.models import Incident
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.events.weighting import factor, is_usual
from gamebash.stories.models import Origin, Story

# Incidents of each severity by (problem, none) or (none, incident).
Counts: TypeAlias = dict[tuple[int | None, int | None], dict[Severity, int]]


def value_factors(stories: Collection[Story], weights: Mapping[str, int]) -> dict[int, float]:
    """Return by what each story's value is multiplied in an event with these weights; stories not named keep theirs.

    Nothing is read where the weights are the usual ones, else one query. The value of an automation story is hours, which have none.
    """
    if is_usual(weights):
        return {}
    weighed = [story for story in stories if story.origin is not Origin.NOISE]
    found = _counts(
        {story.problem_id for story in weighed if story.problem_id},
        {story.incident_id for story in weighed if story.incident_id},
    )
    return {
        story.id: factor(found.get((story.problem_id, None)) or found.get((None, story.incident_id)) or {}, weights)
        for story in weighed
    }


def _counts(problems: Collection[int], incidents: Collection[int]) -> Counts:
    """Return how many incidents of each severity are behind problems, and which single incidents are of, in one query."""
    if not problems and not incidents:
        return {}
    is_named = Incident.id.in_(incidents)
    of_problem = sa.case((Incident.problem_id.in_(problems), Incident.problem_id))
    by_name = sa.case((is_named, Incident.id))
    rows = db.session.execute(
        sa.select(of_problem, by_name, Incident.severity, sa.func.count())
        .where(sa.or_(Incident.problem_id.in_(problems), is_named), ~Incident.is_noise)
        .group_by(of_problem, by_name, Incident.severity)
    )
    found: Counts = {}
    for problem_id, incident_id, severity, count in rows:
        # One that a story names may be among those of a problem too.
        for key in ((problem_id, None), (None, incident_id)):
            if key != (None, None):
                by_severity = found.setdefault(key, {})
                by_severity[severity] = by_severity.get(severity, 0) + count
    return found
