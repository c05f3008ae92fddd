"""Opening claiming again for a player whose fixes were sent back too often, after an organiser has talked to them."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.events.models import Event, Player
from gamebash.events.rules import Rules
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.allowances import Conduct, allowance
from gamebash.play.claims import conduct_columns


class NothingToOpenError(DomainError):
    """The player may claim; the message says so."""


def open_claiming(player: Player, *, reason: str, by: Person, now: datetime) -> Player:
    """Let a player claim again; send-backs count anew from now on.

    Raises:
        InvalidError: without what was talked about.
        NothingToOpenError: where the player may claim, or another organiser opened it just now.
    """
    if not reason.strip():
        raise InvalidError("Say what you talked about, in a line; it stands in the record.")
    player = db.session.scalars(
        sa.select(Player)
        .where(Player.id == player.id)
        .with_for_update(of=Player)
        .execution_options(populate_existing=True)
    ).one()
    stopped = dict(stopped_players(player.event, now=now))
    if player.id not in stopped:
        raise NothingToOpenError(f"{player.person.player_name} may claim; there is nothing to open.")
    player.talked_at = now
    text = f"You may claim again in {player.event.name}. What you talked about: {reason.strip()}"
    key = f"talk:{player.id}:{now.isoformat()}"
    tell(player.person_id, NoticeKind.EVENT, text, key=key, now=now, url=f"/events/{player.event.slug}")
    audit.record(
        "player:talked_to",
        player.person.handle,
        by_id=by.id,
        now=now,
        event_id=player.event_id,
        sent_back=stopped[player.id],
        reason=reason.strip(),
    )
    return player


def stopped_players(event: Event, *, now: datetime) -> list[tuple[int, int]]:
    """Return who may claim nothing until somebody talks to them, with how often their fixes were sent back."""
    rules = Rules.from_document(event.rules)
    sent_back, _ = conduct_columns(now)
    query = sa.select(Player.id, sent_back).where(Player.event_id == event.id, Player.left_at.is_(None))
    if not rules.send_back_limit:
        return []
    return [
        (player_id, count)
        for player_id, count in db.session.execute(query.order_by(Player.id))
        if not allowance(Conduct(sent_back=count), rules).claims
    ]
