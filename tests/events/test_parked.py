"""Which stories on a board are too grave to wait for the day."""

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.events.models import EventStory
from gamebash.events.queries.preparation import prepared
from gamebash.stories.lifecycle import StoryState
from tests.watch.playing import ACCEPTED, DAY, play

NOW = ACCEPTED


def parked(days, severity, is_noise):
    """Whether readiness names the story when its problem struck so once, so many days ago."""
    story = play().story
    incidents = db.session.scalars(sa.select(Incident).where(Incident.problem_id == story.problem_id)).all()
    for incident in incidents:
        incident.severity = Severity.SEV4
    incidents[0].severity, incidents[0].is_noise, incidents[0].opened_at = severity, is_noise, NOW - days * DAY
    story.state = StoryState.SCHEDULED
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.story_id == story.id)).one()
    db.session.flush()
    check = next(one for one in prepared(entry.event, [entry], now=NOW).readiness.checks if one.name == "parked")
    return check.story_key == story.key


@pytest.mark.parametrize(
    ("days", "severity", "is_noise", "is_parked"),
    [
        (30, Severity.SEV2, False, True),
        (30, Severity.SEV1, False, True),
        (5, Severity.SEV1, False, False),
        (120, Severity.SEV1, False, False),
        (30, Severity.SEV3, False, False),
        (30, Severity.SEV1, True, False),
    ],
)
def test_what_struck_hard_and_waits_longer_than_a_sprint_is_named(context, days, severity, is_noise, is_parked):
    assert parked(days, severity, is_noise) is is_parked
