"""What earns a badge, and a table of attempts to farm one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamebash.badges.criteria import FixFact, Part, earned
from gamebash.badges.kinds import CRITERIA, Badge


def fixed(fix_id=1, **values):
    return FixFact(fix_id, Part.FIXED, **{"is_held": True, **values})


def other(part, fix_id=1, **values):
    return FixFact(fix_id, part, **{"is_held": True, **values})


@pytest.mark.parametrize(
    ("badge", "facts"),
    [
        (Badge.FIRST_SQUASH, [fixed(is_held=False)]),
        (Badge.DOUBLE_YELLOW, [fixed(grade="double_yellow")]),
        (Badge.ROOT_CAUSE, [fixed(1, change="c", problem_id=1, root_cause="capacity"),
                            fixed(2, change="c", problem_id=2, root_cause="capacity")]),
        (Badge.BOTH_SIDES, [fixed(is_ops=True)]),
        (Badge.BOTH_SIDES, [fixed(is_away=True)]),
        (Badge.QUIET_PAGER, [fixed(days=30, expected=1.0)]),
        (Badge.NOISE_GATE, [fixed(is_noise=True)]),
        (Badge.SECOND_SERVE, [fixed(was_sent_back=True)]),
        (Badge.HANDOVER, [other(Part.HELPED, is_newcomer=True)]),
        (Badge.HANDOVER, [other(Part.FOUND)]),
    ],
)  # fmt: skip
def test_one_good_fix_earns_it(badge, facts):
    assert earned(facts)[badge] == facts[-1].fix_id


@pytest.mark.parametrize(
    ("attempt", "badge", "facts"),
    [
        ("fixes that came back", Badge.DOUBLE_YELLOW, [fixed(n, grade="double_yellow", is_held=False) for n in range(9)]),
        ("many small ones", Badge.DOUBLE_YELLOW, [fixed(n, grade="blue") for n in range(50)]),
        ("one problem cut into stories", Badge.ROOT_CAUSE,
         [fixed(n, change="c", problem_id=1, root_cause="capacity") for n in range(5)]),
        ("stories by hand, of no problem", Badge.ROOT_CAUSE,
         [fixed(n, change="c", root_cause="capacity") for n in range(5)]),
        ("the cause left unknown", Badge.ROOT_CAUSE,
         [fixed(n, change="c", problem_id=n, root_cause="unknown") for n in range(5)]),
        ("one of the change's fixes came back", Badge.ROOT_CAUSE,
         [fixed(n, change="c", problem_id=n, root_cause="capacity", is_held=n != 3) for n in range(5)]),
        ("no link to the change", Badge.ROOT_CAUSE, [fixed(n, problem_id=n, root_cause="capacity") for n in range(5)]),
        ("quick fixes elsewhere that break", Badge.BOTH_SIDES, [fixed(n, is_away=True, is_held=False) for n in range(9)]),
        ("at home only", Badge.BOTH_SIDES, [fixed(n) for n in range(9)]),
        ("what would not have come back", Badge.QUIET_PAGER, [fixed(n, days=90, expected=0.9) for n in range(9)]),
        ("a short watch", Badge.QUIET_PAGER, [fixed(n, days=29, expected=9.0) for n in range(9)]),
        ("muted, and it came back", Badge.NOISE_GATE, [fixed(n, is_noise=True, is_held=False) for n in range(9)]),
        ("bad first attempts on purpose", Badge.SECOND_SERVE,
         [fixed(n, was_sent_back=True, is_held=False) for n in range(9)]),
        ("helping old hands", Badge.HANDOVER, [other(Part.HELPED, n) for n in range(50)]),
        ("named as helper in a fix that came back", Badge.HANDOVER,
         [other(Part.HELPED, n, is_newcomer=True, is_held=False) for n in range(9)]),
        ("sending back what came back anyway", Badge.HANDOVER, [other(Part.FOUND, n, is_held=False) for n in range(9)]),
        ("helping only", Badge.FIRST_SQUASH, [other(Part.HELPED, n) for n in range(9)]),
    ],
)  # fmt: skip
def test_an_attempt_to_farm_one_earns_nothing(attempt, badge, facts):
    assert badge not in earned(facts), attempt


FACTS = st.lists(
    st.builds(
        FixFact,
        fix_id=st.integers(1, 9),
        part=st.sampled_from(Part),
        is_held=st.booleans(),
        grade=st.sampled_from(["blue", "double_yellow"]),
        change=st.sampled_from(["", "a", "b"]),
        problem_id=st.none() | st.integers(1, 3),
        root_cause=st.sampled_from(["unknown", "capacity"]),
        is_noise=st.booleans(),
        is_newcomer=st.booleans(),
        days=st.integers(0, 90),
        expected=st.floats(0, 5),
    ),
    max_size=9,
)


@given(FACTS, st.integers(2, 5))
def test_doing_the_same_again_earns_nothing_more(facts, times):
    assert set(earned(facts * times)) == set(earned(facts))


@given(FACTS, st.randoms())
def test_the_proof_does_not_depend_on_the_order_of_facts(facts, random):
    assert set(earned(facts)) == set(earned(random.sample(facts, len(facts))))


def test_every_badge_has_a_criterion_that_says_what_is_not_enough():
    assert set(CRITERIA) == set(Badge)
    assert all(one.takes and one.not_enough for one in CRITERIA.values())
