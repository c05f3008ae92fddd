"""Two people estimate a story; the smaller grade is paid."""

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.models import EventStory
from gamebash.events.rules import Rules
from gamebash.events.running import copy_points, schedule_event
from gamebash.stories.estimates import estimate_again
from gamebash.stories.grades import Grade, counted_grade
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.stories import Content, edit_story
from tests.factories import NOW, make_event, make_person, make_service, make_story
from tests.support.signing_in import sign_in


@pytest.mark.parametrize(
    ("first", "second", "paid"),
    [
        (Grade.YELLOW, Grade.YELLOW, Grade.YELLOW),
        (Grade.YELLOW, Grade.BLUE, Grade.BLUE),
        (Grade.RED, Grade.DOUBLE_YELLOW, Grade.RED),
        (Grade.YELLOW, None, Grade.RED),
        (Grade.BLUE, None, Grade.BLUE),
    ],
)
def test_the_smaller_of_two_estimates_is_paid_and_of_one_the_grade_below(first, second, paid):
    assert counted_grade(first, second) is paid


@pytest.fixture
def people(context):
    return {name: make_person(name, "developer") for name in ("Mara", "Sam", "Noor")}


@pytest.fixture
def story(people):
    return make_story(
        StoryState.READY, second_grade=None, created_by_id=people["Mara"].id, estimated_by_id=people["Mara"].id
    )


def test_the_second_estimate_comes_from_somebody_else(story, people):
    with pytest.raises(DomainError, match=r"The first estimate of GB-.* is yours"):
        estimate_again(story, Grade.RED, by=people["Mara"], now=NOW)
    estimate_again(story, Grade.RED, by=people["Sam"], now=NOW)
    estimate_again(story, Grade.BLUE, by=people["Sam"], now=NOW)
    assert story.second_grade is Grade.BLUE
    with pytest.raises(DomainError, match="Sam made the second estimate"):
        estimate_again(story, Grade.RED, by=people["Noor"], now=NOW)


def test_who_changes_the_size_is_the_first_and_wants_a_second(story, people):
    estimate_again(story, Grade.YELLOW, by=people["Sam"], now=NOW)
    content = Content(story.title, make_service(), 8.0, acceptance_criteria="It stops.")
    edit_story(story, content, seen_at=None, by=people["Sam"], now=NOW)
    assert (story.estimated_by_id, story.second_grade) == (people["Sam"].id, None)
    with pytest.raises(DomainError, match="is yours"):
        estimate_again(story, Grade.DOUBLE_YELLOW, by=people["Sam"], now=NOW)


def points_of(story, rules=None):
    event = make_event(state="draft", stories=[story], rules=rules)
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
    copy_points(event, [entry])
    return entry.points, entry.note


def test_what_was_estimated_once_pays_the_grade_below(story):
    assert points_of(story) == (3, "Only one person estimated it, so the next smaller grade counts.")


def test_where_the_rules_ask_for_no_second_estimate_one_is_enough(story):
    assert points_of(story, Rules(needs_second_estimate=False)) == (5, "")


def test_a_grade_raised_after_the_announcement_is_not_paid(story, people):
    estimate_again(story, Grade.DOUBLE_YELLOW, by=people["Sam"], now=NOW)
    event = make_event(state="draft", stories=[story])
    schedule_event(event, by=people["Noor"], now=NOW)
    story.grade = Grade.DOUBLE_YELLOW
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
    copy_points(event, [entry])
    assert (entry.grade, entry.points) == (Grade.YELLOW, 5)


def test_a_story_says_who_estimated_it_and_takes_the_second(app, client):
    with app.app_context(), unit_of_work():
        mara = make_person("Mara", "developer", handle="mara")
        make_person("Sam", "developer", handle="sam")
        key = make_story(second_grade=None, created_by_id=mara.id, estimated_by_id=mara.id).key
    sign_in(client, "mara")
    assert "What do you think it takes?" not in client.get(f"/stories/{key}").text
    sign_in(client, "sam")
    assert "What do you think it takes?" in client.get(f"/stories/{key}").text
    page = client.post(f"/stories/{key}/second-estimate", data={"grade": "red"}, follow_redirects=True).text
    assert "Two estimates" in page
    assert "red dot by Sam" in page
