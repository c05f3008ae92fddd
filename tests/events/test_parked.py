"""Which stories on a board are too grave to wait for the day."""

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.events.models import EventStory
from gamebash.events.queries.preparation import prepared
from gamebash.events.refusals import InvalidRulesError
from gamebash.events.rule_book import rule_book
from gamebash.events.rule_bounds import check_rules
from gamebash.events.rules import Rules
from gamebash.stories.lifecycle import StoryState
from tests.watch.playing import ACCEPTED, DAY, play

NOW = ACCEPTED


def parked(days, severity, is_noise, may_wait=14):
    """Whether readiness names the story when its problem struck so once, so many days ago, and may wait that long."""
    story = play().story
    incidents = db.session.scalars(sa.select(Incident).where(Incident.problem_id == story.problem_id)).all()
    for incident in incidents:
        incident.severity = Severity.SEV4
    incidents[0].severity, incidents[0].is_noise, incidents[0].opened_at = severity, is_noise, NOW - days * DAY
    story.state = StoryState.SCHEDULED
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.story_id == story.id)).one()
    entry.event.rules = {**entry.event.rules, "parked_days": may_wait}
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


@pytest.mark.parametrize(("may_wait", "is_parked"), [(29, True), (31, False), (0, False)])
def test_how_long_it_may_wait_is_a_rule_of_the_event(context, may_wait, is_parked):
    assert parked(30, Severity.SEV1, is_noise=False, may_wait=may_wait) is is_parked


@pytest.mark.parametrize(("days", "words"), [(1, "1 day at most"), (14, "14 days at most"), (0, "as long as it likes")])
def test_the_rules_page_says_how_long(days, words):
    lines = [line for chapter in rule_book(Rules(parked_days=days)) for line in chapter.lines]
    assert next(line for line in lines if line.name == "Grave trouble waits").figure == words


def test_it_may_wait_a_quarter_at_most():
    with pytest.raises(InvalidRulesError, match="from 0 to 90; 91 is outside"):
        check_rules(Rules(parked_days=91))
