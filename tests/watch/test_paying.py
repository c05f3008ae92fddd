"""What held pays and what came back takes, as a table; and what holds for every share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamebash.points.scoring import EntryKind
from gamebash.watch.paying import Paid, clawback, held_bonus

FIX, FIRST, ASSIST, REVIEW, NEWCOMER, HELD, *_ = EntryKind


def paid(*entries):
    return [Paid(number, number, kind, points) for number, (kind, points) in enumerate(entries, start=1)]


EVERYTHING = ((FIX, 5), (FIRST, 2), (NEWCOMER, 2), (ASSIST, 2), (REVIEW, 1))


@pytest.mark.parametrize(
    ("entries", "share", "factor", "points"),
    [
        # Half of 5 is 2.5, rounded down 2; an assist of 2 gets 1. First fix, newcomer and review are for the day.
        (EVERYTHING, 0.5, 1.0, [2, 1]),
        (EVERYTHING, 1.0, 1.0, [5, 2]),
        (EVERYTHING, 0.0, 1.0, []),
        # An hour on it prevents twice, or a tenth, of the board's middle.
        (EVERYTHING, 0.5, 2.0, [5, 2]),
        (EVERYTHING, 0.5, 0.1, []),
        # A fix of one point is not doubled, unless what it prevents is worth that.
        (((FIX, 1),), 0.5, 1.0, []),
        (((FIX, 1),), 0.5, 2.0, [1]),
        # A second story about a problem that paid already has no entry to follow.
        (((REVIEW, 1),), 0.5, 1.0, []),
        ((), 0.5, 1.0, []),
    ],
)
def test_what_held_pays(entries, share, factor, points):
    assert [one.points for one in held_bonus(paid(*entries), share, factor)] == points


@pytest.mark.parametrize(
    ("entries", "share", "points"),
    [
        (EVERYTHING, 1.0, [-5, -2, -2, -2, -1]),
        (EVERYTHING, 0.5, [-3, -1, -1, -1, -1]),
        (EVERYTHING, 0.0, []),
        # A held bonus that was paid too early comes back whole, whatever the share.
        (((FIX, 5), (HELD, 3)), 0.5, [-3, -3]),
        (((FIX, 5), (HELD, 3)), 0.0, [-3]),
        # An award is somebody's word and stays.
        (((EntryKind.AWARD, 3),), 1.0, []),
    ],
)
def test_what_came_back_takes(entries, share, points):
    assert [one.points for one in clawback(paid(*entries), share)] == points


@given(
    st.lists(st.tuples(st.sampled_from(list(EntryKind)), st.integers(1, 200)), max_size=12),
    st.floats(0, 1, allow_nan=False),
)
def test_never_more_is_taken_than_was_paid_and_nobody_loses_what_others_got(entries, share):
    before = {one.entry_id: one.points for one in paid(*entries)}
    for payment in clawback(paid(*entries), share):
        assert 0 < -payment.points <= before[payment.about.entry_id]
