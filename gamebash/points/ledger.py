"""The ledger's only writer: each entry once, chained to the one before, its sum kept in the same transaction."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.points.models import LedgerHead, PointEntry, Standing
from gamebash.points.scoring import EntryKind

FIRST_HASH = "0" * 64


class LedgerError(DomainError):
    """The ledger does not take this entry; the message says why."""


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What is to be written. ``key`` makes it happen once; ``reverses`` is the entry that a correction takes back."""

    player: Player
    kind: EntryKind
    points: int
    reason: str
    key: str
    story_id: int | None = None
    fix_id: int | None = None
    caused_by_id: int | None = None
    reverses_id: int | None = None


def lock_ledger(event_id: int) -> LedgerHead:
    """Return the event's last line, locked until the transaction ends; the first call makes it."""
    insert = sa.text(
        "INSERT INTO ledger_heads (event_id, seq, hash) VALUES (:event, 0, :hash) ON CONFLICT (event_id) DO NOTHING"
    )
    db.session.execute(insert, {"event": event_id, "hash": FIRST_HASH})
    query = sa.select(LedgerHead).where(LedgerHead.event_id == event_id).with_for_update()
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def post_entry(draft: EntryDraft, *, now: datetime) -> PointEntry:
    """Write an entry and bring the standing up to date; an entry whose key is there already is returned as it is."""
    player = draft.player
    head = lock_ledger(player.event_id)
    if existing := db.session.scalar(sa.select(PointEntry).where(PointEntry.key == draft.key)):
        return existing
    entry = PointEntry(
        event_id=player.event_id,
        seq=head.seq + 1,
        player_id=player.id,
        squad_id=player.squad_id,
        story_id=draft.story_id,
        fix_id=draft.fix_id,
        kind=draft.kind,
        points=draft.points,
        reason=draft.reason,
        at=now,
        caused_by_id=draft.caused_by_id,
        reverses_id=draft.reverses_id,
        key=draft.key,
        previous_hash=head.hash,
        hash="",
    )
    entry.hash = hash_of(entry, person_id=player.person_id)
    head.seq, head.hash = entry.seq, entry.hash
    db.session.add(entry)
    _add_to_standing(player, entry)
    db.session.flush()
    return entry


def hash_of(entry: PointEntry, *, person_id: int) -> str:
    """Return the SHA-256 of an entry over its ids, never a name, so that a leaver can be made anonymous."""
    content = [
        entry.event_id, entry.seq, person_id, entry.squad_id, entry.story_id, entry.fix_id, entry.kind.value, entry.points,
        entry.reason, entry.at.isoformat(), entry.caused_by_id, entry.reverses_id, entry.key, entry.previous_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def award_points(player: Player, points: int, *, reason: str, by: Person, now: datetime) -> PointEntry:
    """Award points from the event's budget, with a reason, in public.

    Raises:
        InvalidError: without a reason, or for nothing.
        LedgerError: where the budget does not reach, or the event is not running or being judged.
    """
    event = player.event
    _check_reason(reason, points)
    if event.state not in {EventState.LIVE, EventState.JUDGING}:
        raise LedgerError(f"{event.name} is {event.state.value}. Awards are given while it is live or judged.")
    lock_ledger(event.id)
    budget = Rules.from_document(event.rules).award_budget
    spent = _spent(event)
    if spent + points > budget:
        raise LedgerError(f"The award budget is {budget} points and {spent} are given, so {points} more do not fit.")
    number = sa.select(sa.func.count()).where(PointEntry.event_id == event.id, PointEntry.kind == EntryKind.AWARD)
    key = f"award:{event.id}:{(db.session.scalar(number) or 0) + 1}"
    draft = EntryDraft(player, EntryKind.AWARD, points, reason.strip(), key, caused_by_id=by.id)
    entry = post_entry(draft, now=now)
    audit.record(
        "points:awarded", player.person.handle, by_id=by.id, now=now, event_id=event.id, points=points, reason=reason
    )
    return entry


def correct_entry(entry: PointEntry, *, reason: str, by: Person, now: datetime) -> PointEntry:
    """Take an entry back by a further entry that names it; allowed after closing too, and shown as such.

    Raises:
        InvalidError: without a reason.
        LedgerError: where the entry is a correction or was corrected before. What a watch took can be given back so.
    """
    _check_reason(reason, 1)
    if entry.reverses_id is not None and entry.kind is not EntryKind.CLAWBACK:
        raise LedgerError("This entry is itself a correction. Award the points anew instead.")
    lock_ledger(entry.event_id)
    earlier = db.session.scalar(sa.select(PointEntry).where(PointEntry.reverses_id == entry.id))
    if earlier is not None:
        raise LedgerError(f"This entry was corrected already, for this reason: {earlier.reason}")
    draft = EntryDraft(
        player=entry.player,
        kind=EntryKind.CORRECTION,
        points=-entry.points,
        reason=reason.strip(),
        key=f"correction:{entry.id}",
        story_id=entry.story_id,
        fix_id=entry.fix_id,
        caused_by_id=by.id,
        reverses_id=entry.id,
    )
    posted = post_entry(draft, now=now)
    handle = entry.player.person.handle
    audit.record(
        "points:corrected", handle, by_id=by.id, now=now, event_id=entry.event_id, points=-entry.points, reason=reason
    )
    return posted


@dataclass(frozen=True, slots=True)
class Sum:
    """What a player's entries come to."""

    points: int
    fixes: int
    last_score_at: datetime | None


def sum_of(entries: Iterable[PointEntry]) -> Sum:
    """Return the sum of entries; a correction of a fix takes the fix back too."""
    points, fixes, last = 0, 0, None
    for entry in entries:
        points += entry.points
        fixes += _fixes_in(entry)
        last = entry.at if entry.points > 0 else last
    return Sum(points, fixes, last)


def _fixes_in(entry: PointEntry) -> int:
    """Count the fix that an entry is for: what takes it back takes it from the count, what gives it back adds it again."""
    if entry.kind is EntryKind.FIX:
        return 1
    return 0 if entry.reverses_id is None else -_fixes_in(db.session.get_one(PointEntry, entry.reverses_id))


def _add_to_standing(player: Player, entry: PointEntry) -> None:
    standing = db.session.get(Standing, player.id, with_for_update=True)
    if standing is None:
        standing = Standing(player_id=player.id, event_id=player.event_id, points=0, fixes=0)
        db.session.add(standing)
    standing.squad_id, standing.team_id = player.squad_id, player.team_id
    standing.points += entry.points
    standing.fixes += _fixes_in(entry)
    if entry.points > 0:
        standing.last_score_at = entry.at


def _spent(event: Event) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(PointEntry.points), 0)).where(
        PointEntry.event_id == event.id, PointEntry.kind == EntryKind.AWARD
    )
    return int(db.session.scalar(query) or 0)


def _check_reason(reason: str, points: int) -> None:
    if not reason.strip():
        raise InvalidError("Say why: the reason stands beside the points, for everybody to read.")
    if points <= 0:
        raise InvalidError("Award at least one point. To take points back, correct the entry.")
