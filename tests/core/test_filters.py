"""Dates, durations and numbers in the words of the screens."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from gamebash.core import filters

AFTERNOON = datetime(2026, 11, 19, 14, 41, tzinfo=UTC)


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    app = Flask(__name__)
    filters.register_filters(app)
    with app.app_context():
        yield app


def test_days_and_times_are_said_short_and_long() -> None:
    assert filters.day(AFTERNOON) == "Thu 19 Nov"
    assert filters.date_long(AFTERNOON) == "Thursday 19 November"
    assert filters.date_year(date(2026, 12, 7)) == "7 December 2026"
    assert filters.clock(AFTERNOON) == "14:41"


def test_times_are_shown_in_the_zone_of_the_installation(app: Flask) -> None:
    app.config["GAMEBASH_TIMEZONE"] = "Australia/Brisbane"
    assert filters.when(AFTERNOON) == "Fri 20 Nov, 00:41"
    assert filters.iso(AFTERNOON) == "2026-11-20T00:41:00+10:00"


def test_a_time_without_zone_is_taken_as_utc() -> None:
    assert filters.clock(AFTERNOON.replace(tzinfo=None)) == "14:41"


def test_today_needs_no_day_and_other_days_do() -> None:
    assert filters.when(AFTERNOON, AFTERNOON + timedelta(hours=3)) == "14:41"
    assert filters.when(AFTERNOON, AFTERNOON + timedelta(days=1)) == "Thu 19 Nov, 14:41"


@pytest.mark.parametrize(
    ("length", "words", "aloud"),
    [
        (timedelta(minutes=43, seconds=59), "43 min", "43 minutes"),
        (timedelta(minutes=72), "1 h 12 min", "1 hour 12 minutes"),
        (timedelta(hours=2), "2 h", "2 hours"),
        (90, "1 h 30 min", "1 hour 30 minutes"),
        (timedelta(seconds=-5), "0 min", "0 minutes"),
        (None, "0 min", "0 minutes"),
    ],
)
def test_durations_are_whole_minutes_and_never_below_nothing(
    length: timedelta | float | None, words: str, aloud: str
) -> None:
    assert filters.duration(length) == words
    assert filters.spoken(length) == aloud


def test_a_duration_for_machines() -> None:
    assert filters.period(timedelta(hours=1, minutes=47, seconds=32)) == "PT1H47M32S"


@pytest.mark.parametrize(("value", "words"), [(50000, "50,000"), (3.5, "3.5"), (4.0, "4"), (2.04, "2"), (None, "")])
def test_numbers_have_commas_and_no_needless_decimals(value: float | None, words: str) -> None:
    assert filters.number(value) == words


def test_counts_say_of_what() -> None:
    assert filters.counted(1, "story", "stories") == "1 story"
    assert filters.counted(range(24), "story", "stories") == "24 stories"
    assert filters.points(8) == "8 points"
    assert filters.points(1) == "1 point"


def test_shares_and_signs() -> None:
    assert filters.percent(0.25) == "25%"
    assert filters.signed(8) == "+8"
    assert filters.signed(-2) == "\N{MINUS SIGN}2"
    assert filters.hours(3.5) == "3.5 h"


@pytest.mark.parametrize(
    "say", [filters.day, filters.date_long, filters.date_year, filters.clock, filters.when, filters.iso]
)
def test_nothing_is_said_of_no_time(say: object) -> None:
    assert callable(say)
    assert say(None) == ""
