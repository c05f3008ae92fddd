"""The incentive audit: what cheating pays under the default rules, and what each rule is for."""

from dataclasses import replace

import pytest

from gamebash.events.rules import Rules
from gamebash.incentives.audit import Report, Trial, audit
from gamebash.incentives.day import Day
from gamebash.incentives.ground import OFF, PRACTICES, stories_of
from gamebash.incentives.strategies import BY_NAME, STRATEGIES
from tests.incentives.boards import demo_ground

QUICK = Trial(runs=60, seed=1)


@pytest.fixture(scope="module")
def report():
    return audit(demo_ground(), Trial(runs=200, seed=1))


def test_by_the_default_rules_no_cheating_pays(report):
    assert [line.strategy for line in report.failing] == []
    dishonest = {line.strategy: line for line in report.lines if not BY_NAME[line.strategy].is_honest}
    assert len(dishonest) == 9
    for line in dishonest.values():
        assert line.pay.of_honest < 0.9 or line.impact.of_honest >= 0.5, line


def test_a_newcomer_has_about_an_even_chance_of_the_upper_half(report):
    newcomer = next(line for line in report.lines if line.strategy == "newcomer")
    assert 0.4 <= newcomer.upper_half <= 0.6


def test_the_same_seed_gives_the_same_table():
    assert audit(demo_ground(), Trial(5, 7)) == audit(demo_ground(), Trial(5, 7))
    assert audit(demo_ground(), Trial(5, 7)) != audit(demo_ground(), Trial(5, 8))


# How much better the cheat is paid without the rule, as a share of the honest pay, at the least.
RISES = {
    ("small_fix_limit", "cherry_picker"): 0.0,
    ("claims_at_once", "hoarder"): 0.05,
    ("one_problem", "splitter"): 1.0,
    ("drawn_reviewers", "colluding_pair"): 1.0,
    ("send_back_limit", "colluding_pair"): 0.1,
    ("drawn_reviewers", "rubber_stamp"): 0.5,
    ("skips_late_trouble", "bug_planter"): 0.5,
    ("send_back_limit", "silencer"): 0.2,
    ("spot_check_share", "silencer"): 0.5,
    ("second_person", "silencer"): 0.05,
    ("needs_second_estimate", "sandbagger"): 1.0,
    ("review_deadline", "last_minute"): 0.02,
}


def test_every_rule_that_is_to_stop_a_strategy_is_tried_without():
    assert {(rule, one.name) for one in STRATEGIES for rule in one.stoppers} == set(RISES)
    assert all(rule in OFF or rule in PRACTICES for rule, _ in RISES)


def test_switching_a_rule_off_shows_its_harm():
    whole = audit(demo_ground(), QUICK, is_whole=True)
    found = {(one.rule, one.strategy): one.pay_without - one.pay for one in whole.without}
    assert {key: rise for key, rise in found.items() if rise < RISES[key]} == {}


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


def test_a_day_with_a_single_seat_ends():
    ground = replace(demo_ground(), seats=demo_ground().seats[:1])
    for strategy in STRATEGIES:
        assert Day(ground, strategy, 1).play().day_points >= 0
