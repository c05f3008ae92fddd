"""Ranks: more points first; equal ones by the earlier last score, which also keeps anybody from holding a fix back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Score:
    """What somebody (or a squad, or a team) has: ``points``, of ``heads`` people, ``earlier`` points a while ago.

    ``address`` names a player in addresses, by the alias where there is one.
    """

    key: str
    name: str
    initials: str
    team_code: str
    team_name: str
    team_colour: str
    team_crest: str
    points: int
    fixes: int
    heads: int
    last_score_at: datetime | None
    earlier: int
    brackets: tuple[str, ...] = ()
    address: str = ""

    @property
    def per_head(self) -> float:
        """Points for each person, so that a large team is no better off."""
        return self.points / self.heads if self.heads else 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A score with its place, and how many places it went up (+) or down (-)."""

    place: int
    score: Score
    moved: int


def ranked(scores: Iterable[Score], *, by_head: bool = False) -> tuple[Ranked, ...]:
    """Return scores in order with their places; what is equal in everything shares a place."""
    now = _in_order(scores, by_head=by_head)
    before = {one.score.key: one.place for one in _in_order([_as_earlier(one.score) for one in now], by_head=by_head)}
    return tuple(replace(one, moved=before[one.score.key] - one.place if _had_any(now) else 0) for one in now)


def around(board: tuple[Ranked, ...], position: int, *, top: int, beside: int) -> tuple[Ranked, ...]:
    """Return the first few and those beside one position (counted from 0), without repeating anybody."""
    places = sorted(
        {*range(min(top, len(board))), *range(max(0, position - beside), min(len(board), position + beside + 1))}
    )
    return tuple(board[place] for place in places)


def _in_order(scores: Iterable[Score], *, by_head: bool) -> list[Ranked]:
    amount = {True: lambda one: one.per_head, False: lambda one: one.points}[by_head]
    ordered = sorted(scores, key=lambda one: (-amount(one), one.last_score_at or NEVER, one.name, one.key))
    result: list[Ranked] = []
    last: tuple[float, datetime] | None = None
    for position, score in enumerate(ordered, start=1):
        standing = (amount(score), score.last_score_at or NEVER)
        place = result[-1].place if result and standing == last else position
        result.append(Ranked(place, score, 0))
        last = standing
    return result


def _as_earlier(score: Score) -> Score:
    return replace(score, points=score.earlier)


def _had_any(board: list[Ranked]) -> bool:
    """Nothing has moved as long as nobody had a point a while ago."""
    return any(one.score.earlier for one in board)


def by_key(board: tuple[Ranked, ...]) -> Mapping[str, int]:
    """Return the position of each key, counted from 0."""
    return {one.score.key: position for position, one in enumerate(board)}
