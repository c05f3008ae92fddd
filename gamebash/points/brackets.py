"""Brackets: groups of players who are compared among themselves, besides the board of all.

A bracket follows from the log and from history, never from a choice: the kind and division of the team somebody was in
when they joined, and whether they had a fix accepted in an event before.
"""

from collections.abc import Iterable

from gamebash.points.ranking import Ranked, ranked
from gamebash.rotation.kinds import TeamKind

NEWCOMER = "newcomer"
SITE = "site:"
# SRE and ops look after production together, and are few in many an event.
_OF_KIND = {TeamKind.OPS: "ops", TeamKind.SRE: "ops", TeamKind.SCRUM: "scrum"}
_WORDS = {NEWCOMER: "Newcomers", "ops": "Ops and SRE", "scrum": "Scrum teams"}


def brackets_of(kind: TeamKind | None, division: str, *, is_newcomer: bool) -> tuple[str, ...]:
    """Return the brackets of a player."""
    of_team = (_OF_KIND[kind],) if kind is not None else ()
    of_division = (f"{SITE}{division}",) if division else ()
    return ((NEWCOMER,) if is_newcomer else ()) + of_team + of_division


def words_of(bracket: str) -> str:
    """Return what a bracket is called."""
    return _WORDS.get(bracket, bracket.removeprefix(SITE))


def brackets_in(board: Iterable[Ranked]) -> tuple[str, ...]:
    """Return the brackets that somebody is in, the usual ones first."""
    present = {bracket for row in board for bracket in row.score.brackets}
    return (*(name for name in _WORDS if name in present), *sorted(present - set(_WORDS)))


def in_bracket(board: Iterable[Ranked], bracket: str) -> tuple[Ranked, ...]:
    """Return a board with only those of a bracket, with their places among themselves."""
    return ranked(row.score for row in board if bracket in row.score.brackets)


def winners(board: tuple[Ranked, ...]) -> dict[str, tuple[Ranked, ...]]:
    """Return who stands first in each bracket; several where they are equal, nobody without a point."""
    found = {}
    for bracket in brackets_in(board):
        rows = in_bracket(board, bracket)
        found[bracket] = tuple(row for row in rows if row.place == 1 and row.score.points > 0)
    return {bracket: rows for bracket, rows in found.items() if rows}
