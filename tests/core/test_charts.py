"""Where the marks of a chart go."""

from datetime import date

import pytest

from gamebash.core import charts

OPS_TURN = charts.Turn(date(2026, 9, 28), date(2026, 12, 7), "OPS", "ops", is_ops=True)
TEAM_TURN = charts.Turn(date(2026, 6, 1), date(2026, 9, 28), "WHS", "3", is_ops=False)
PLANNED_TURN = charts.Turn(date(2026, 12, 7), date(2027, 3, 1), "WHS", "3", is_ops=False, is_planned=True)
FIRST, LAST = date(2026, 8, 1), date(2027, 1, 31)


@pytest.mark.parametrize(
    ("share", "limit", "fill", "over"),
    [
        (0.62, None, 62, 0),
        (0.62, 0.8, 62, 0),
        (0.8, 0.8, 80, 0),
        (0.97, 0.8, 80, 17),
        (1.7, 0.8, 80, 20),
        (-0.2, None, 0, 0),
        (0.0, 0.0, 0, 0),
    ],
)
def test_a_track_parts_at_its_limit_and_stays_on_the_page(
    share: float, limit: float | None, fill: float, over: float
) -> None:
    drawn = charts.track(share, limit)
    assert (drawn.fill, drawn.over) == (pytest.approx(fill), pytest.approx(over))
    assert drawn.is_over == (over > 0)


def test_a_spent_budget_ends_at_the_red_line_and_overspending_has_room_after_it() -> None:
    assert charts.budget_track(40, 40).fill == pytest.approx(80)
    assert not charts.budget_track(40, 40).is_over
    assert charts.budget_track(50, 40).over == pytest.approx(20)


def test_spending_without_a_budget_is_past_the_limit_and_spending_nothing_is_not() -> None:
    assert charts.budget_track(1, 0).is_over
    assert not charts.budget_track(0, 0).is_over


def test_a_spark_shows_empty_weeks_as_a_hairline_and_the_latest_three_darker() -> None:
    bars = charts.spark([0, 4, 2, 0, 1])
    assert [bar.kind for bar in bars] == ["zero", "", "hot", "zero", "hot"]
    assert bars[0].height == charts.MIN_MARK
    assert bars[1].height == max(bar.height for bar in bars)
    assert all(bar.y + bar.height == pytest.approx(24) for bar in bars)
    assert bars[-1].x + bars[-1].width < 100


def test_a_spark_of_nothing_is_nothing() -> None:
    assert charts.spark([]) == ()


def test_columns_outside_two_limits_are_hatched_and_the_band_lies_between_them() -> None:
    drawn = charts.columns([19, 14, 31], ["a", "b", "c"], charts.ColumnLook(limits=(15, 25), unit="%"))
    assert [bar.kind for bar in drawn.bars] == ["", "over", "over"]
    assert drawn.bars[0].is_value_inside
    assert drawn.band is not None
    top, height = drawn.band
    low, high = drawn.limits
    assert (top, top + height) == (high.y, pytest.approx(low.y))
    assert drawn.words == "Bar chart. a 19%, b 14%, c 31%, limit 15%, limit 25%"


def test_one_limit_is_an_upper_one() -> None:
    drawn = charts.columns([3, 9], ["a", "b"], charts.ColumnLook(limits=(5,)))
    assert [bar.kind for bar in drawn.bars] == ["", "over"]
    assert drawn.band is None


def test_the_highlighted_column_may_be_counted_from_the_end() -> None:
    assert [bar.kind for bar in charts.columns([1, 2], ["a", "b"], charts.ColumnLook(highlight=-1)).bars] == ["", "hi"]


@pytest.mark.parametrize("values", [[], [0, 0]])
def test_columns_of_nothing_have_no_height(values: list[float]) -> None:
    assert all(bar.height == 0 for bar in charts.columns(values, ["x"] * len(values)).bars)


def test_the_pareto_cut_is_the_row_that_passes_eighty_percent() -> None:
    rows = charts.pareto([("a", 148, True), ("b", 96, True), ("c", 61, False), ("d", 41, False), ("e", 66, False)])
    assert [row.is_cut for row in rows] == [False, False, False, True, False]
    assert (rows[0].width, rows[-1].running) == (100, 100)


def test_a_pareto_of_nothing_has_no_cut() -> None:
    assert charts.pareto([]) == ()
    assert not charts.pareto([("a", 0, False)])[0].is_cut


def test_parts_stand_side_by_side() -> None:
    assert [(part.x, part.label) for part in charts.parts([38, 30, 22], 100)] == [
        (0, "38.00%"),
        (38, "30.00%"),
        (68, "22.00%"),
    ]


def test_hours_are_shaded_by_the_busiest() -> None:
    assert charts.hours([0, 1, 3, 4, 6, 7, 9]) == (0, 1, 1, 2, 2, 3, 3)
    assert charts.hours([0, 0]) == (0, 0)


def test_a_lane_has_a_step_at_each_change_and_cuts_off_what_is_outside() -> None:
    team, ops, planned = charts.lane([TEAM_TURN, OPS_TURN, PLANNED_TURN], FIRST, LAST)
    assert team.x == 0
    assert [team.is_step, ops.is_step, planned.is_step] == [False, True, True]
    assert planned.x + planned.width == pytest.approx(100)
    assert planned.text == "WHS, planned"


def test_a_turn_outside_the_days_shown_is_not_drawn() -> None:
    assert charts.lane([TEAM_TURN], date(2026, 10, 1), LAST) == ()


def test_a_short_turn_keeps_its_code_alone() -> None:
    turn = charts.Turn(date(2026, 9, 1), date(2026, 9, 8), "CHK", "1", is_ops=False, is_planned=True)
    (segment,) = charts.lane([turn], FIRST, LAST)
    assert (segment.text, segment.is_short) == ("CHK", True)


def test_months_start_where_they_start_across_a_new_year() -> None:
    labels = [tick.label for tick in charts.months(date(2026, 11, 15), date(2027, 2, 1))]
    assert labels == ["Nov", "Dec", "Jan"]
    assert charts.months(date(2026, 11, 15), date(2027, 2, 1))[0].x == 0
