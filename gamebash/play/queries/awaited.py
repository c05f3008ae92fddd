"""Which held stories people want to hear of when they are free."""

from collections import defaultdict

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.play.models import FreeAlert


def awaited_in(event_id: int) -> dict[int, frozenset[int]]:
    """Return the stories of an event that people wait for, by the person's id, in one query."""
    found: dict[int, set[int]] = defaultdict(set)
    query = sa.select(FreeAlert.person_id, FreeAlert.story_id).where(FreeAlert.event_id == event_id)
    for person_id, story_id in db.session.execute(query):
        found[person_id].add(story_id)
    return {person_id: frozenset(stories) for person_id, stories in found.items()}
