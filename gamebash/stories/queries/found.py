"""One story, by its key or by what it is about."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from gamebash.core.db import db
from gamebash.stories.grounds import Evidence
from gamebash.stories.lifecycle import OPEN_STATES
from gamebash.stories.models import Story
from gamebash.stories.refusals import NoSuchStoryError

_KEY = re.compile(r"(?:gb-)?(\d{1,9})", re.IGNORECASE)


def number_in(key: str) -> int | None:
    """Return the number in a story's key (GB-412, also gb-412 or 412); None where it is no key."""
    found = _KEY.fullmatch(key.strip())
    return int(found[1]) if found else None


def get_story(key: str) -> Story:
    """Return the story of a key, with its service and team.

    Raises:
        NoSuchStoryError: where there is none.
    """
    number = number_in(key) if key.startswith("GB-") else None
    query = sa.select(Story).where(Story.number == number).options(joinedload(Story.service), joinedload(Story.team))
    story: Story | None = db.session.scalar(query) if number is not None else None
    if story is None:
        raise no_such_story(key)
    return story


def no_such_story(key: str) -> NoSuchStoryError:
    """Return the refusal of a key that names no story."""
    return NoSuchStoryError(f"There is no story {key}. Look for it among all stories.")


def find_open_story(evidence: Evidence) -> Story | None:
    """Return the story that is open already for what a new one would be about, if any."""
    problem, incident = evidence.problem, evidence.incident
    problem_id = problem.id if problem else incident.problem_id if incident else None
    return _find_open(Story.problem_id, problem_id) or _find_open(Story.incident_id, incident.id if incident else None)


def _find_open(column: InstrumentedAttribute[int | None], wanted: int | None) -> Story | None:
    if wanted is None:
        return None
    story: Story | None = db.session.scalar(
        sa.select(Story).where(column == wanted, Story.state.in_(OPEN_STATES)).limit(1)
    )
    return story
