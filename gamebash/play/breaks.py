"""Live-incident breaks: production needs somebody, so their leases stop where they are until they return.

The end of the event does not move for it, nobody loses points, and the board says why. The event's end ends it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import clock
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, Player
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.claims import lock_event_for_play
from gamebash.play.leases import find_break, lock_player, run_on, stop_leases
from gamebash.play.models import Break

LONGEST_REASON = 300


class BreakRefusedError(DomainError):
    """The break cannot begin or end now; the message says how it stands."""


@dataclass(frozen=True, slots=True)
class BreakReason:
    """What production needs somebody for; ``link`` leads to the incident. ``passes_reviews``: others are drawn instead."""

    reason: str
    link: str = ""
    passes_reviews: bool = False


def begin_break(event: Event, players: Sequence[Player], why: BreakReason, *, by: Person, now: datetime) -> list[Break]:
    """Take players out: their claims and reviews stand still, and they are drawn for nothing new.

    Raises:
        InvalidError: without a reason or anybody named, or with a link that is none.
        BreakRefusedError: where the event is not live, or everybody named is out already or has left.
    """
    _check(why, players)
    event = lock_event_for_play(event.id)
    present = state_at(event.state, event.ends_at, event.paused_at, now)
    if present is not EventState.LIVE:
        raise BreakRefusedError(f"{event.name} is {present.value}. A break is for a live event.")
    begun = [out for player in sorted(players, key=lambda one: one.id) if (out := _begin(event, player, why, by, now))]
    if not begun:
        raise BreakRefusedError(_all_out(players, event, now))
    names = [out.player.person.player_name for out in begun]
    audit.record(
        "player:break_began", event.slug, by_id=by.id, now=now, event_id=event.id, player=", ".join(names)[:300],
        reason=why.reason.strip(),
    )  # fmt: skip
    return begun


def end_break(event: Event, player: Player, *, by: Person, now: datetime) -> Break:
    """Return to the game: every lease runs on with what was left when the break began.

    Raises:
        BreakRefusedError: where the player is on no break.
    """
    event = lock_event_for_play(event.id)
    player = lock_player(player.id)
    out = find_break(player, event, now=now)
    if out is None:
        raise BreakRefusedError(f"{player.person.player_name} is on no break.")
    _end(out, event, at=now, by=by)
    audit.record(
        "player:break_ended", event.slug, by_id=by.id, now=now, event_id=event.id, player=player.person.player_name
    )
    if by.id != player.person_id:
        text = f"You are back in {event.name}. Your leases run on with what was left."
        tell(player.person_id, NoticeKind.EVENT, text, key=f"back:{out.id}", now=now, url=f"/events/{event.slug}")
    return out


def sweep_breaks(*, now: datetime) -> bool:
    """End the breaks of events whose end has passed, as of that end; says whether there were any."""
    is_over = sa.or_(Event.state != EventState.LIVE, sa.and_(Event.ends_at <= now, Event.paused_at.is_(None)))
    query = (
        sa.select(Break)
        .join(Event, Event.id == Break.event_id)
        .where(Break.ended_at.is_(None), is_over)
        .options(joinedload(Break.event), joinedload(Break.player))
        .order_by(Break.player_id)
    )
    over = list(db.session.scalars(query))
    for out in over:
        lock_player(out.player_id)
        _end(out, out.event, at=min(now, max(out.event.ends_at, out.began_at)), by=None)
    return bool(over)


def breaks_of(event: Event, *, now: datetime) -> dict[int, Break]:
    """Return who is on a break, by player id."""
    if state_at(event.state, event.ends_at, event.paused_at, now) is not EventState.LIVE:
        return {}
    query = sa.select(Break).where(Break.event_id == event.id, Break.ended_at.is_(None)).order_by(Break.id)
    return {out.player_id: out for out in db.session.scalars(query.options(joinedload(Break.player)))}


def _begin(event: Event, player: Player, why: BreakReason, by: Person, now: datetime) -> Break | None:
    player = lock_player(player.id)
    if player.event_id != event.id or player.left_at is not None or find_break(player, event, now=now) is not None:
        return None
    out = Break(
        event_id=event.id, player_id=player.id, began_at=now, reason=why.reason.strip(), link=why.link.strip(),
        passes_reviews=why.passes_reviews, by_id=by.id,
    )  # fmt: skip
    db.session.add(out)
    db.session.flush()
    stop_leases(out, at=clock_at(event.paused_at, now))
    if by.id != player.person_id:
        text = f"You are on a break from {event.name}: {out.reason} Your leases stand still until you return."
        tell(player.person_id, NoticeKind.EVENT, text, key=f"break:{out.id}", now=now, url=f"/events/{event.slug}")
    return out


def _end(out: Break, event: Event, *, at: datetime, by: Person | None) -> None:
    out.ended_at, out.ended_by_id = at, by.id if by else None
    db.session.flush()
    run_on(out, at=clock_at(event.paused_at, at))


def _check(why: BreakReason, players: Sequence[Player]) -> None:
    if not players:
        raise InvalidError("Name at least one player.")
    if not why.reason.strip() or len(why.reason.strip()) > LONGEST_REASON:
        raise InvalidError(f"Say what production needs them for, in at most {LONGEST_REASON} letters.")
    if why.link.strip() and not why.link.strip().startswith(("https://", "http://")):
        raise InvalidError("The link to the incident has to begin with https:// or http://.")


def _all_out(players: Sequence[Player], event: Event, now: datetime) -> str:
    first = lock_player(players[0].id)
    name = first.person.player_name
    out = find_break(first, event, now=now)
    if out is not None:
        return f"{name} is out since {clock(out.began_at)} already: {out.reason}"
    return f"{name} has left {event.name}."
