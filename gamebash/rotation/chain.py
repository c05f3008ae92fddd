"""The rotation log as one chain: every move, approval and consent carries the hash of the one written before it.

The hash is over ids, never a name, so that somebody who left can be made anonymous and the chain still verifies.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.erasures import is_redacted
from gamebash.rotation.models import LogHead, Move, MoveApproval, MoveConsent

FIRST_HASH = "0" * 64
HEAD = 1
AT_ONCE = 1_000

Linked = Move | MoveApproval | MoveConsent
KINDS: tuple[type[Linked], ...] = (Move, MoveApproval, MoveConsent)


def lock_log() -> LogHead:
    """Return the head of the log, locked until the transaction ends; the first call makes it.

    Whoever checks a move against the log holds this lock first, so that of two at once the second sees the first's.
    """
    insert = sa.text(
        "INSERT INTO rotation_head (id, seq, hash, told_seq) VALUES (:id, 0, :hash, 0) ON CONFLICT (id) DO NOTHING"
    )
    db.session.execute(insert, {"id": HEAD, "hash": FIRST_HASH})
    query = sa.select(LogHead).where(LogHead.id == HEAD).with_for_update()
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def append(link: Linked) -> None:
    """Write a link behind the last one."""
    chain_behind(lock_log(), link)
    db.session.add(link)
    db.session.flush()


def chain_behind(head: LogHead, link: Linked) -> None:
    """Give a link its place behind a locked head, and move the head on; the link is yet to be written."""
    link.seq, link.previous_hash = head.seq + 1, head.hash
    link.hash = hash_of(link)
    head.seq, head.hash = link.seq, link.hash


def hash_of(link: Linked) -> str:
    """Return the SHA-256 of a link over its ids and its place."""
    if isinstance(link, Move):
        content = _of_move(link)
    elif isinstance(link, MoveApproval):
        content = _of_approval(link)
    else:
        content = _of_consent(link)
    text = json.dumps([*content, link.previous_hash], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def breaks() -> Iterator[str]:
    """Walk the log over moves, approvals and consents in the order of writing; yields the first break, if any."""
    expected_hash, expected_seq = FIRST_HASH, 1
    streams: Iterator[Iterable[Linked]] = (
        db.session.scalars(sa.select(kind).order_by(kind.seq).execution_options(yield_per=AT_ONCE)) for kind in KINDS
    )
    for link in merge(*streams, key=lambda link: link.seq):
        if link.seq != expected_seq:
            yield f"link {expected_seq} of the rotation log is missing; the next one there is {link.seq}"
            return
        if link.previous_hash != expected_hash:
            yield f"{_name(link)} does not follow the link before it"
            return
        if link.hash != (found := hash_of(link)) and not is_redacted(link.__tablename__, link.id, link.hash, found):
            yield f"{_name(link)} was altered"
            return
        expected_hash, expected_seq = link.hash, link.seq + 1
    head = db.session.get(LogHead, HEAD)
    if (head.seq, head.hash) != (expected_seq - 1, expected_hash) if head else expected_seq > 1:
        ends = f"its head says {head.seq}" if head else "it has no head"
        yield f"the rotation log ends at link {expected_seq - 1}, {ends}: links are missing at the end"


def _name(link: Linked) -> str:
    if isinstance(link, Move):
        return f"move {link.number} (link {link.seq})"
    kind = "approval" if isinstance(link, MoveApproval) else "answer"
    return f"the {kind} to move {db.session.get_one(Move, link.move_id).number} (link {link.seq})"


def _of_move(move: Move) -> list[object]:
    return [
        "move", move.seq, move.number, move.person_id, move.from_team_id, move.to_team_id, move.effective_on.isoformat(),
        move.kind.value, move.reason, move.logged_by_id, _moment(move.logged_at), move.corrects_id, move.asks_consent,
        move.swap, move.import_id,
    ]  # fmt: skip


def _of_approval(approval: MoveApproval) -> list[object]:
    return [
        "approval", approval.seq, approval.move_id, approval.person_id, approval.for_giving, approval.for_receiving,
        _moment(approval.approved_at),
    ]  # fmt: skip


def _of_consent(consent: MoveConsent) -> list[object]:
    return [
        "consent", consent.seq, consent.move_id, consent.person_id, consent.kind.value, consent.reason,
        _moment(consent.answered_at),
    ]  # fmt: skip


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
