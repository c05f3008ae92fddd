from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from gamebash.core.lifecycles import WrongStateError
from gamebash.events.changes import day_version, rules_version
from gamebash.events.drafts import change_day, change_rules, confirm_rules, draft_event, draft_from_series, plan_of
from gamebash.events.lifecycle import EventState
from gamebash.events.local_times import moment_at
from gamebash.events.recurrence import InvalidRecurrenceError, next_start, usual_rules
from gamebash.events.refusals import (
    FrozenRulesError,
    InvalidDayError,
    InvalidRulesError,
    OpenDraftError,
    StaleEditError,
)
from gamebash.events.rules import Rules
from gamebash.events.running import go_live
from gamebash.events.series import SeriesPlan, create_series
from tests.events.making import a_plan, a_scheduled_event, a_service, a_story, an_organiser

BERLIN = "Europe/Berlin"


def test_a_series_keeps_its_local_hour_when_the_clocks_change():
    first = datetime(2027, 2, 18, 8, 30, tzinfo=UTC)  # 09:30 in winter
    second = next_start("FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH", first_at=first, after=first, zone=BERLIN)
    assert second == datetime(2027, 5, 20, 7, 30, tzinfo=UTC)  # 09:30 in summer


def test_a_time_that_the_clocks_jump_over_means_nothing():
    assert moment_at(date(2027, 3, 28), time(2, 30), BERLIN) is None


def test_a_time_that_comes_twice_means_the_first():
    assert moment_at(date(2027, 10, 31), time(2, 30), BERLIN) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_the_usual_rhythm_of_a_fifth_thursday_is_the_last_one():
    assert usual_rules(datetime(2026, 10, 29, tzinfo=UTC))["quarter"] == "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TH"


@pytest.mark.parametrize(
    "rule", ["", "FREQ=SECONDLY", "FREQ=DAILY", "FREQ=MONTHLY;COUNT=3", "FREQ=MONTHLY;BYDAY=9XX", "nonsense",
             "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_or_never_comes_is_refused(rule, context, now):
    plan = SeriesPlan("Bash", now, 420, rule)
    with pytest.raises(InvalidRecurrenceError):
        create_series(plan, zone="UTC", by=None, now=now)


def test_the_next_of_a_series_has_the_rules_and_place_of_the_last(context, now):
    olga = an_organiser(now)
    series = create_series(
        SeriesPlan("Bug bash", now, 420, "FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH"), zone="UTC", by=olga, now=now
    )
    first = draft_from_series(series, zone="UTC", by=olga, now=now)
    assert (first.starts_at.date(), first.name) == (date(2027, 2, 18), "Bug bash February 2027")
    change_rules(first, Rules(lease_minutes=45), by=olga, now=now)
    change_day(first, replace(plan_of(first), place="Hall 2"), by=olga, now=now)
    first.state = EventState.CLOSED
    second = draft_from_series(series, zone="UTC", by=olga, now=first.ends_at)
    assert (second.starts_at.date(), second.place, second.rules["lease_minutes"]) == (date(2027, 5, 20), "Hall 2", 45)


def test_a_second_press_on_propose_names_the_draft_that_is_there(context, now):
    olga = an_organiser(now)
    series = create_series(SeriesPlan("Bug bash", now, 420, "FREQ=MONTHLY;BYDAY=3TH"), zone="UTC", by=olga, now=now)
    draft_from_series(series, zone="UTC", by=olga, now=now)
    with pytest.raises(OpenDraftError, match=r"Bug bash December 2026.*drafted by Olga Orr at 10:00"):
        draft_from_series(series, zone="UTC", by=olga, now=now)


def test_events_of_the_same_name_have_different_addresses(context, now):
    slugs = [draft_event(a_plan(now), by=None, now=now).slug for _ in range(3)]
    assert slugs == ["winter-bash", "winter-bash-2", "winter-bash-3"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_at": timedelta(0)}, "end has to come after the start"),
        ({"freezes_at": timedelta(hours=8)}, "freeze has to come between"),
        ({"reviews_end_at": timedelta(hours=6)}, "deadline may not come before the end"),
        ({"link": "javascript:alert(1)"}, "https://"),
        ({"name": "  "}, "needs a name"),
    ],
)
def test_a_day_out_of_order_is_refused_with_the_reason(changes, words, context, now):
    plan = a_plan(now)
    changes = {
        name: plan.starts_at + value if isinstance(value, timedelta) else value for name, value in changes.items()
    }
    with pytest.raises(InvalidDayError, match=words):
        draft_event(replace(plan, **changes), by=None, now=now)


def test_whoever_saves_second_hears_who_was_first(context, now):
    olga, rui = an_organiser(now), an_organiser(now, "rui-rey")
    event = draft_event(a_plan(now), by=olga, now=now)
    seen = day_version(event)
    change_day(event, replace(a_plan(now), place="Hall 2"), by=rui, now=now, seen=seen)
    with pytest.raises(StaleEditError, match="Rui Rey changed this at 10:00"):
        change_day(event, replace(a_plan(now), place="Hall 3"), by=olga, now=now, seen=seen)
    assert event.place == "Hall 2"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (Rules(lease_minutes=5), "A claim lasts has to be from 10 to 480"),
        (Rules(assist_share=float("nan")), "Assist share"),
        (Rules(points={"blue": 5, "red": 3, "yellow": 5, "double_yellow": 8}), "bigger grade may not pay less"),
        (Rules(points={"blue": 1}), "has to be given for blue, red"),
        (Rules(severity_weights={"sev1": 1, "sev2": 8, "sev3": 4, "sev4": 2, "sev5": 1}), "worse severity"),
    ],
)
def test_rules_outside_their_bounds_are_refused_by_name(rules, words, context, now):
    event = draft_event(a_plan(now), by=None, now=now)
    with pytest.raises(InvalidRulesError, match=words):
        change_rules(event, rules, by=None, now=now)


def test_changed_rules_want_confirming_again(context, now):
    event = draft_event(a_plan(now), by=None, now=now)
    confirm_rules(event, by=None, now=now)
    change_rules(event, Rules(claims_at_once=1), by=None, now=now)
    assert event.rules_confirmed_at is None


def test_rules_that_changed_after_reading_are_not_confirmed_unread(context, now):
    event = draft_event(a_plan(now), by=None, now=now)
    seen = rules_version(event)
    change_rules(event, Rules(claims_at_once=1), by=None, now=now)
    with pytest.raises(StaleEditError):
        confirm_rules(event, by=None, now=now, seen=seen)


def test_rules_and_day_of_a_live_event_stand(context, now):
    olga = an_organiser(now)
    event = a_scheduled_event(now, olga, [a_story(a_service("api"), now)])
    go_live(event, by=olga, now=now)
    with pytest.raises(FrozenRulesError, match="frozen since Olga Orr took it live at 10:00"):
        change_rules(event, Rules(lease_minutes=30), by=olga, now=now)
    with pytest.raises(WrongStateError, match="pause and extension"):
        change_day(event, a_plan(now), by=olga, now=now)
