"""What the page of a shared goal shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.goals import goal_of
from gamebash.events.models import Event, EventStory
from gamebash.events.shared_goal import GoalMeasure, Progress
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class GoalPage:
    """An event's goal as it is set, and what would be the most: everything on the board squashed."""

    slug: str
    name: str
    goal: Progress | None
    stories: int
    value: float

    @property
    def values(self) -> Mapping[str, object]:
        """What the form begins with."""
        if self.goal is None:
            return {"measure": GoalMeasure.VALUE.value}
        target = self.goal.target
        whole = int(target) if target == int(target) else target
        return {"measure": self.goal.measure.value, "target": whole, "reward": self.goal.reward}


def goal_page(event: Event, *, now: datetime) -> GoalPage:
    """Return an event's goal. Two queries."""
    entries = list(db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)))
    worth = sa.func.coalesce(EventStory.value, Story.value)
    value = db.session.scalar(
        sa.select(sa.func.sum(worth))
        .join(Story, Story.id == EventStory.story_id)
        .where(EventStory.event_id == event.id)
    )
    return GoalPage(event.slug, event.name, goal_of(event, entries, now=now), len(entries), float(value or 0.0))
