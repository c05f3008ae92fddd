"""Values follow the problems behind them until an event copies them."""

import pytest

from gamebash.stories.grounds import Evidence
from gamebash.stories.stories import make_ready, propose_story
from gamebash.stories.transitions import move_story
from gamebash.stories.valuation import refresh_stale_values, refresh_values
from gamebash.stories.value import NONE, Value, value_of_noise, value_of_problem


@pytest.fixture
def proposed(things, now):
    service = things.service()
    problem = things.problem(service)
    return propose_story(things.content(service), Evidence(problem), by=things.person(), now=now)


def test_a_new_forecast_changes_the_value_and_its_parts(proposed):
    assert refresh_values() == 0
    proposed.problem.forecast = 20.0
    assert refresh_values() == 1
    assert (proposed.value, proposed.value_parts["forecast"]) == (80, 20)


def test_only_stories_of_the_problems_named_are_looked_at(things, proposed):
    other = things.problem(proposed.service)
    proposed.problem.forecast = 20.0
    assert refresh_values([other.id]) == 0
    assert refresh_values([proposed.problem_id]) == 1


def test_a_story_in_play_keeps_its_value(proposed, things, now):
    make_ready(proposed, by=things.person(), now=now)
    for verb in ("schedule", "claim"):
        move_story(proposed, verb, now=now)
    proposed.problem.forecast = 20.0
    assert refresh_values() == 0
    assert proposed.value == 40


def test_a_value_says_what_it_is_made_of():
    value = value_of_problem(forecast=11.23, low=6.4, high=16, mean_weight=3.1)
    assert value.amount == pytest.approx(34.813)
    assert value.sentence == "About 11.2 more incidents expected next quarter (80%: 6 to 16), weighing 3.1 each"
    assert value_of_noise(incidents=90, minutes_each=20).sentence == (
        "30.0 hours of noise saved next quarter: 90.0 false alarms expected, 20 min each"
    )


def test_a_value_is_kept_and_read_back_whole():
    value = value_of_problem(forecast=11.2, low=6, high=16, mean_weight=3.1)
    assert Value.from_document(value.to_document()) == value
    assert Value.from_document(None) == NONE


def test_the_worker_values_anew_what_its_problem_has_left_behind_and_then_rests(things, work, now):
    with work():
        problem = things.problem(things.service(), incident_count=4)
        story = propose_story(things.content(problem.service), Evidence(problem), by=None, now=now)
        noisy = things.problem(things.service("search"), noise=(4, 4), noise_count=8)
        quieter = propose_story(things.content(noisy.service), Evidence(noisy, is_noise=True), by=None, now=now)
    assert refresh_stale_values(now=now) is False
    with work():
        problem.forecast, problem.incident_count, noisy.noise_count = 20.0, 5, 9
    assert refresh_stale_values(now=now) is True
    assert (story.value, story.value_parts["seen"], quieter.value_parts["seen"]) == (80, 5, 9)
    assert refresh_stale_values(now=now) is False
