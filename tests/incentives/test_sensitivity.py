"""Playing the audit's guesses at both ends: what is tried, and that the worst is what is said."""

from dataclasses import fields

import pytest

from gamebash.incentives.assumptions import USUAL, Assumptions
from gamebash.incentives.played import Line, Played, Trial
from gamebash.incentives.sensitivity import RANGES, Setting, Tried, resized, settings, worst_of
from gamebash.incentives.shares import Paired, Share
from gamebash.incentives.strategies import BY_NAME
from tests.incentives.boards import demo_ground

# What only makes a newcomer slower is no matter of cheating.
UNTRIED = {"newcomer_slowness"}


def test_every_assumption_is_played_on_both_sides_of_what_is_usual_or_up_to_it():
    tried = {name for _, levels in RANGES for level in levels for name in level}
    assert tried == {one.name for one in fields(Assumptions)} - UNTRIED
    for _, levels in RANGES:
        for name in levels[0]:
            values = [level[name] for level in levels]
            assert min(values) < getattr(USUAL, name)
            assert max(values) > getattr(USUAL, name) or name == "taken_back", name


def test_each_setting_moves_one_thing():
    first, *others = settings()
    assert first == Setting("as usual", "")
    assert all((bool(one.people), bool(one.brings), bool(one.seats)).count(True) == 1 for one in others)


@pytest.mark.parametrize(("seats", "stories"), [(12, 26), (80, 66)])
def test_a_day_of_another_size_has_so_many_of_each_and_every_story_its_own_problem(seats, stories):
    day = resized(demo_ground(), seats, stories)
    assert (len(day.seats), len(day.stories), len({one.problem for one in day.stories})) == (seats, stories, stories)
    assert resized(demo_ground(), 0, 0) == demo_ground()


def line(strategy, pay, impact):
    return Line(strategy, 0.0, 0.0, Share(pay, pay - 0.1, pay + 0.1), Share(impact, impact - 0.1, impact + 0.1), 0.5)


def test_the_worst_is_who_is_paid_most_for_less_than_half():
    rich, idle, poor = line("sandbagger", 1.6, 0.8), line("silencer", 0.85, 0.0), line("bug_planter", 0.3, -8.0)
    tried = Tried(Setting("as usual", ""), (rich, idle, poor))
    assert tried.worst is idle
    assert Tried(Setting("as usual", ""), (rich,)).worst is rich
    worse = Tried(Setting("taken back", "0"), (line("silencer", 1.9, 0.0),))
    assert worst_of((tried, worse), "silencer") == (worse.setting, worse.lines[0])
    assert (rich.pays_off, idle.pays_off, idle.may_pay_off, worse.lines[0].pays_off) == (False, False, True, True)


def test_a_rise_on_the_same_days_has_no_noise_of_the_days():
    one, other = Paired([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]), Paired([2.0, 4.0, 6.0], [2.0, 4.0, 6.0])
    assert one.rise_to(other) == Share(0.5, 0.5, 0.5)
    assert Paired([1.0], [0.0]).share() == Share(0.0, 0.0, 0.0)


def test_where_organisers_take_nothing_back_shams_pay_more():
    lenient = Setting("taken back", "0", people={"taken_back": 0.0})
    silencer, trial = BY_NAME["silencer"], Trial(30, 1)
    usual = Played(demo_ground(), trial).line(silencer)
    other = Played(demo_ground(), trial, USUAL.otherwise(lenient.people)).line(silencer)
    assert other.pay.low > usual.pay.high
