"""Who took part in an event, and what they had at a line of its ledger."""

import sqlalchemy as sa

from gamebash.ceremony.document import PlayerFacts
from gamebash.core.db import db
from gamebash.events.models import Event, Player
from gamebash.points.sums import PlayerSum, sums_through

NOTHING = PlayerSum(0, 0, None)


def players_of(event: Event, seq: int) -> tuple[PlayerFacts, ...]:
    """Return everybody who took part: who had not left, and who left with points; nobody who was disqualified."""
    sums = sums_through(event.id, seq)
    took_part = sa.or_(Player.left_at.is_(None), Player.id.in_(list(sums)))
    query = sa.select(
        Player.id, Player.person_id, Player.team_id, Player.squad_id, Player.hours_free
    ).where(Player.event_id == event.id, took_part, Player.disqualified_at.is_(None))  # fmt: skip
    facts = []
    for player_id, person_id, team_id, squad_id, hours in db.session.execute(query.order_by(Player.person_id)):
        total = sums.get(player_id, NOTHING)
        facts.append(PlayerFacts(person_id, team_id, squad_id, hours, total.points, total.fixes, total.last_score_at))
    return tuple(facts)
