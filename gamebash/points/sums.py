"""What players' entries come to at a moment, at a line of the ledger, or as announced and corrected since."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.points.models import PointEntry, Standing
from gamebash.points.scoring import EntryKind

# A fix that a watch took and an organiser gave back can be taken once more: no chain of entries is longer.
_TakenBack, _GivenBack, _TakenAgain = aliased(PointEntry), aliased(PointEntry), aliased(PointEntry)


# Player, points, fixes, and the moment of the last score, a row for each player who has any.
Totals: TypeAlias = sa.Select[int, int, int, datetime | None]


@dataclass(frozen=True, slots=True)
class PlayerSum:
    """A player's points and fixes, and when they last scored."""

    points: int
    fixes: int
    last_score_at: datetime | None


def sums_now(event_id: int) -> dict[int, PlayerSum]:
    """Return what stands now, by player id."""
    return _read(totals_now(event_id))


def sums_through(event_id: int, seq: int) -> dict[int, PlayerSum]:
    """Return what the entries up to and with a line of the ledger come to, by player id."""
    return _read(totals_through(event_id, seq))


def totals_now(event_id: int) -> Totals:
    """Select what stands now: player, points, fixes, and when they last scored."""
    columns = Standing.player_id, Standing.points, Standing.fixes, Standing.last_score_at
    return sa.select(*columns).where(Standing.event_id == event_id)


def totals_until(event_id: int, moment: datetime) -> Totals:
    """Select what the entries up to a moment come to."""
    return _totals(event_id, PointEntry.at <= moment)


def totals_through(event_id: int, seq: int) -> Totals:
    """Select what the entries up to and with a line of the ledger come to."""
    return _totals(event_id, PointEntry.seq <= seq)


def totals_corrected(event_id: int, seq: int) -> Totals:
    """Select what was announced at a line, with the corrections of it since.

    Held bonuses and clawbacks, and what corrects them, count in the season and change no result.
    """
    of_announced = sa.or_(PointEntry.reverses_id.is_(None), _TakenBack.seq <= seq)
    is_correction = sa.and_(PointEntry.kind == EntryKind.CORRECTION, of_announced)
    return _totals(event_id, sa.or_(PointEntry.seq <= seq, is_correction))


def points_until(event_id: int, moment: datetime) -> sa.Select[int, int]:
    """Select the points of each player up to a moment."""
    return (
        sa.select(PointEntry.player_id, sa.func.sum(PointEntry.points).label("points"))
        .where(PointEntry.event_id == event_id, PointEntry.at <= moment)
        .group_by(PointEntry.player_id)
    )


def points_of(totals: Totals) -> sa.Select[int, int]:
    """Select the points alone of what others select."""
    each = totals.subquery()
    return sa.select(each.c.player_id, each.c.points)


def _totals(event_id: int, condition: sa.ColumnElement[bool]) -> Totals:
    """Add up the entries; one that takes a fix back takes it from the count of fixes too, what gives it back adds it again."""
    scored_at = sa.case((PointEntry.points > 0, PointEntry.at))
    fixes = [
        sa.func.count().filter(one.kind == EntryKind.FIX) for one in (PointEntry, _TakenBack, _GivenBack, _TakenAgain)
    ]
    return (
        sa.select(
            PointEntry.player_id,
            sa.func.sum(PointEntry.points).label("points"),
            (fixes[0] - fixes[1] + fixes[2] - fixes[3]).label("fixes"),
            sa.func.max(scored_at, type_=PointEntry.at.type).label("last_score_at"),
        )
        .outerjoin(_TakenBack, _TakenBack.id == PointEntry.reverses_id)
        .outerjoin(_GivenBack, _GivenBack.id == _TakenBack.reverses_id)
        .outerjoin(_TakenAgain, _TakenAgain.id == _GivenBack.reverses_id)
        .where(PointEntry.event_id == event_id, condition)
        .group_by(PointEntry.player_id)
    )


def _read(totals: Totals) -> dict[int, PlayerSum]:
    rows = db.session.execute(totals)
    return {player_id: PlayerSum(int(points), int(fixes), last) for player_id, points, fixes, last in rows}
