"""What can be told from before and after, and what cannot."""

import random
from datetime import date, timedelta
from statistics import median

import pytest

from gamebash.operating.drawing import BASE, drawing_of
from gamebash.operating.history import Entry, periods
from gamebash.operating.kinds import OperatingModel
from gamebash.operating.outcome import Sides, Span, Verdict, held_share, incidents_a_week, lead_days, sides_of

ON = date(2026, 6, 1)
HALF_A_YEAR = 182


def around(before=HALF_A_YEAR, after=HALF_A_YEAR):
    return Sides(Span(ON - timedelta(days=before), ON), Span(ON, ON + timedelta(days=after)))


def days_of(span):
    return [span.first + timedelta(days=at) for at in range(span.days)]


def evenly(sides, before_a_week, after_a_week):
    """Return counts by day that sum to so many a week."""
    counts = {}
    for span, rate in ((sides.before, before_a_week), (sides.after, after_a_week)):
        for at, day in enumerate(days_of(span)):
            counts[day] = (at + 1) * rate // 7 - at * rate // 7
    return counts


@pytest.mark.parametrize(
    ("previous", "following", "known", "today", "before", "after"),
    [
        (None, None, None, ON + timedelta(days=400), 182, 182),
        (ON - timedelta(days=60), None, None, ON + timedelta(days=400), 60, 182),
        (ON - timedelta(days=900), ON + timedelta(days=70), None, ON + timedelta(days=400), 182, 70),
        (None, None, ON - timedelta(days=10), ON + timedelta(days=9), 10, 9),
        (None, None, ON + timedelta(days=5), ON, 0, 0),
        (None, ON + timedelta(days=90), None, ON + timedelta(days=30), 182, 30),
    ],
)  # fmt: skip
def test_each_side_ends_at_half_a_year_another_switch_the_first_incident_known_and_today(  # noqa: PLR0917
    previous, following, known, today, before, after
):
    sides = sides_of(ON, previous, following, known_from=known, today=today)
    assert (sides.before.days, sides.after.days) == (before, after)
    assert sides.is_short == (min(before, after) < 56)


@pytest.mark.parametrize(
    ("rates", "verdict"),
    [((10, 3), Verdict.LESS), ((3, 10), Verdict.MORE), ((10, 10), Verdict.TOO_FEW), ((1, 1), Verdict.TOO_FEW)],
)
def test_incidents_are_fewer_more_or_too_few_to_tell(rates, verdict):
    found = incidents_a_week(evenly(around(), *rates), around())
    assert found.verdict is verdict
    assert (found.before, found.after) == (pytest.approx(rates[0], rel=0.05), pytest.approx(rates[1], rel=0.05))
    assert found.low < rates[0] < found.high


def test_the_same_rates_are_told_apart_by_half_a_year_and_not_by_eight_weeks_and_not_at_all_by_seven():
    verdicts = [
        incidents_a_week(evenly(sides, 3, 2), sides).verdict for sides in (around(), around(56, 56), around(55, 182))
    ]
    assert verdicts == [Verdict.LESS, Verdict.TOO_FEW, Verdict.TOO_SHORT]


def test_none_before_is_no_proof_that_one_after_is_more():
    sides = around()
    assert incidents_a_week({ON: 1}, sides).verdict is Verdict.TOO_FEW
    assert incidents_a_week({}, sides).verdict is Verdict.TOO_FEW
    assert incidents_a_week(evenly(sides, 0, 5), sides).verdict is Verdict.MORE


@pytest.mark.parametrize(("rate", "burst"), [(6.0, 1), (6.0, 4), (1.0, 1), (1.0, 3)])
def test_where_nothing_changed_about_two_in_ten_are_told_to_have(rate, burst):
    chance, told, sides = random.Random(f"{rate} {burst}"), 0, around(150, 120)
    for _ in range(400):
        counts, at = {}, chance.expovariate(rate / 7 / burst)
        while at < 270:
            day = sides.before.first + timedelta(days=int(at))
            counts[day] = counts.get(day, 0) + chance.randint(1, 2 * burst - 1)
            at += chance.expovariate(rate / 7 / burst)
        told += incidents_a_week(counts, sides).verdict in {Verdict.LESS, Verdict.MORE}
    assert 0.1 * 400 <= told <= 0.28 * 400


def test_a_median_is_compared_by_rank_so_that_one_endless_story_proves_nothing():
    sides = around()
    before = [(sides.before.first, float(days)) for days in (3, 4, 5, 6, 7, 8)]
    after = [(ON, float(days)) for days in (3, 4, 5, 6, 7, 300)]
    found = lead_days([*before, *after], sides)
    assert (found.before, found.after, found.verdict) == (5.5, 5.5, Verdict.TOO_FEW)
    assert lead_days([*before, *((ON, float(days)) for days in (1, 1, 2, 2, 2))], sides).verdict is Verdict.LESS
    assert lead_days([*before, *((ON, float(days)) for days in (9, 9, 10, 11, 30))], sides).verdict is Verdict.MORE
    assert lead_days([*before, (ON, 0.1)], sides).verdict is Verdict.TOO_FEW
    assert lead_days([(sides.before.first, 2.0)] * 8 + [(ON, 2.0)] * 8, sides).verdict is Verdict.TOO_FEW


def test_the_interval_of_a_median_holds_it_eight_times_in_ten_or_more():
    chance, sides, inside = random.Random("medians"), around(), 0
    for _ in range(500):
        values = [chance.expovariate(1.0) for _ in range(chance.randint(5, 40))]
        found = lead_days([(sides.before.first, value) for value in values], sides)
        assert found.before == median(values)
        inside += found.low <= 0.6931 <= found.high
    assert inside >= 0.79 * 500


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [((5, 10), (18, 20), Verdict.MORE), ((18, 20), (5, 10), Verdict.LESS), ((7, 10), (8, 10), Verdict.TOO_FEW),
     ((0, 4), (4, 4), Verdict.TOO_FEW)],
)  # fmt: skip
def test_shares_of_fixes_that_held_are_told_apart_only_with_enough_of_them(before, after, verdict):
    sides, fixes = around(), []
    for day, (held, total) in ((sides.before.first, before), (ON, after)):
        fixes += [(day, number < held) for number in range(total)]
    found = held_share(fixes, sides)
    assert (found.before, found.after) == (before[0] / before[1], after[0] / after[1])
    assert found.verdict is verdict


def test_what_is_not_in_the_days_compared_is_left_out():
    sides = around(60, 60)
    outside = [(sides.before.first - timedelta(days=1), 5.0), (sides.after.until, 5.0)]
    assert lead_days(outside, sides).known_before + lead_days(outside, sides).known_after == 0
    assert incidents_a_week(dict.fromkeys((day for day, _ in outside), 9), sides).known_before == 0


def test_the_drawing_has_a_bar_a_week_and_a_mean_for_each_period():
    span = Span(ON - timedelta(weeks=10), ON + timedelta(weeks=10))
    known = periods([Entry(1, ON, OperatingModel.SEPARATE), Entry(2, ON + timedelta(weeks=5), OperatingModel.SRE)])
    counts = {day: 2 if day < ON else 1 for day in days_of(span)}
    drawn = drawing_of(counts, known, span)
    assert [week.count for week in drawn.weeks] == [14] * 10 + [7] * 10
    assert [(one.words, round(one.mean, 3), round(one.x, 1)) for one in drawn.stretches] == [
        ("Nothing logged", 14, 0), ("Separate", 7, 50), ("SRE", 7, 75),
    ]  # fmt: skip
    assert all(week.y + week.height == pytest.approx(BASE) for week in drawn.weeks)
    assert drawn.words == "Incidents a week. Nothing logged 14.0 a week, then Separate 7.0 a week, then SRE 7.0 a week"
