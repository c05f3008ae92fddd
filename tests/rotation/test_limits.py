"""Limits of tours, and quarters with their flows: pure arithmetic."""

from datetime import date, timedelta

import pytest

from gamebash.core.charts import ribbons
from gamebash.rotation.flows import OUTSIDE, Flow, Quarter, net, quarter_named, quarter_of
from gamebash.rotation.limits import Limits, Verdict, limit_on, verdict
from gamebash.rotation.tours import Tour

FIRST = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("limits", "today", "until", "expected"),
    [
        ((0, 0), 900, None, Verdict.IN_PLAY),
        ((0, 12), 84, None, Verdict.IN_PLAY),
        ((0, 12), 85, None, Verdict.LONG),
        ((0, 12), 400, 84, Verdict.IN_PLAY),
        ((0, 12), 400, 85, Verdict.LONG),
        ((0, 12), 10, 200, Verdict.IN_PLAY),
        ((4, 12), 400, 27, Verdict.SHORT),
        ((4, 12), 400, 28, Verdict.IN_PLAY),
        ((4, 12), 3, 27, Verdict.SHORT),
        ((4, 12), 3, None, Verdict.IN_PLAY),
    ],
)
def test_a_tour_is_judged_by_the_limits_of_its_team(limits, today, until, expected):
    tour = Tour(1, FIRST, FIRST + timedelta(days=until) if until else None)
    assert verdict(tour, Limits(*limits), FIRST + timedelta(days=today)) is expected


def test_limits_have_words_and_a_day():
    assert [Limits(*pair).words for pair in ((0, 0), (4, 0), (0, 12), (4, 12))] == [
        "", "at least 4 weeks", "at most 12 weeks", "4 to 12 weeks",
    ]  # fmt: skip
    assert limit_on(Tour(1, FIRST, None), Limits(0, 12)) == date(2026, 3, 30)
    assert limit_on(Tour(1, FIRST, None), Limits(4, 0)) is None


def test_quarters_follow_each_other():
    assert quarter_of(date(2026, 12, 31)) == Quarter(2026, 4)
    assert Quarter(2026, 4).step(1) == Quarter(2027, 1)
    assert Quarter(2026, 1).step(-1).first == date(2025, 10, 1)
    assert quarter_named("2026-Q2", FIRST) == Quarter(2026, 2)
    assert quarter_named("2026-Q7", FIRST) == quarter_named("9999-Q4", FIRST) == Quarter(2026, 1)


def test_what_a_team_gained_and_gave_is_counted_without_outside():
    flows = [Flow("OPS", "CHK", 3), Flow("CHK", "OPS", 1), Flow(OUTSIDE, "OPS", 2)]
    assert net(flows) == {"OPS": (3, 3), "CHK": (3, 1)}


def test_ribbons_are_as_thick_as_their_count_and_do_not_overlap():
    drawn = ribbons([("OPS", "CHK", 3), ("OPS", "WHS", 1), ("CHK", "OPS", 2)], unit=10, gap=5)
    assert [(end.label, end.y, end.height) for end in drawn.left] == [("OPS", 0, 40), ("CHK", 45, 20)]
    assert [(end.label, end.count) for end in drawn.right] == [("CHK", 3), ("OPS", 2), ("WHS", 1)]
    assert drawn.ribbons[1].path.startswith("M0 30.0C50 30.0 50 60.0 100 60.0V70.0")
    assert drawn.height == 70
    assert ribbons([]).height == 0
