"""The leaderboard beside the board as live parts: each place is painted once, whoever looks at it."""

from collections.abc import Mapping

from gamebash.core.live.shows import Painter
from gamebash.points.boards import Board
from gamebash.points.queries import RanksFragment, ranks_of

_HERE = "[[rows]]"


def ranks_parts(slug: str, board: Board, kind: str, handle: str, paint: Painter) -> Mapping[str, str]:
    """Return the leaderboard as one viewer sees it: the places, and the words above and below them."""
    ranks = ranks_of(slug, board, kind, handle)
    return {
        "ranks-rows": _rows(ranks, paint),
        "ranks-note": paint("points/_ranks_note.html", frozen_at=ranks.frozen_at),
        "ranks-foot": paint("points/_ranks_foot.html", slug=slug, kind=kind, nudge=ranks.nudge, total=ranks.total),
    }


def _rows(ranks: RanksFragment, paint: Painter) -> str:
    """Return the list with its places set in; painting a list anew for each viewer would cost a thousand times as much."""
    # Only teams are drawn beside the best; for people it would make every place different whenever the leader scores.
    best = ranks.rows[0].score.per_head if ranks.rows and ranks.kind == "teams" else 0.0
    rows = "".join(
        paint(
            "points/_rank.html", row=row, slug=ranks.slug, kind=ranks.kind, best=best,
            is_own=row.score.key == ranks.own_key,
        )
        for row in ranks.rows
    )  # fmt: skip
    return paint("points/_ranks_rows.html", rows=_HERE, is_empty=not ranks.rows).replace(_HERE, rows, 1)
