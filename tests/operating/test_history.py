"""How a team works on a day follows from its log alone."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gamebash.operating.history import Conflict, Entry, contradictions, period_on, periods, standing
from gamebash.operating.kinds import OperatingModel

SEPARATE, FIFTH, ROTATING, SRE = OperatingModel
START = date(2026, 1, 5)


def day(number):
    return START + timedelta(days=number)


def test_a_period_lasts_up_to_the_day_of_the_next():
    found = periods([Entry(1, day(0), SEPARATE), Entry(2, day(30), FIFTH)])
    assert [(one.model, one.from_on, one.until_on) for one in found] == [
        (SEPARATE, day(0), day(30)),
        (FIFTH, day(30), None),
    ]
    assert [period_on(found, day(at)) and period_on(found, day(at)).model for at in (-1, 0, 29, 30, 900)] == [
        None, SEPARATE, SEPARATE, FIFTH, FIFTH,
    ]  # fmt: skip
    assert found[0].last_on == day(29)


def test_a_correction_stands_in_the_place_of_the_entry_it_names():
    found = periods([Entry(1, day(0), SEPARATE), Entry(2, day(30), FIFTH), Entry(3, day(40), ROTATING, corrects=2)])
    assert [(one.number, one.model, one.from_on) for one in found] == [(1, SEPARATE, day(0)), (3, ROTATING, day(40))]


def test_a_correction_without_a_model_takes_out_and_can_be_corrected_itself():
    log = [Entry(1, day(0), SEPARATE), Entry(2, day(30), FIFTH), Entry(3, day(30), None, corrects=2)]
    assert [one.number for one in standing(log)] == [1]
    assert [one.number for one in standing([*log, Entry(4, day(30), FIFTH, corrects=3)])] == [1, 4]


def test_two_entries_of_a_day_and_a_switch_to_the_same_contradict_the_log():
    same_day = contradictions([Entry(1, day(0), SEPARATE), Entry(2, day(0), SRE)])
    no_change = contradictions([Entry(1, day(0), SRE), Entry(2, day(5), SRE)])
    assert [one.conflict for one in same_day + no_change] == [Conflict.SAME_DAY, Conflict.NO_CHANGE]


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(OperatingModel)), max_size=12))
def test_the_periods_of_a_log_without_contradictions_follow_one_another_without_a_gap(values):
    log = []
    for number, (at, model) in enumerate(values, start=1):
        if not contradictions([*log, Entry(number, day(at), model)]):
            log.append(Entry(number, day(at), model))
    found = periods(log)
    for earlier, later in pairwise(found):
        assert earlier.until_on == later.from_on
        assert earlier.model is not later.model
    for at in range(61):
        named = [entry for entry in log if entry.starts_on <= day(at)]
        latest = max(named, key=lambda entry: entry.starts_on, default=None)
        present = period_on(found, day(at))
        assert (present.model if present else None) == (latest.model if latest else None)
