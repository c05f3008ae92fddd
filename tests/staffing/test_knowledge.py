"""Facts become scores, scores become words; what fades, what is a gap, what is left without somebody."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamebash.staffing.knowledge import (
    HALF_LIVES_READ,
    Fact,
    Ground,
    Level,
    knowledge_map,
    level_of,
    worth,
)

DAY = date(2026, 11, 25)
HALF_LIFE = 180


def ago(days):
    return DAY - timedelta(days=days)


def fact(ground, days, until=None, person=1, service=1):
    return Fact(person, service, ground, ago(days), None if until is None else ago(until))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (fact(Ground.TOUR, 90), 1.0),
        (fact(Ground.TOUR, 45), 0.5),
        (fact(Ground.TOUR, 900), 3.0),
        (fact(Ground.TOUR, 270, 180), 0.5),
        (fact(Ground.TOUR, 450, 360), 0.25),
        (fact(Ground.HELD_FIX, 0), 0.5),
        (fact(Ground.HELD_FIX, 180), 0.25),
        (fact(Ground.FIX, 360), 0.0875),
        (fact(Ground.REVIEW, 0), 0.2),
        (fact(Ground.TAUGHT, 0), 0.3),
        (fact(Ground.LEARNED, 0), 0.6),
        (fact(Ground.HYPERCARE, 45), 1.0),
        (fact(Ground.HYPERCARE, 9, 0), 0.2),
        (fact(Ground.FIX, -1), 0.0),
        (fact(Ground.TOUR, -30), 0.0),
        (fact(Ground.TOUR, 90, -60), 1.0),
    ],
)
def test_a_fact_is_worth_half_after_each_half_life(one, expected):
    assert worth(one, DAY, HALF_LIFE) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, Level.NONE), (0.29, Level.NONE), (0.3, Level.SEEN), (1, Level.KNOWS), (1.99, Level.KNOWS), (2, Level.WELL)],
)
def test_a_score_has_a_word(score, level):
    assert level_of(score) is level


def test_two_held_fixes_make_somebody_who_knows_the_service_and_say_so_in_parts():
    found = knowledge_map(
        [fact(Ground.HELD_FIX, 0), fact(Ground.HELD_FIX, 0), fact(Ground.REVIEW, 180)], [1, 2], DAY, 180
    )
    (one,) = found.of(1)
    assert one.parts == ((Ground.HELD_FIX, 1.0), (Ground.REVIEW, 0.1))
    assert found.knowers(1) == {1}
    assert found.gaps() == (1, 2)


def test_what_is_older_than_what_is_read_could_not_make_anybody_know_a_service():
    assert 3.0 * 2.0**-HALF_LIVES_READ < 0.1


facts = st.lists(
    st.builds(
        lambda person, service, ground, days, length: fact(ground, days, days - length, person, service),
        st.integers(1, 6), st.integers(1, 4), st.sampled_from(Ground), st.integers(-50, 900), st.integers(0, 400),
    )
)  # fmt: skip


@given(facts, st.sets(st.integers(1, 6)))
def test_without_some_people_the_map_is_the_recount_of_the_facts_of_the_others(all_facts, gone):
    whole = knowledge_map(all_facts, range(1, 5), DAY, HALF_LIFE)
    recount = knowledge_map([one for one in all_facts if one.person not in gone], range(1, 5), DAY, HALF_LIFE)
    assert whole.without(gone).gaps() == recount.gaps() == whole.gaps(gone)
    for service in range(1, 5):
        assert whole.without(gone).knowers(service) == recount.knowers(service)


@given(facts)
def test_the_order_of_the_facts_does_not_matter(all_facts):
    shuffled = random.Random(1).sample(all_facts, len(all_facts))
    one, other = (knowledge_map(each, range(1, 5), DAY, HALF_LIFE) for each in (all_facts, shuffled))
    assert one.gaps() == other.gaps()


@given(facts, st.integers(30, 400))
def test_nothing_grows_by_waiting_but_tours_that_go_on(all_facts, days):
    ended = [one for one in all_facts if one.on <= DAY and (one.until_on or one.on) <= DAY]
    before = knowledge_map(ended, [1], DAY, HALF_LIFE)
    after = knowledge_map(ended, [1], DAY + timedelta(days=days), HALF_LIFE)
    assert after.knowers(1) <= before.knowers(1)
