"""Everyone gets a turn on the big screen, and a double yellow keeps the panel for a while."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamebash.screen.turns import SECONDS, pages_of, shown, turn_at, turns
from gamebash.stories.grades import Grade

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Squashed:
    grade: Grade
    at: datetime


@given(st.integers(1, 60))
def test_every_page_has_its_turn_and_the_top_is_never_away_for_more_than_a_minute(pages):
    order = turns(pages)
    assert set(order) == set(range(pages))
    away = [position for position, page in enumerate(order) if page == 0]
    assert all(later - earlier <= 6 for earlier, later in zip(away, [*away[1:], len(order)], strict=True))


def test_the_clock_turns_the_pages():
    order = turns(3)
    seen = [turn_at(order, NOW + timedelta(seconds=SECONDS * step)) for step in range(6)]
    assert seen[:3] == seen[3:]
    assert set(seen) == {0, 1, 2}
    assert turn_at(order, NOW) == turn_at(order, NOW + timedelta(seconds=SECONDS - 1 - NOW.timestamp() % SECONDS))


@pytest.mark.parametrize(("people", "pages"), [(0, [0]), (1, [1]), (7, [7]), (8, [7, 1]), (300, [7] * 42 + [6])])
def test_people_come_seven_at_a_time(people, pages):
    assert [len(page) for page in pages_of(range(people), 7)] == pages


@pytest.mark.parametrize(("seconds", "expected"), [(3, 1), (11, 1), (12, 0)])
def test_a_double_yellow_keeps_the_panel_for_a_turn_whatever_comes_after(seconds, expected):
    now = NOW + timedelta(seconds=seconds)
    squashes = [Squashed(Grade.BLUE, NOW + timedelta(seconds=2)), Squashed(Grade.DOUBLE_YELLOW, NOW)]
    assert shown(squashes, now) is squashes[expected]
    assert shown([], now) is None
