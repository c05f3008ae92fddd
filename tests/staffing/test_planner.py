"""The planner beside trying everything: same cost, no broken rule; rules left out; smallest conflicts; the same plan again."""

import random
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gamebash.staffing.planner.conflicts import conflict_of, tags_of
from gamebash.staffing.planner.explain import moves_of, reasons_for, without_move
from gamebash.staffing.planner.instance import (
    Candidate,
    Edit,
    EditKind,
    Instance,
    Rule,
    ServiceNeed,
    Tag,
    TeamNeed,
    Wanting,
)
from gamebash.staffing.planner.judge import CostKind, costs_of, faults_of, total
from gamebash.staffing.planner.solve import Outcome, solve
from tests.staffing.small import brute_force, instance
from tools import sizes

FIRST = date(2026, 12, 1)
OPS, CHK = 1, 2
CENT = 1e-6


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_a_plan_costs_what_the_best_of_all_placements_costs(start):
    for seed in range(start, start + 100):
        asked = instance(seed, strict=seed % 5 == 0)
        best, found = brute_force(asked), solve(asked)
        if best is None:
            assert found.outcome is Outcome.INFEASIBLE, seed
        else:
            assert found.is_proven, seed
            assert found.cost == pytest.approx(best, abs=CENT), seed
            assert faults_of(asked, found.placement) == [], seed
            assert _moved_who_stay(asked, found.placement) == [], seed


def _moved_who_stay(asked, placement):
    return [
        person.id
        for person in asked.people
        if person.wanting is Wanting.STAY and person.path is None and set(placement[person.id]) - {person.home, None}
        and person.home is not None
    ]  # fmt: skip


def test_leaving_out_a_rule_gives_what_the_best_placement_without_it_costs_and_never_more():
    changed = 0
    for seed in range(60):
        asked = instance(seed)
        whole = solve(asked)
        for tag in tags_of(asked):
            best, found = brute_force(asked, frozenset({tag})), solve(asked, without=frozenset({tag}))
            if best is None:
                assert found.outcome is Outcome.INFEASIBLE
                continue
            assert found.cost == pytest.approx(best, abs=CENT), (seed, tag)
            assert whole.placement is None or found.cost <= whole.cost + CENT
            changed += whole.placement is None or found.cost < whole.cost - CENT
    assert changed > 20


def test_a_conflict_is_smallest_each_of_its_rules_left_out_leaves_a_placement():
    sizes = []
    for seed in range(120):
        asked = instance(seed, strict=True)
        if brute_force(asked) is not None:
            continue
        conflict = conflict_of(asked, seconds=30)
        others = frozenset(tags_of(asked)) - set(conflict.tags)
        assert conflict.is_minimal
        assert brute_force(asked, others) is None, seed
        for tag in conflict.tags:
            assert brute_force(asked, others | {tag}) is not None, (seed, tag)
        for relaxed in conflict.relaxed:
            best = brute_force(asked, frozenset({relaxed.tag}))
            assert relaxed.solution.placement is None if best is None else relaxed.solution.cost == pytest.approx(best)
        sizes.append(len(conflict.tags))
    assert max(sizes) >= 3
    assert len(sizes) > 40


def test_every_move_has_a_reason_and_without_it_no_plan_is_cheaper():
    seen = 0
    for seed in range(150):
        asked = instance(seed)
        found = solve(asked)
        if found.placement is None:
            continue
        moves = moves_of(asked, found.placement)
        for move, reasons in zip(moves, reasons_for(asked, found.placement, moves), strict=True):
            if move.from_team is None:
                continue
            seen += 1
            assert reasons.keeps or total(reasons.saves) >= total(reasons.causes) - CENT
            otherwise = without_move(asked, move, seconds=10)
            barred = replace(asked, edits=(*asked.edits, Edit(EditKind.FORBID, move.person, move.to_team, move.at)))
            best = brute_force(barred)
            assert otherwise.placement is None if best is None else otherwise.cost == pytest.approx(best, abs=CENT)
            assert best is None or best >= found.cost - CENT
    assert seen > 40


def test_the_same_input_gives_the_same_plan_in_whatever_order_it_comes():
    for seed in range(80):
        asked = instance(seed)
        shuffled = replace(asked, people=tuple(random.Random(seed).sample(asked.people, len(asked.people))))
        one, again, other = solve(asked), solve(asked), solve(shuffled)
        assert one.placement == again.placement == other.placement


def team(number, code, people, **values):
    needs = {"least": (people,), "most": (people,), "seats": (0,)} | values
    return TeamNeed(number, code, number == OPS, **needs)


def person(number, name, home, wanting=Wanting.OPEN, weeks=30, **values):
    places = values.pop("places", frozenset({OPS, CHK}))
    return Candidate(number, name, home, FIRST - timedelta(weeks=weeks), wanting, places=places, **values)


@pytest.fixture
def swap():
    """Aisha in OPS wants to CHK, Noor in CHK to OPS, Sam in OPS wants to stay."""
    people = (
        person(1, "Aisha", OPS, Wanting.MOVE, wanted=frozenset({CHK})),
        person(2, "Noor", CHK, Wanting.MOVE, wanted=frozenset({OPS})),
        person(3, "Sam", OPS, Wanting.STAY),
    )
    return Instance((FIRST,), (team(OPS, "OPS", 2), team(CHK, "CHK", 1)), people)


def path(asked, **values):
    found = solve(replace(asked, **values))
    return found.placement and {one.name: found.placement[one.id][0] for one in asked.people}


def test_two_who_wish_each_others_place_swap_and_who_stays_stays(swap):
    found = solve(swap)
    assert found.placement == {1: (CHK,), 2: (OPS,), 3: (OPS,)}
    assert [(cost.kind, cost.amount) for cost in costs_of(swap, found.placement)] == [(CostKind.MOVE, 4)] * 2
    moves = moves_of(swap, found.placement)
    reasons = reasons_for(swap, found.placement, moves)
    assert [fault.tag for fault in reasons[0].keeps] == [Tag(Rule.MOST, OPS), Tag(Rule.LEAST, CHK)]
    assert [cost.kind for cost in reasons[0].saves] == [CostKind.WAITING]
    assert reasons[0].price == 4


def test_who_is_not_eligible_yet_waits_and_so_does_the_other_side(swap):
    aisha = replace(swap.people[0], eligible_at=None)
    assert path(swap, people=(aisha, *swap.people[1:])) == {"Aisha": OPS, "Noor": CHK, "Sam": OPS}


def test_knowledge_is_kept_at_hand(swap):
    labels = ServiceNeed(1, "labels", frozenset({1}), frozenset({OPS}), 1)
    assert path(swap, services=(labels,)) == {"Aisha": OPS, "Noor": CHK, "Sam": OPS}
    shared = replace(labels, knowers=frozenset({1, 2}))
    assert path(swap, services=(shared,)) == {"Aisha": CHK, "Noor": OPS, "Sam": OPS}


def test_a_pair_is_kept_apart_and_another_together(swap):
    assert path(swap, apart=((2, 3),)) == {"Aisha": OPS, "Noor": CHK, "Sam": OPS}
    assert path(swap, together=((1, 3),)) == {"Aisha": OPS, "Noor": CHK, "Sam": OPS}


def test_nobody_is_moved_on_days_away_or_before_the_least_tour(swap):
    away = replace(swap.people[1], away=frozenset({0}))
    roomy = (team(OPS, "OPS", 1, most=(3,)), team(CHK, "CHK", 0, most=(3,)))
    assert path(swap, people=(swap.people[0], away, swap.people[2]), teams=roomy)["Noor"] == CHK
    late = replace(swap.people[1], since=FIRST - timedelta(days=20))
    short = (team(OPS, "OPS", 2), team(CHK, "CHK", 1, shortest_days=60))
    assert path(swap, people=(swap.people[0], late, swap.people[2]), teams=short)["Noor"] == CHK


def test_who_is_away_does_not_count_as_there(swap):
    away = replace(swap.people[2], away=frozenset({0}))
    asked = replace(swap, people=(*swap.people[:2], away), teams=(team(OPS, "OPS", 2), team(CHK, "CHK", 0)))
    assert path(asked) == {"Aisha": OPS, "Noor": OPS, "Sam": OPS}


def test_at_most_so_many_come_and_go_at_one_date(swap):
    teams = (team(OPS, "OPS", 2, changes=0), team(CHK, "CHK", 1))
    assert path(swap, teams=teams) == {"Aisha": OPS, "Noor": CHK, "Sam": OPS}


def test_a_tour_past_its_longest_is_ended_where_that_costs_less_than_going_on():
    people = (person(1, "Aisha", OPS, weeks=60), person(2, "Noor", CHK, weeks=10))
    teams = (team(OPS, "OPS", 1, longest_days=365), team(CHK, "CHK", 1))
    asked = Instance((FIRST,), teams, people)
    assert path(asked) == {"Aisha": OPS, "Noor": CHK}
    dates = (FIRST, FIRST + timedelta(days=91))
    teams = (team(OPS, "OPS", 1, least=(1, 1), most=(1, 1), seats=(0, 0), longest_days=365),
             team(CHK, "CHK", 1, least=(1, 1), most=(1, 1), seats=(0, 0)))  # fmt: skip
    assert solve(replace(asked, dates=dates, teams=teams)).placement == {1: (CHK, CHK), 2: (OPS, OPS)}


def test_joiners_enter_ops_and_seats_open_for_those_who_are_ready():
    joiners = tuple(Candidate(-number, f"Joiner {number}", None, places=frozenset({OPS, CHK})) for number in (1, 2))
    people = (person(1, "Aisha", OPS), person(2, "Noor", OPS), *joiners)
    asked = Instance((FIRST,), (team(OPS, "OPS", 2, most=(4,)), team(CHK, "CHK", 0, most=(5,), seats=(2,))), people)
    assert solve(asked).placement == {-2: (OPS,), -1: (OPS,), 1: (CHK,), 2: (CHK,)}


def test_who_has_been_in_ops_least_goes_there_first():
    people = (
        person(1, "Aisha", CHK, past_ops_days=300.0),
        person(2, "Noor", CHK, past_ops_days=0.0),
        person(3, "Sam", OPS),
    )
    asked = Instance((FIRST,), (team(OPS, "OPS", 2), team(CHK, "CHK", 1)), people, fair_ops_days=120.0)
    assert path(asked) == {"Aisha": CHK, "Noor": OPS, "Sam": OPS}


def test_a_manager_holds_forces_and_forbids(swap):
    assert path(swap, edits=(Edit(EditKind.HOLD, 1),)) == {"Aisha": OPS, "Noor": CHK, "Sam": OPS}
    assert path(swap, edits=(Edit(EditKind.FORBID, 2, OPS, 0),)) == {"Aisha": OPS, "Noor": CHK, "Sam": OPS}
    assert path(swap, edits=(Edit(EditKind.FORCE, 3, CHK, 0),)) is None


def test_a_move_forced_on_who_wants_to_stay_is_a_conflict_that_says_so(swap):
    asked = replace(swap, edits=(Edit(EditKind.FORCE, 3, CHK, 0),))
    conflict = conflict_of(asked, seconds=20)
    assert conflict.tags == (Tag(Rule.EDIT, 0), Tag(Rule.STAY, 3))
    assert [one.solution.is_proven for one in conflict.relaxed] == [True, True]


def test_a_search_that_is_listened_to_finds_the_same(swap):
    assert solve(swap, listener=lambda _: True).cost == solve(swap).cost == 8


def test_the_solver_writes_nothing_to_the_standard_output():
    code = "from tests.staffing.small import instance; from gamebash.staffing.planner.solve import solve; print(solve(instance(1)).outcome)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sizes.ROOT)
    assert (done.stdout, done.stderr) == (f"{solve(instance(1)).outcome}\n", "")
