"""Expected and observed, too few to tell, and how often problems come back: as tables, and against chance."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from gamebash.watch.numbers import (
    Counted,
    Finding,
    Repair,
    effect_of,
    finding_of,
    repeat_rate,
    repeat_rates,
    scatter_of_sum,
)

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def counted(expected, observed, **values):
    return Counted(**{"before": 9, "expected": expected, "observed": observed, "observed_weight": 4.0 * observed,
                      "mean_weight": 4.0, "mean_minutes": 90.0, **values})  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "observed", "finding"),
    [
        (40.0, 3, Finding.FEWER),
        (40.0, 40, Finding.TOO_FEW),
        (40.0, 140, Finding.MORE),
        # One expected and none came: that happens by chance, whoever fixed what.
        (1.0, 0, Finding.TOO_FEW),
        (0.0, 0, Finding.NOT_YET),
        (0.0, 4, Finding.MORE),
    ],
)
def test_what_may_be_chance_is_too_few_to_tell(expected, observed, finding):
    assert effect_of([counted(expected, observed)], scatter=0.25).finding is finding


def test_what_did_not_happen_is_worth_its_weight_and_hours():
    effect = effect_of([counted(10.0, 2), counted(5.0, 5)], scatter=0.25)
    assert (effect.expected, effect.observed, effect.prevented) == (15.0, 7, 8.0)
    assert (effect.weight, effect.hours, effect.before) == (32.0, 12.0, 18)


def test_nothing_fixed_is_nothing_to_tell():
    assert effect_of([], scatter=0.25).finding is Finding.NOT_YET


def test_many_small_problems_together_scatter_less_than_one_large_one():
    assert scatter_of_sum([10.0], 0.3) == pytest.approx(0.3)
    assert scatter_of_sum([1.0] * 10, 0.3) == pytest.approx(0.03)
    few, many = (
        effect_of([counted(20, 9)], scatter=0.6),
        effect_of([counted(1, 0)] * 11 + [counted(1, 1)] * 9, scatter=0.6),
    )
    assert (few.finding, many.finding) == (Finding.TOO_FEW, Finding.FEWER)


def test_where_nothing_was_done_an_effect_is_claimed_in_about_two_cases_of_ten():
    chance, claimed, rounds, alpha = random.Random(5), 0, 1_000, 0.3
    for _ in range(rounds):
        means = [chance.uniform(0.5, 6) for _ in range(12)]
        observed = [_negative_binomial(mean, alpha, chance) for mean in means]
        found = effect_of([counted(mean, came) for mean, came in zip(means, observed, strict=True)], scatter=alpha)
        claimed += found.finding in {Finding.FEWER, Finding.MORE}
    assert 0.10 < claimed / rounds < 0.24


def _negative_binomial(mean, alpha, chance):
    rate, count, spent = chance.gammavariate(1 / alpha, alpha * mean), 0, 0.0
    while True:
        spent += chance.expovariate(1.0)
        if spent > rate:
            return count
        count += 1


def test_the_ends_of_the_interval_are_too_few_to_tell():
    assert [finding_of(10, count, 4, 16) for count in (3, 4, 16, 17)] == [
        Finding.FEWER, Finding.TOO_FEW, Finding.TOO_FEW, Finding.MORE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("age", "back_after", "days", "fixes", "back"),
    [
        (100, 20, 30, 1, 1),
        (100, 30, 30, 1, 1),
        (100, 31, 30, 1, 0),
        (100, 31, 60, 1, 1),
        (100, None, 90, 1, 0),
        # A fix of yesterday says nothing yet, not even where it came back already.
        (1, None, 30, 0, 0),
        (20, 5, 30, 0, 0),
    ],
)
def test_a_problem_is_back_within_so_many_days_of_fixes_that_are_as_old(age, back_after, days, fixes, back):
    fixed_at = NOW - age * DAY
    repair = Repair(fixed_at, fixed_at + back_after * DAY if back_after else None)
    rate = repeat_rate([repair], days, now=NOW)
    assert (rate.fixes, rate.back) == (fixes, back)


def test_a_rate_of_few_fixes_is_not_told_and_one_of_many_has_its_interval():
    old = [Repair(NOW - 100 * DAY, NOW - 90 * DAY if number % 5 == 0 else None) for number in range(20)]
    thirty, sixty, ninety = repeat_rates(old, now=NOW)
    assert (thirty.share, sixty.share, ninety.share) == (0.2, 0.2, 0.2)
    assert thirty.interval == (pytest.approx(0.081, abs=0.001), pytest.approx(0.416, abs=0.001))
    assert repeat_rate(old[:4], 30, now=NOW).share is None
    assert repeat_rate([], 30, now=NOW).interval == (0.0, 1.0)
