"""Balanced squads: tables of cases, random crowds, and every way there is for small ones."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamebash.events.balancing import Member, Shape, balance, median_strength, neediest

MEMBERS = st.builds(lambda strength, is_ops: (strength, is_ops), st.floats(0, 20, allow_nan=False), st.booleans())


def crowd(pairs, groups=None):
    groups = groups or {}
    return [Member(number, strength, is_ops, groups.get(number, "")) for number, (strength, is_ops) in enumerate(pairs)]


def cost(squads):
    """The rule in words: sizes first, then the mix, then strength, each by the sum of squares."""
    return (
        sum(len(squad) ** 2 for squad in squads),
        sum(sum(one.is_ops for one in squad) ** 2 for squad in squads),
        sum(sum(round(one.strength * 1000) for one in squad) ** 2 for squad in squads),
    )


def spread(values):
    return max(values) - min(values)


def snake_draft(members, number):
    """How a sports teacher does it, side by side, so that the mix is as good as ours."""
    squads, turn = [[] for _ in range(number)], 0
    for is_ops in (True, False):
        for one in sorted(
            (one for one in members if one.is_ops is is_ops), key=lambda one: (-one.strength, one.player_id)
        ):
            lap, step = divmod(turn, number)
            squads[number - 1 - step if lap % 2 else step].append(one)
            turn += 1
    return squads


@settings(max_examples=300)
@given(st.lists(MEMBERS, min_size=1, max_size=48), st.integers(1, 9))
def test_sizes_and_mix_are_as_equal_as_can_be_and_strength_no_worse_than_a_snake_draft(pairs, number):
    members = crowd(pairs)
    squads = balance(members, number)
    assert sorted(one.player_id for squad in squads for one in squad) == list(range(len(members)))
    assert len(squads) == min(number, len(members))
    assert spread([len(squad) for squad in squads]) <= 1
    assert spread([sum(one.is_ops for one in squad) for squad in squads]) <= 1
    assert cost(squads) <= cost(snake_draft(members, len(squads)))


@settings(max_examples=120)
@given(st.lists(MEMBERS, min_size=2, max_size=7), st.integers(2, 3), st.data())
def test_small_crowds_get_the_best_there_is(pairs, number, data):
    grouped = data.draw(st.lists(st.integers(0, len(pairs) - 1), max_size=3, unique=True))
    members = crowd(pairs, dict.fromkeys(grouped, "Night Owls"))
    squads = balance(members, number)
    best = min(
        cost(ways)
        for places in product(range(len(squads)), repeat=len(members))
        if len({places[number] for number in grouped}) <= 1
        for ways in [
            [
                [one for one, place in zip(members, places, strict=True) if place == squad]
                for squad in range(len(squads))
            ]
        ]
        if all(ways)
    )
    assert cost(squads) == best


@settings(max_examples=100)
@given(st.lists(MEMBERS, min_size=6, max_size=40), st.integers(2, 6), st.data())
def test_whoever_formed_a_squad_stays_together(pairs, number, data):
    names = data.draw(st.lists(st.sampled_from(["", "", "Owls", "Birds"]), min_size=len(pairs), max_size=len(pairs)))
    members = crowd(pairs, dict(enumerate(names)))
    squads = balance(members, number)
    for name in {"Owls", "Birds"} & set(names):
        assert sum(any(one.group == name for one in squad) for squad in squads) == 1
    assert all(squads)


@given(st.lists(MEMBERS, min_size=1, max_size=25), st.integers(1, 6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_same_people_give_the_same_squads_in_whatever_order_they_come(pairs, number, chance):
    members = crowd(pairs)
    shuffled = members[:]
    chance.shuffle(shuffled)
    assert balance(members, number) == balance(shuffled, number)


def test_nobody_gives_no_squads():
    assert balance([], 4) == ()
    assert balance(crowd([(1, True)]), 0) == ()


@pytest.mark.parametrize(("strengths", "middle"), [([], 1.0), ([4], 4), ([1, 9], 5), ([9, 1, 2], 2)])
def test_newcomers_start_in_the_middle(strengths, middle):
    assert median_strength(strengths) == middle


@pytest.mark.parametrize(
    ("shapes", "is_ops", "name"),
    [
        ([("Owls", 4, 1), ("Birds", 3, 3)], True, "Birds"),
        ([("Owls", 4, 1), ("Birds", 4, 3)], True, "Owls"),
        ([("Owls", 4, 1), ("Birds", 4, 3)], False, "Birds"),
        ([("Owls", 4, 1), ("Birds", 4, 1)], False, "Birds"),
    ],
)
def test_a_latecomer_is_offered_the_smallest_squad_then_the_one_that_lacks_their_side(shapes, is_ops, name):
    assert neediest([Shape(*shape) for shape in shapes], is_ops=is_ops).name == name


def test_without_squads_there_is_no_offer():
    assert neediest([], is_ops=True) is None
