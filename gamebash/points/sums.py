"""What players' entries come to at a moment, at a line of the ledger, or as announced and corrected since."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.points.models import PointEntry, Standing
from gamebash.points.scoring import EntryKind

# A fix that a watch took and an organiser gave back can be taken once more: no chain of entries is longer.
_TakenBack, _GivenBack, _TakenAgain = aliased(PointEntry), aliased(PointEntry), aliased(PointEntry)


@dataclass(frozen=True, slots=True)
class PlayerSum:
    """A player's points and fixes, and when they last scored."""

    points: int
    fixes: int
    last_score_at: datetime | None


def sums_now(event_id: int) -> dict[int, PlayerSum]:
    """Return what stands now, by player id."""
    columns = Standing.player_id, Standing.points, Standing.fixes, Standing.last_score_at
    query = sa.select(*columns).where(Standing.event_id == event_id)
    return {player_id: PlayerSum(points, fixes, last) for player_id, points, fixes, last in db.session.execute(query)}


def sums_until(event_id: int, moment: datetime) -> dict[int, PlayerSum]:
    """Return what the entries up to a moment come to."""
    return _sums(event_id, PointEntry.at <= moment)


def sums_through(event_id: int, seq: int) -> dict[int, PlayerSum]:
    """Return what the entries up to and with a line of the ledger come to."""
    return _sums(event_id, PointEntry.seq <= seq)


def sums_corrected(event_id: int, seq: int) -> dict[int, PlayerSum]:
    """Return what was announced at a line, with the corrections of it since.

    Held bonuses and clawbacks, and what corrects them, count in the season and change no result.
    """
    of_announced = sa.or_(PointEntry.reverses_id.is_(None), _TakenBack.seq <= seq)
    is_correction = sa.and_(PointEntry.kind == EntryKind.CORRECTION, of_announced)
    return _sums(event_id, sa.or_(PointEntry.seq <= seq, is_correction))


def _sums(event_id: int, condition: sa.ColumnElement[bool]) -> dict[int, PlayerSum]:
    """Add up the entries; one that takes a fix back takes it from the count of fixes too, what gives it back adds it again."""
    scored_at = sa.case((PointEntry.points > 0, PointEntry.at))
    fixes = [
        sa.func.count().filter(one.kind == EntryKind.FIX) for one in (PointEntry, _TakenBack, _GivenBack, _TakenAgain)
    ]
    query = (
        sa.select(
            PointEntry.player_id,
            sa.func.sum(PointEntry.points),
            fixes[0] - fixes[1] + fixes[2] - fixes[3],
            sa.func.max(scored_at, type_=PointEntry.at.type),
        )
        .outerjoin(_TakenBack, _TakenBack.id == PointEntry.reverses_id)
        .outerjoin(_GivenBack, _GivenBack.id == _TakenBack.reverses_id)
        .outerjoin(_TakenAgain, _TakenAgain.id == _GivenBack.reverses_id)
        .where(PointEntry.event_id == event_id, condition)
        .group_by(PointEntry.player_id)
    )
    rows = db.session.execute(query)
    return {player_id: PlayerSum(int(points), int(count), last) for player_id, points, count, last in rows}
