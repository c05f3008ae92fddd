"""Which stories are about trouble that came, or was cut out of other trouble, only after an event was scheduled.

From then on everybody knows the day, so trouble that is made, or counted twice, for the day adds no value to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.kinds import DecisionKind
from gamebash.backlog.models import Decision, Incident
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory
from gamebash.stories.models import Story

NEW = "It was first seen after the event was scheduled, so it pays nothing."
CUT_OUT = "It was split off after the event was scheduled, and what it came from is on the board."


@dataclass(frozen=True, slots=True)
class Lateness:
    """Of a story's incidents the share that opened before the event was scheduled, and why the story pays nothing, if so."""

    share_before: float
    note: str = ""


def lateness_of(event: Event, stories: Sequence[Story]) -> dict[int, Lateness]:
    """Return by the story's id what came too late to count, in at most three queries; stories with nothing late are left out."""
    if event.scheduled_at is None:
        return {}
    by_problem = _shares(Incident.problem_id, {one.problem_id for one in stories if one.problem_id}, event.scheduled_at)
    by_incident = _shares(Incident.id, {one.incident_id for one in stories if one.incident_id}, event.scheduled_at)
    cut_out = _cut_out(event, set(by_problem))
    found = {}
    for story in stories:
        share = by_problem.get(story.problem_id or 0, by_incident.get(story.incident_id or 0, 1.0))
        if story.problem_id in cut_out:
            found[story.id] = Lateness(0.0, CUT_OUT)
        elif share < 1:
            found[story.id] = Lateness(share, "" if share else NEW)
    return found


def _shares(
    column: sa.orm.InstrumentedAttribute[int | None], ids: set[int | None], moment: datetime
) -> dict[int, float]:
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(column, sa.func.count(), sa.func.count().filter(Incident.opened_at <= moment))
        .where(column.in_(ids), ~Incident.is_noise)
        .group_by(column)
    )
    return {int(key or 0): before / count for key, count, before in rows}


def _cut_out(event: Event, problem_ids: set[int]) -> set[int | None]:
    """Return the problems that were split off since, from one whose story is on the board too."""
    if not problem_ids:
        return set()
    on_board = (
        sa.select(Story.problem_id)
        .join(EventStory, EventStory.story_id == Story.id)
        .where(EventStory.event_id == event.id)
    )
    query = sa.select(Decision.other_id).where(
        Decision.kind == DecisionKind.SPLIT,
        Decision.other_id.in_(problem_ids),
        Decision.problem_id.in_(on_board),
        Decision.made_at > event.scheduled_at,
        Decision.undone_at.is_(None),
    )
    return set(db.session.scalars(query))
