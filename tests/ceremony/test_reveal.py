"""The order of a ceremony: from the last place to the first, with a stop at every award."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamebash.ceremony.reveal import AT_ONCE, script_of


def document(points, honoured=()):
    rows = [{"person": number, "place": number, "points": value} for number, value in enumerate(points, start=1)]
    awards = [{"rule": "place", "person": 1}, *({"rule": "handover", "person": person} for person in honoured)]
    return {"players": rows, "awards": awards}


def persons(stops):
    return [[row["person"] for row in stop.rows] for stop in stops]


@pytest.mark.parametrize(
    ("points", "honoured", "field", "podium"),
    [
        ([], (), [], []),
        ([5], (), [], [[1]]),
        ([5, 4, 0], (), [], [[2], [1]]),
        ([9, 8, 7, 6, 5], (), [[5, 4]], [[3], [2], [1]]),
        # One stops with whoever has an award, and goes on from there.
        ([9, 8, 7, 6, 5, 4, 3], (6, 4), [[7, 6], [5, 4]], [[3], [2], [1]]),
        # Nobody is called up for having nothing, and an award on the podium stops nothing before it.
        ([9, 8, 7, 6, 0, 0], (1, 6), [[4]], [[3], [2], [1]]),
        (list(range(20, 0, -1)), (), [[20, 19, 18, 17, 16, 15], [14, 13, 12, 11, 10, 9], [8, 7, 6, 5, 4]],
         [[3], [2], [1]]),
    ],
)  # fmt: skip
def test_the_field_is_read_from_the_last_and_the_podium_comes_last(points, honoured, field, podium):
    script = script_of(document(points, honoured))
    assert (persons(script.field), persons(script.podium)) == (field, podium)


@given(st.lists(st.integers(0, 30), max_size=40), st.sets(st.integers(1, 40)))
def test_every_step_shows_something_and_nobody_with_points_is_forgotten(points, honoured):
    points = sorted(points, reverse=True)
    script = script_of(document(points, honoured))
    stops = [*script.field, *script.podium]
    assert [stop.step for stop in stops] == list(range(2, script.honours))
    assert (script.everyone, script.drinks) == (script.honours + 1, script.honours + 2)
    called = [person for group in persons(stops) for person in group]
    assert called == [number for number in range(len(points), 0, -1) if points[number - 1] > 0]
    assert all(0 < len(stop.rows) <= AT_ONCE for stop in stops)
