"""A bracket follows from the log and from history."""

import pytest

from gamebash.points.brackets import brackets_in, brackets_of, in_bracket, winners, words_of
from gamebash.points.ranking import Score, ranked
from gamebash.rotation.kinds import TeamKind


def score(key, points, *brackets):
    return Score(key, key, "", "", "", "ops", "ring", points, 0, 1, None, 0, brackets)


@pytest.mark.parametrize(
    ("kind", "division", "is_newcomer", "expected"),
    [
        (TeamKind.OPS, "", True, ("newcomer", "ops")),
        (TeamKind.SRE, "Rotterdam", False, ("ops", "site:Rotterdam")),
        (TeamKind.SCRUM, "", False, ("scrum",)),
        (None, "", False, ()),
    ],
)
def test_brackets_come_from_the_team_of_the_day_and_earlier_fixes(kind, division, is_newcomer, expected):
    assert brackets_of(kind, division, is_newcomer=is_newcomer) == expected


def test_places_in_a_bracket_are_counted_among_its_own():
    board = ranked([score("mara", 9, "scrum"), score("sam", 7, "ops"), score("noor", 5, "ops", "newcomer")])
    assert [(row.score.key, row.place) for row in in_bracket(board, "ops")] == [("sam", 1), ("noor", 2)]
    assert brackets_in(board) == ("newcomer", "ops", "scrum")


def test_nobody_wins_a_bracket_without_a_point_and_equals_share_it():
    board = ranked([score("mara", 0, "scrum"), score("sam", 7, "ops"), score("noor", 7, "ops")])
    assert {name: [row.score.key for row in rows] for name, rows in winners(board).items()} == {"ops": ["noor", "sam"]}


def test_a_site_is_called_by_its_name():
    assert (words_of("site:Rotterdam"), words_of("newcomer")) == ("Rotterdam", "Newcomers")
