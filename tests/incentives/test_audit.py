"""The incentive audit: what cheating pays under the default rules, and what each rule is for."""

from dataclasses import replace

import pytest

from gamebash.events.rules import Rules
from gamebash.incentives.audit import Report, audit
from gamebash.incentives.day import Day
from gamebash.incentives.ground import OFF, PRACTICES, stories_of
from gamebash.incentives.played import Played, Trial
from gamebash.incentives.strategies import BY_NAME, STRATEGIES
from tests.incentives.boards import demo_ground

QUICK = Trial(runs=60, seed=1)


@pytest.fixture(scope="module")
def report():
    return audit(demo_ground(), Trial(runs=200, seed=1))


def test_by_the_default_rules_no_cheating_pays(report):
    assert [line.strategy for line in report.failing] == []
    dishonest = {line.strategy: line for line in report.lines if not BY_NAME[line.strategy].is_honest}
    assert len(dishonest) == len(STRATEGIES) - 2
    for line in dishonest.values():
        assert line.pay.of_honest < 0.9 or line.impact.of_honest >= 0.5, line


def test_a_newcomer_has_about_an_even_chance_of_the_upper_half(report):
    newcomer = next(line for line in report.lines if line.strategy == "newcomer")
    assert 0.4 <= newcomer.upper_half <= 0.6


def test_the_same_seed_gives_the_same_table():
    assert audit(demo_ground(), Trial(5, 7)) == audit(demo_ground(), Trial(5, 7))
    assert audit(demo_ground(), Trial(5, 7)) != audit(demo_ground(), Trial(5, 8))


# Which rules show their harm on this board within sixty days; the rest is in docs/incentives.md, with what it takes to see it.
SHOWN = {
    ("claims_at_once", "hoarder"),
    ("one_problem", "splitter"),
    ("drawn_reviewers", "colluding_pair"),
    ("send_back_limit", "colluding_pair"),
    ("drawn_reviewers", "rubber_stamp"),
    ("skips_late_trouble", "bug_planter"),
    ("send_back_limit", "silencer"),
    ("spot_check_share", "silencer"),
    ("needs_second_estimate", "valued_sandbagger"),
    ("bounds_by_value", "sandbagger"),
    ("bounds_by_value", "sizing_pair"),
    ("skips_early_changes", "patient_holder"),
    ("spot_check_share", "patient_holder"),
    ("drawn_reviewers", "alias_pair"),
    ("spot_check_share", "alias_pair"),
}
TRIED = {
    *SHOWN,
    ("held_value_cap", "cherry_picker"),
    ("second_person", "silencer"),
    ("review_deadline", "last_minute"),
}


def test_every_rule_that_is_to_stop_a_strategy_is_tried_without():
    assert {(rule, one.name) for one in STRATEGIES for rule in one.stoppers} == TRIED
    assert all(rule in OFF or rule in PRACTICES for rule, _ in TRIED)


def test_switching_a_rule_off_shows_its_harm_beyond_noise():
    whole = audit(demo_ground(), QUICK, is_whole=True)
    found = {(one.rule, one.strategy): one for one in whole.without}
    assert {key: found[key].rise for key in SHOWN if not found[key].shows} == {}


def test_without_a_bonus_by_value_picking_what_is_easy_is_paid_more():
    trial, cherry_picker = Trial(runs=200, seed=1), BY_NAME["cherry_picker"]
    usual, other = (Played(ground, trial) for ground in (demo_ground(), demo_ground().without("held_value_cap")))
    assert usual.pay(cherry_picker).rise_to(other.pay(cherry_picker)).low > 0


def test_no_two_seeds_share_a_day():
    days = [day for seed in range(1, 6) for day in Trial(200, seed).days()]
    assert len(set(days)) == 1000
    assert list(Trial(200, 1, 5).days()) == days


def test_without_drawn_reviewers_collusion_pays():
    report = audit(demo_ground(), QUICK, off="drawn_reviewers")
    assert {"colluding_pair", "rubber_stamp"} <= {line.strategy for line in report.failing}


def test_progress_is_told_part_by_part():
    told = []
    audit(demo_ground(), Trial(2, 1), progress=lambda done, parts: told.append((done, parts)))
    assert told == [(number, len(STRATEGIES)) for number in range(1, len(STRATEGIES) + 1)]


def test_a_report_is_kept_and_read_back_as_it_was():
    report = audit(demo_ground(), Trial(2, 1), is_whole=True)
    assert Report.from_document(report.to_document()) == report


def test_a_changed_rule_changes_the_audit():
    plain, generous = (
        audit(demo_ground(Rules(reviewer_points=points)), Trial(20, 1)).lines[0].points for points in (0, 3)
    )
    assert generous > plain


def test_only_its_owner_takes_what_a_strategy_keeps_for_itself():
    ground = demo_ground()
    planter = BY_NAME["bug_planter"]
    day = Day(ground, planter, 3)
    day.play()
    assert len(stories_of(ground, planter)) == len(ground.stories) + planter.planted
    planted = [fix for fix in day.fixes if fix.work.facts.is_planted]
    assert planted
    assert {fix.author for fix in planted} <= set(day.focus)


def test_where_one_person_plays_honestly_the_second_name_plays_no_part():
    twin = BY_NAME["alias_pair"].honest_twin
    day = Day(demo_ground(), twin, 5)
    day.play()
    assert (len(day.focus), len(day.empty)) == (1, 1)
    assert not {fix.author for fix in day.fixes} & set(day.empty)
    assert not {number for work in day.works for number in work.reviewers} & set(day.empty)


def test_what_was_kept_back_prevents_nothing_and_what_came_while_it_waited_counts_against_it():
    ground, holder = demo_ground(Rules(skips_early_changes=False)), BY_NAME["patient_holder"]
    day = Day(ground, holder, 5)
    outcome = day.play()
    (kept,) = [work for work in day.works if work.is_kept]
    mended = sum(
        fix.work.facts.value
        for fix in day.fixes
        if fix.author in day.focus
        and fix.work.is_done
        and not fix.is_wrong
        and not fix.is_reversed
        and fix.work is not kept
    )
    assert outcome.prevented == pytest.approx(mended - kept.facts.value / 2)


def test_a_day_with_a_single_seat_ends():
    ground = replace(demo_ground(), seats=demo_ground().seats[:1])
    for strategy in STRATEGIES:
        assert Day(ground, strategy, 1).play().day_points >= 0
