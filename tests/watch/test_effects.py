"""An event's effect as its report shows it: before, expected, observed; and how often its problems came back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.numbers import Finding
from gamebash.watch.queries.effects import event_effect
from gamebash.watch.queries.repeats import repeats
from tests.factories import NOW
from tests.watch.playing import ACCEPTED, DAY, LATER, play, record, sweep, take_in


@pytest.fixture
def played(context):
    played = play()
    sweep(ACCEPTED)
    return played


def count_queries(deed):
    statements = []

    def note(connection, cursor, statement, *rest):
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        deed()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def test_the_effect_counts_before_expected_and_observed_in_the_days_watched(played):
    take_in(
        record(ACCEPTED + DAY), record(ACCEPTED + 2 * DAY), record(LATER + DAY), record(NOW - timedelta(minutes=40))
    )
    sweep(LATER)
    sweep(LATER + DAY)
    found = event_effect(played.event, now=LATER + 2 * DAY)
    # Four weekly incidents lie in the 30 days before go-live; what came during the day or after the watch is not counted.
    assert (found.effect.before, found.effect.observed) == (4, 2)
    assert found.effect.expected == pytest.approx(found.problems[0].expected)
    assert (found.held, found.recurred, found.watching, found.is_over) == (0, 1, 0, True)
    assert found.hours_spent == pytest.approx(5 / 60, abs=0.01)
    line = found.problems[0]
    assert (line.problem_key, line.story_key, line.days_watched) == (played.problem.key, played.story.key, 30)


def test_half_way_only_the_days_so_far_are_expected(played):
    whole = event_effect(played.event, now=LATER).effect.expected
    half = event_effect(played.event, now=ACCEPTED + 15 * DAY).effect.expected
    assert half == pytest.approx(whole / 2, rel=0.01)
    assert event_effect(played.event, now=ACCEPTED).effect.finding is Finding.NOT_YET


def test_hours_and_weight_follow_from_what_an_incident_took_before(played):
    effect = event_effect(played.event, now=LATER).effect
    assert effect.hours == pytest.approx(effect.expected * 30 / 60, rel=0.01)
    assert effect.weight > effect.expected


def test_what_the_fixer_alone_knows_shows_to_nobody(played):
    take_in(record(ACCEPTED + DAY))
    sweep(ACCEPTED + DAY + timedelta(minutes=1))
    found = event_effect(played.event, now=ACCEPTED + DAY + timedelta(minutes=2))
    assert [line.state for line in found.problems] == [WatchState.WATCHING]
    assert (found.watching, found.recurred) == (1, 0)


def test_repeat_rates_stand_over_all_by_service_and_by_event(played):
    take_in(record(ACCEPTED + 40 * DAY))
    found = repeats(now=ACCEPTED + 100 * DAY)
    assert [(one.days, one.fixes, one.back) for one in found.overall] == [(30, 1, 0), (60, 1, 1), (90, 1, 1)]
    assert [line.name for line in found.by_service] == ["database"]
    assert [line.slug for line in found.by_event] == [played.event.slug]


def test_the_effect_takes_as_many_queries_with_two_problems_as_with_one(played):
    def look():
        db.session.expire_all()
        event_effect(played.event, now=LATER)

    assert count_queries(look) <= 8
