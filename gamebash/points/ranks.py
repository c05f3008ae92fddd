"""The leaderboard beside the board as live parts: each place is painted once, whoever looks at it."""

from collections.abc import Mapping, Sequence

from gamebash.core.live.shows import Painter
from gamebash.points.boards import Board
from gamebash.points.queries import RanksFragment, ranks_of
from gamebash.points.ranking import Ranked

HERE = "[[rows]]"


def ranks_parts(slug: str, board: Board, kind: str, handle: str, paint: Painter) -> Mapping[str, str]:
    """Return the leaderboard as one viewer sees it: the places, and the words above and below them."""
    key = ("ranks", slug, board.version, kind, handle)
    return paint.keep(key, lambda: _ranks_parts(slug, board, kind, handle, paint))


def _ranks_parts(slug: str, board: Board, kind: str, handle: str, paint: Painter) -> Mapping[str, str]:
    ranks = ranks_of(slug, board, kind, handle)
    return {
        "ranks-rows": _rows(ranks, paint),
        "ranks-note": paint("points/_ranks_note.html", frozen_at=ranks.frozen_at, hidden_because=ranks.hidden_because),
        "ranks-foot": paint("points/_ranks_foot.html", slug=slug, kind=kind, nudge=ranks.nudge, total=ranks.total),
    }


def place_rows(rows: Sequence[Ranked], slug: str, kind: str, own_key: str, paint: Painter) -> str:
    """Return places one after the other, each painted once for all who do not stand on it themselves."""
    # Only teams are drawn beside the best; for people it would make every place different whenever the leader scores.
    best = rows[0].score.per_head if rows and kind == "teams" else 0.0
    return "".join(
        paint("points/_rank.html", row=row, slug=slug, kind=kind, best=best, is_own=row.score.key == own_key)
        for row in rows
    )


def _rows(ranks: RanksFragment, paint: Painter) -> str:
    """Return the list with its places set in; painting a list anew for each viewer would cost a thousand times as much."""
    rows = place_rows(ranks.rows, ranks.slug, ranks.kind, ranks.own_key, paint)
    return paint("points/_ranks_rows.html", rows=HERE, is_empty=not (ranks.rows or ranks.hidden_because)).replace(
        HERE, rows, 1
    )
