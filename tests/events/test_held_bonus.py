"""The held bonus by what a story prevents for an hour: a table of cases, and what holds for every board."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gamebash.core.db import db
from gamebash.events.board_stories import add_story
from gamebash.events.held_bonus import bonus_of, held_bonus_for, held_factor, middle_of, value_per_hour
from gamebash.events.models import EventStory
from gamebash.events.rule_book import rule_book
from gamebash.events.rules import Rules
from gamebash.events.running import copy_points
from gamebash.stories.grades import Grade
from gamebash.stories.models import Origin
from tests.factories import NOW, make_event, make_person, make_story


@pytest.mark.parametrize(
    ("value", "hours", "grade", "per_hour"),
    [
        (8.0, 4.0, Grade.YELLOW, 2.0),
        (1.5, 0.75, Grade.BLUE, 2.0),
        # A day's work that says it takes half an hour counts as what a day's work begins at.
        (10.0, 0.5, Grade.DOUBLE_YELLOW, 2.0),
        (0.0, 4.0, Grade.YELLOW, 0.0),
    ],
)
def test_what_an_hour_prevents(value, hours, grade, per_hour):
    assert value_per_hour(value, hours, grade) == per_hour


@pytest.mark.parametrize(
    ("values", "middle"), [((1.0, 2.0, 9.0), 2.0), ((1.0, 3.0), 2.0), ((0.0, 0.0, 4.0), 4.0), ((0.0,), 0.0), ((), 0.0)]
)
def test_the_middle_of_a_board_leaves_out_what_prevents_nothing(values, middle):
    assert middle_of(values) == middle


@pytest.mark.parametrize(
    ("own", "middle", "cap", "factor"),
    [
        (0.5, 0.5, 2.0, 1.0),
        (0.25, 0.5, 2.0, 0.5),
        (5.0, 0.5, 2.0, 2.0),
        (0.0, 0.5, 2.0, 0.0),
        # Switched off, never copied, or nothing to compare with.
        (0.1, 0.5, 0, 1.0),
        (None, None, 2.0, 1.0),
        (0.5, 0.0, 2.0, 1.0),
    ],
)
def test_by_what_the_bonus_is_multiplied(own, middle, cap, factor):
    assert held_factor(own, middle, cap) == factor


@pytest.mark.parametrize(
    ("points", "share", "factor", "bonus"),
    [
        (1, 0.5, 1.0, 0), (1, 0.5, 2.0, 1), (3, 0.5, 1.0, 1), (5, 0.5, 1.0, 2), (5, 0.5, 2.0, 5), (8, 0.5, 0.5, 2),
        (0, 0.5, 2.0, 0), (100, 0.29, 1.0, 29),
    ],
)  # fmt: skip
def test_the_bonus_is_rounded_down(points, share, factor, bonus):
    assert bonus_of(points, share, factor) == bonus


SHARES = st.floats(0, 1)
WORTHS = st.floats(0, 1000)


@given(st.integers(0, 200), SHARES, WORTHS, WORTHS, st.floats(0.1, 3))
def test_a_bonus_is_never_below_nothing_and_never_above_what_the_cap_allows(points, share, own, middle, cap):
    rules = Rules(held_share=share, held_value_cap=cap)
    found = held_bonus_for(points, own, middle, rules).bonus
    assert 0 <= found <= points * share * max(1.0, cap) + 1e-6


@given(st.integers(1, 200), SHARES, st.lists(WORTHS, min_size=2, max_size=20), st.floats(0.1, 3))
def test_of_two_stories_that_pay_the_same_the_one_that_prevents_more_is_never_paid_less(points, share, worths, cap):
    rules, middle = Rules(held_share=share, held_value_cap=cap), middle_of(worths)
    bonuses = [held_bonus_for(points, own, middle, rules).bonus for own in sorted(worths)]
    assert bonuses == sorted(bonuses)


def entries_of(event):
    return list(
        db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank))
    )


def test_going_live_copies_what_an_hour_prevents_and_the_middle_of_the_board(context):
    stories = [make_story(value=value, effort_hours=4.0, grade=Grade.YELLOW) for value in (2.0, 4.0, 12.0)]
    noise = make_story(value=400.0, effort_hours=4.0, grade=Grade.YELLOW, origin=Origin.NOISE)
    event = make_event(stories=[*stories, noise])
    entries = entries_of(event)
    copy_points(event, entries)
    assert [entry.value_per_hour for entry in entries] == [0.5, 1.0, 3.0, 100.0]
    # Hours saved are not compared with incidents prevented.
    assert [entry.middle_per_hour for entry in entries] == [1.0, 1.0, 1.0, 100.0]


def test_a_story_that_is_added_later_moves_no_other(context):
    stories = [make_story(value=value, effort_hours=4.0, grade=Grade.YELLOW) for value in (2.0, 4.0, 12.0)]
    event = make_event(stories=stories)
    copy_points(event, entries_of(event))
    late = make_story(value=40.0, effort_hours=4.0, grade=Grade.YELLOW)
    add_story(event, late, reason="It hurts now.", by=make_person("Aisha", "organiser"), now=NOW)
    *before, added = entries_of(event)
    assert [entry.middle_per_hour for entry in before] == [1.0, 1.0, 1.0]
    assert (added.value_per_hour, added.middle_per_hour) == (10.0, 2.0)


def test_the_arithmetic_stands_in_words():
    found = held_bonus_for(5, 0.75, 0.5, Rules())
    assert found.bonus == 3
    assert found.sentence == (
        "50% of 5 \N{MULTIPLICATION SIGN} 1.50, rounded down: an hour on it prevents 0.75, on the middle of the board 0.50"
    )
    assert held_bonus_for(5, 0.75, 0.5, Rules(held_value_cap=0)).sentence == "50% of 5, rounded down"


@pytest.mark.parametrize(("cap", "figure"), [(2.0, "\N{MULTIPLICATION SIGN} 0 to 2"), (0, "all alike")])
def test_the_rules_say_what_it_is_for(cap, figure):
    lines = [line for chapter in rule_book(Rules(held_value_cap=cap)) for line in chapter.lines]
    line = next(line for line in lines if line.name == "By what it prevents")
    assert (line.figure, line.strategy) == (figure, "cherry_picker")
