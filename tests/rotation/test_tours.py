"""A person's log as tours: pure arithmetic."""

from datetime import date

import pytest

from gamebash.rotation.tours import Conflict, Entry, Tour, history

OPS, CHK, WHS = 1, 2, 3


def day(number):
    return date(2026, 1, number)


def entry(number, on, from_team, to_team, corrects=None):
    return Entry(number, day(on), from_team, to_team, corrects)


JOINED = entry(1, 1, None, CHK)
TO_OPS = entry(2, 10, CHK, OPS)
BACK = entry(3, 20, OPS, CHK)


def tours(*entries):
    return [(tour.team, tour.from_on.day, tour.until_on and tour.until_on.day) for tour in history(entries).tours]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], []),
        ([JOINED], [(CHK, 1, None)]),
        ([JOINED, TO_OPS, BACK], [(CHK, 1, 10), (OPS, 10, 20), (CHK, 20, None)]),
        ([BACK, TO_OPS, JOINED], [(CHK, 1, 10), (OPS, 10, 20), (CHK, 20, None)]),
        ([JOINED, entry(2, 10, CHK, None)], [(CHK, 1, 10)]),
        ([JOINED, entry(2, 10, CHK, None), entry(3, 12, None, OPS)], [(CHK, 1, 10), (OPS, 12, None)]),
        # A correction stands in the place of what it names, also on another day.
        ([JOINED, TO_OPS, entry(3, 12, CHK, WHS, corrects=2)], [(CHK, 1, 12), (WHS, 12, None)]),
        # One without teams takes the move out.
        ([JOINED, TO_OPS, entry(3, 10, None, None, corrects=2)], [(CHK, 1, None)]),
        # Of a chain of corrections only the last counts.
        (
            [JOINED, TO_OPS, entry(3, 12, CHK, WHS, corrects=2), entry(4, 14, CHK, OPS, corrects=3)],
            [(CHK, 1, 14), (OPS, 14, None)],
        ),
        # A correction can bring back a move that was taken out.
        (
            [JOINED, TO_OPS, entry(3, 10, None, None, corrects=2), entry(4, 11, CHK, OPS, corrects=3)],
            [(CHK, 1, 11), (OPS, 11, None)],
        ),
    ],
)
def test_tours_follow_from_the_moves_that_count(entries, expected):
    assert tours(*entries) == expected
    assert history(entries).contradictions == ()


@pytest.mark.parametrize(
    ("entries", "conflict", "number"),
    [
        ([entry(1, 1, CHK, OPS)], Conflict.ELSEWHERE, 1),
        ([JOINED, entry(2, 5, WHS, OPS)], Conflict.ELSEWHERE, 2),
        ([JOINED, entry(2, 5, None, OPS)], Conflict.ELSEWHERE, 2),
        ([JOINED, entry(2, 5, CHK, CHK)], Conflict.NOT_A_MOVE, 2),
        ([JOINED, entry(2, 1, CHK, OPS)], Conflict.SAME_DAY, 2),
        ([JOINED, TO_OPS, BACK, entry(4, 10, None, None, corrects=2)], Conflict.ELSEWHERE, 3),
    ],
)
def test_a_contradiction_is_named(entries, conflict, number):
    (found,) = history(entries).contradictions
    assert (found.conflict, found.entry.number) == (conflict, number)


def test_a_tour_covers_its_first_day_and_not_the_day_of_the_next_move():
    past = history([JOINED, TO_OPS])
    assert [past.team_on(day(number)) for number in (1, 9, 10, 11)] == [CHK, CHK, OPS, OPS]
    assert past.team_on(date(2025, 12, 31)) is None


def test_days_of_a_tour_are_counted_up_to_today_or_its_end():
    assert Tour(CHK, day(1), day(10)).days(day(31)) == 9
    assert Tour(CHK, day(1), day(10)).days(day(4)) == 3
    assert Tour(CHK, day(1), None).days(day(31)) == 30
    assert Tour(CHK, day(20), None).days(day(4)) == 0
