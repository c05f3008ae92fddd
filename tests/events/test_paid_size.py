"""No story pays as bigger than what it prevents bears out: a table of cases, what holds for every board, and what is copied."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gamebash.core.db import db, unit_of_work
from gamebash.events.board_stories import add_story
from gamebash.events.held_bonus import value_per_hour
from gamebash.events.models import EventStory
from gamebash.events.paid_size import board_per_hour, paid_size
from gamebash.events.rules import Rules
from gamebash.events.running import copy_points
from gamebash.stories.grades import Grade
from tests.factories import NOW, make_event, make_person, make_story
from tests.support.signing_in import sign_in

ORDER = list(Grade)
POSITIVE = st.floats(0.01, 1000)


@pytest.mark.parametrize(
    ("sized", "value", "own", "middle", "paid"),
    [
        # Half a day that prevents as much as an hour on the board does in 48 minutes.
        (Grade.YELLOW, 0.4, 0.1, 0.5, Grade.BLUE),
        # A little below the middle, and as big all the same.
        (Grade.YELLOW, 1.9, 0.475, 0.5, Grade.YELLOW),
        (Grade.DOUBLE_YELLOW, 2.2, 0.275, 0.5, Grade.YELLOW),
        # Nothing is raised, and at the middle or above it nothing is lowered.
        (Grade.BLUE, 8.0, 8.0, 0.5, Grade.BLUE),
        (Grade.DOUBLE_YELLOW, 0.5, 0.5, 0.5, Grade.DOUBLE_YELLOW),
        # What prevents next to nothing pays nothing, unless nothing on the board prevents anything.
        (Grade.BLUE, 0.25, 0.33, 0.5, Grade.BLUE),
        (Grade.YELLOW, 0.24, 0.06, 0.5, None),
        # Without incidents behind it nothing speaks for a size, or against the story.
        (Grade.YELLOW, 0.0, 0.0, 0.5, Grade.BLUE),
        (Grade.YELLOW, 0.0, 0.0, 0.0, Grade.YELLOW),
    ],
)
def test_what_a_story_pays_as(sized, value, own, middle, paid):
    assert paid_size(sized, value, own, middle) is paid


@given(st.sampled_from(ORDER), POSITIVE, st.floats(0.25, 40), POSITIVE)
def test_the_bound_only_lowers_and_calling_it_bigger_never_pays_more_than_it_bears_out(sized, value, hours, middle):
    paid = paid_size(sized, value, value_per_hour(value, hours, sized), middle)
    assert paid is None or ORDER.index(paid) <= ORDER.index(sized)
    padded = value_per_hour(value, hours * 100, Grade.DOUBLE_YELLOW)
    most = paid_size(Grade.DOUBLE_YELLOW, value, padded, middle)
    assert padded >= middle or most is paid_size(Grade.DOUBLE_YELLOW, value, 0.0, middle)


@given(st.sampled_from(ORDER), POSITIVE, st.floats(0.25, 40), POSITIVE)
def test_a_bound_that_was_copied_is_not_bound_again(sized, value, hours, middle):
    paid = paid_size(sized, value, value_per_hour(value, hours, sized), middle)
    assert paid is None or paid_size(paid, value, value_per_hour(value, hours, paid), middle) is paid


@pytest.mark.parametrize(
    ("board", "per_hour"),
    [
        # The middle, where stories are alike; the average, where few carry everything; what has no value is left out.
        (((2.0, 0.5), (4.0, 1.0), (1.0, 0.25)), 0.5833333333333334),
        (((4.0, 1.0), (4.0, 1.0), (0.4, 0.1)), 1.0),
        (((40.0, 10.0), (0.04, 0.01), (0.04, 0.01)), 40.08 / 12),
        (((4.0, 1.0), (0.0, 0.0)), 1.0),
        ((), 0.0),
    ],
)
def test_what_an_hour_on_a_board_prevents(board, per_hour):
    assert board_per_hour(board) == pytest.approx(per_hour)


def entries_of(event):
    return list(
        db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank))
    )


def board(rules=None, values=(2.0, 4.0, 4.0)):
    stories = [make_story(value=value, effort_hours=4.0, grade=Grade.YELLOW) for value in values]
    return make_event(stories=stories, rules=rules)


def test_going_live_pays_a_story_of_little_use_as_a_smaller_one_and_says_so(context):
    event = board()
    copy_points(event, entries_of(event))
    little, *others = entries_of(event)
    assert (little.grade, little.points) == (Grade.RED, 3)
    assert little.note.startswith("An hour on it prevents 0.50, on the board 1.00")
    # What an hour prevents is still measured by the size it was given, so the bonus is not raised by the bound.
    assert little.value_per_hour == 0.5
    assert [(one.grade, one.points, one.note) for one in others] == [(Grade.YELLOW, 5, "")] * 2


def test_where_few_stories_carry_everything_the_others_pay_as_little_as_they_prevent(context):
    event = board(values=(0.04, 1.0, 0.04, 40.0))
    copy_points(event, entries_of(event))
    assert [one.points for one in entries_of(event)] == [0, 0, 0, 5]
    assert entries_of(event)[0].note.endswith("too little to pay. It mends, and pays its reviewer.")


def test_a_story_without_incidents_pays_as_the_smallest_and_says_why(context):
    event = board(values=(0.0, 4.0, 4.0))
    copy_points(event, entries_of(event))
    assert [one.points for one in entries_of(event)] == [1, 5, 5]
    assert entries_of(event)[0].note == "What it prevents cannot be counted, so it counts as the smallest size."


def test_a_story_that_is_added_on_the_day_is_bound_by_its_board(context):
    event = board()
    copy_points(event, entries_of(event))
    late = make_story(value=0.6, effort_hours=4.0, grade=Grade.YELLOW)
    add_story(event, late, reason="It hurts now.", by=make_person("Aisha", "organiser"), now=NOW)
    assert entries_of(event)[-1].points == 1


def test_an_event_whose_rules_are_older_pays_as_it_was_agreed(context):
    event = board()
    event.rules = {name: value for name, value in event.rules.items() if name != "bounds_by_value"}
    copy_points(event, entries_of(event))
    assert [one.points for one in entries_of(event)] == [5, 5, 5]
    assert not Rules.from_document(event.rules).bounds_by_value
    assert Rules.after(event.rules) == Rules()
    assert Rules.from_document({}) == Rules()


def test_switched_off_size_alone_pays(context):
    event = board(Rules(bounds_by_value=False))
    copy_points(event, entries_of(event))
    assert [one.points for one in entries_of(event)] == [5, 5, 5]


def test_the_page_of_a_story_says_why_it_pays_less(app, client):
    with app.app_context(), unit_of_work():
        make_person("Mara", "developer", handle="mara")
        event = board()
        copy_points(event, entries_of(event))
        key = entries_of(event)[0].story.key
    sign_in(client, "mara")
    page = client.get(f"/stories/{key}").text
    assert "it pays 3 points." in page
    assert "counts as the size in which such an hour prevents as much" in page
