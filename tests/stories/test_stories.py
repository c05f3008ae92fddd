"""Proposing, writing, readying and dropping stories, and what refuses it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.forecast import Calibration, bursts_of_weeks, forecast
from gamebash.backlog.models import Problem
from gamebash.backlog.severity import Severity
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db, unit_of_work
from gamebash.core.lifecycles import WrongStateError
from gamebash.stories.grades import Grade
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin, Story
from gamebash.stories.queries import get_story
from gamebash.stories.refusals import (
    AlreadyOnItError,
    ContentFixedError,
    NoSuchStoryError,
    NotYetReadyError,
    StaleStoryError,
    UnusableTextError,
)
from gamebash.stories.stories import Evidence, drop_story, edit_story, make_ready, propose_story, write_note
from gamebash.stories.transitions import move_story


@pytest.fixture
def mara(things):
    return things.person()


@pytest.fixture
def service(things):
    return things.service()


def test_a_story_from_a_problem_is_worth_forecast_times_weight(things, service, mara, now):
    problem = things.problem(service)
    story = propose_story(things.content(service), Evidence(problem), by=mara, now=now)
    assert (story.key, story.state, story.origin) == ("GB-1", StoryState.PROPOSED, Origin.PROBLEM)
    assert story.value == 40
    assert story.value_parts["forecast"] == 10
    assert story.value_parts["each"] == 4


def test_a_story_from_one_incident_counts_its_severity_once(things, service, mara, now):
    incident = things.incident(service, severity=Severity.SEV1)
    story = propose_story(things.content(service), Evidence(incident=incident), by=mara, now=now)
    assert (story.origin, story.value) == (Origin.INCIDENT, 16)


def test_a_story_by_hand_has_no_value_and_says_so(things, service, mara, now):
    story = propose_story(things.content(service), by=mara, now=now)
    assert (story.origin, story.value) == (Origin.HAND, 0)
    assert story.value_parts["sentence"] == "By hand: no incidents behind it yet"


def test_an_automation_story_is_worth_the_hours_of_noise_it_saves(things, service, mara, now):
    problem = things.problem(service, weeks=(), noise=(4, 4, 4, 4))
    for _ in range(3):
        things.incident(service, problem=problem, minutes=30, is_noise=True)
    things.incident(service, problem=problem, minutes=9999, is_noise=True)
    story = propose_story(things.content(service), Evidence(problem, is_noise=True), by=mara, now=now)
    assert story.origin is Origin.NOISE
    expected = forecast(bursts_of_weeks([4, 4, 4, 4]), Calibration()).expected
    assert expected > 1
    assert story.value == pytest.approx(expected * 0.5)


def test_the_grade_follows_from_the_effort_unless_somebody_chose_one(things, service, mara, now):
    assert propose_story(things.content(service, effort_hours=8), by=mara, now=now).grade is Grade.DOUBLE_YELLOW
    chosen = things.content(service, effort_hours=8, grade=Grade.RED)
    assert propose_story(chosen, by=mara, now=now).grade is Grade.RED


def test_a_second_story_for_an_open_problem_is_refused_and_names_the_first(things, service, mara, now):
    problem = things.problem(service)
    incident = things.incident(service, problem=problem)
    propose_story(things.content(service), Evidence(problem), by=mara, now=now)
    for evidence in (Evidence(problem), Evidence(problem, is_noise=True), Evidence(incident=incident)):
        with pytest.raises(AlreadyOnItError, match="GB-1 is about that problem already and is proposed") as caught:
            propose_story(things.content(service), evidence, by=mara, now=now)
        assert caught.value.key == "GB-1"


def test_once_dropped_its_problem_is_free_for_another_story(things, service, mara, now):
    problem = things.problem(service)
    first = propose_story(things.content(service), Evidence(problem), by=mara, now=now)
    drop_story(first, "too big", by=mara, now=now)
    assert propose_story(things.content(service), Evidence(problem), by=mara, now=now).state is StoryState.PROPOSED


def test_the_database_itself_refuses_a_second_open_story(things, service, mara, now):
    problem = things.problem(service)
    first = propose_story(things.content(service), Evidence(problem), by=mara, now=now)
    values = {column.name: getattr(first, column.name) for column in Story.__table__.columns}
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.insert(Story).values({**values, "id": 99, "number": 99}))


def test_of_many_who_propose_at_once_one_does(app, things, service, now, work):
    with work():
        problem_id = things.problem(service).id

    def propose(_):
        with app.app_context(), unit_of_work():
            problem = db.session.get(Problem, problem_id)
            content = things.content(problem.service)
            try:
                propose_story(content, Evidence(problem), by=None, now=now)
            except AlreadyOnItError:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(propose, range(8))) == 1
    assert db.session.scalar(sa.select(sa.func.count(Story.id))) == 1


def test_a_story_without_criteria_is_not_ready_and_the_message_says_what_is_missing(things, service, mara, now):
    story = propose_story(things.content(service, acceptance_criteria=" ", effort_hours=99), by=mara, now=now)
    with pytest.raises(NotYetReadyError, match=r"GB-1 is not ready yet. Missing: acceptance criteria .* effort"):
        make_ready(story, by=mara, now=now)


def test_making_ready_twice_names_the_state(things, service, mara, now):
    story = make_ready(propose_story(things.content(service), by=mara, now=now), by=mara, now=now)
    assert story.state is StoryState.READY
    with pytest.raises(WrongStateError, match="GB-1 is ready"):
        make_ready(story, by=mara, now=now)


def test_dropping_wants_a_reason_and_keeps_it(things, service, mara, now):
    story = propose_story(things.content(service), by=mara, now=now)
    with pytest.raises(UnusableTextError, match="Say why"):
        drop_story(story, "  ", by=mara, now=now)
    db.session.refresh(story)
    drop_story(story, "the service goes away", by=mara, now=now)
    assert (story.state, story.dropped_reason) == (StoryState.DROPPED, "the service goes away")


def test_a_story_on_a_board_cannot_be_dropped(things, service, mara, now):
    story = make_ready(propose_story(things.content(service), by=mara, now=now), by=mara, now=now)
    move_story(story, "schedule", now=now)
    db.session.flush()
    with pytest.raises(WrongStateError, match="GB-1 is scheduled, so you cannot drop it"):
        drop_story(story, "no", by=mara, now=now)


def test_an_edit_of_a_copy_that_is_out_of_date_loses_nothing_of_the_other(things, service, mara, now):
    story = propose_story(things.content(service), by=mara, now=now)
    later = now + timedelta(minutes=5)
    edit_story(story, things.content(service, title="First"), seen_at=now, by=mara, now=later)
    with pytest.raises(StaleStoryError, match="GB-1 was changed at"):
        edit_story(story, things.content(service, title="Second"), seen_at=now, by=mara, now=later)
    assert story.title == "First"


def test_a_claimed_story_keeps_its_text(things, service, mara, now):
    story = make_ready(propose_story(things.content(service), by=mara, now=now), by=mara, now=now)
    for verb in ("schedule", "claim"):
        move_story(story, verb, now=now)
    db.session.flush()
    with pytest.raises(ContentFixedError, match="GB-1 is claimed"):
        edit_story(story, things.content(service), seen_at=None, by=mara, now=now)


def test_a_ready_story_cannot_lose_its_criteria(things, service, mara, now):
    story = make_ready(propose_story(things.content(service), by=mara, now=now), by=mara, now=now)
    with pytest.raises(NotYetReadyError, match="would not be ready any more"):
        edit_story(story, things.content(service, acceptance_criteria=""), seen_at=None, by=mara, now=now)


def test_every_change_is_in_the_record(things, service, mara, now):
    story = make_ready(propose_story(things.content(service), by=mara, now=now), by=mara, now=now)
    write_note(story, "restart helps for an hour", by=mara, now=now)
    drop_story(story, "gone", by=mara, now=now)
    db.session.flush()
    tags = db.session.scalars(sa.select(AuditEntry.tag).order_by(AuditEntry.id)).all()
    assert tags == ["story:proposed", "story:made_ready", "story:noted", "story:dropped"]


@pytest.mark.parametrize("key", ["GB-99", "GB-", "gb-1", "GB-1x", "GB-²", "../x"])
def test_a_key_of_no_story_is_not_found(context, key):
    with pytest.raises(NoSuchStoryError, match="There is no story"):
        get_story(key)
