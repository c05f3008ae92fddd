"""Paying a held bonus and taking points back: entries of the ledger that follow from a settled watch, each made once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from gamebash.core.db import db
from gamebash.core.filters import day
from gamebash.events.held_bonus import held_bonus_for, held_factor
from gamebash.events.models import EventStory, Player
from gamebash.events.rules import Rules
from gamebash.points.ledger import EntryDraft, lock_ledger, post_entry
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.watch.models import Watch
from gamebash.watch.paying import OF_THE_FIX, Paid, clawback, held_bonus


def pay_held(watch: Watch, *, now: datetime) -> dict[int, int]:
    """Pay the held bonus to author and assists; return points by person. A story that cannot come back pays none."""
    if watch.problem_id is None:
        return {}
    paid, players = _standing_entries(watch)
    return _pay(watch, paid, players, f"{watch.fix.story.key} held: {watch.days} quiet days.", now=now)


def pay_held_after_all(watch: Watch, *, now: datetime) -> dict[int, int]:
    """Pay the held bonus on what the watch took wrongly and was given back; return points by person."""
    paid, players = _given_back(watch)
    why = f"{watch.fix.story.key} held after all: what ended its watch was no recurrence."
    return _pay(watch, paid, players, why, now=now)


def _pay(watch: Watch, paid: list[Paid], players: dict[int, Player], why: str, *, now: datetime) -> dict[int, int]:
    got: dict[int, int] = {}
    rules = Rules.from_document(watch.event.rules)
    own, middle = _per_hour(watch)
    for payment in held_bonus(paid, rules.held_share, held_factor(own, middle, rules.held_value_cap)):
        player = players[payment.about.player_id]
        draft = EntryDraft(
            player=player,
            kind=EntryKind.HELD_BONUS,
            points=payment.points,
            reason=f"{why} {held_bonus_for(payment.about.points, own, middle, rules).sentence}",
            key=f"held:{watch.fix_id}:{player.id}",
            story_id=watch.fix.story_id,
            fix_id=watch.fix_id,
        )
        post_entry(draft, now=now)
        got[player.person_id] = got.get(player.person_id, 0) + payment.points
    return got


def take_back(watch: Watch, *, now: datetime) -> dict[int, int]:
    """Take back what a fix paid that did not hold, each entry by one that names it; return points by person, above nothing."""
    paid, players = _standing_entries(watch)
    taken: dict[int, int] = {}
    key, rules = watch.fix.story.key, Rules.from_document(watch.event.rules)
    on = day(watch.recurrence.opened_at) if watch.recurrence else ""
    for payment in clawback(paid, rules.clawback_share):
        player = players[payment.about.player_id]
        draft = EntryDraft(
            player=player,
            kind=EntryKind.CLAWBACK,
            points=payment.points,
            reason=f"{key} came back on {on}, reversed with the fix: {payment.about.reason}"[:300],
            key=f"clawback:{payment.about.entry_id}",
            story_id=watch.fix.story_id,
            fix_id=watch.fix_id,
            reverses_id=payment.about.entry_id,
        )
        post_entry(draft, now=now)
        taken[player.person_id] = taken.get(player.person_id, 0) - payment.points
    return taken


def _per_hour(watch: Watch) -> tuple[float | None, float | None]:
    """Return what an hour on the story prevents, and on the middle of its board, as copied when it opened."""
    query = sa.select(EventStory.value_per_hour, EventStory.middle_per_hour).where(
        EventStory.event_id == watch.event_id, EventStory.story_id == watch.fix.story_id
    )
    own, middle = db.session.execute(query).one()
    return own, middle


def _given_back(watch: Watch) -> tuple[list[Paid], dict[int, Player]]:
    """Return what the fix paid at first where a watch took it, it was given back, and nobody took it since."""
    clawback, correction, again = aliased(PointEntry), aliased(PointEntry), aliased(PointEntry)
    query = (
        sa.select(PointEntry)
        .join(clawback, sa.and_(clawback.reverses_id == PointEntry.id, clawback.kind == EntryKind.CLAWBACK))
        .join(correction, correction.reverses_id == clawback.id)
        .where(PointEntry.fix_id == watch.fix_id, ~sa.exists().where(again.reverses_id == correction.id))
        .options(joinedload(PointEntry.player))
        .order_by(PointEntry.seq)
    )
    return _as_paid(list(db.session.scalars(query)))


def _as_paid(entries: list[PointEntry]) -> tuple[list[Paid], dict[int, Player]]:
    paid = [Paid(entry.id, entry.player_id, entry.kind, entry.points, entry.reason) for entry in entries]
    return paid, {entry.player_id: entry.player for entry in entries}


def _standing_entries(watch: Watch) -> tuple[list[Paid], dict[int, Player]]:
    """Return what the fix paid and nobody took back since; the ledger is locked, so it stays so."""
    lock_ledger(watch.event_id)
    reversal = aliased(PointEntry)
    query = (
        sa.select(PointEntry)
        .where(
            PointEntry.fix_id == watch.fix_id,
            PointEntry.kind.in_([*OF_THE_FIX, EntryKind.HELD_BONUS]),
            PointEntry.points > 0,
            ~sa.exists().where(reversal.reverses_id == PointEntry.id),
        )
        .options(joinedload(PointEntry.player))
        .order_by(PointEntry.seq)
    )
    return _as_paid(list(db.session.scalars(query)))
