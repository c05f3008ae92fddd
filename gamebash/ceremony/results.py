"""The result of an event: fixed once, at closing, and rebuilt from the ledger at any time to the same bytes."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from gamebash.ceremony.awards import settle_awards
from gamebash.ceremony.document import Line, digest_of, result_of, text_of
from gamebash.ceremony.facts import facts_of
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.points.ledger import FIRST_HASH, lock_ledger
from gamebash.points.models import EventResult, PointEntry

AT_ONCE = 20


class NoResultError(DomainError):
    """The event has no result yet; the message says how it stands."""


def fix_result(event: Event, *, now: datetime) -> EventResult:
    """Settle the awards of an event that closes and keep its result, for good.

    Whoever writes to its ledger meanwhile waits, and comes after.
    """
    db.session.flush()
    head = lock_ledger(event.id)
    return _keep(event, Line(head.seq, head.hash), now=now)


def fix_missing_results(*, now: datetime) -> bool:
    """Keep the results of events that closed before results were kept; says whether there were any."""
    query = (
        sa.select(Event)
        .outerjoin(EventResult, EventResult.event_id == Event.id)
        .where(Event.state == EventState.CLOSED, EventResult.event_id.is_(None))
        .order_by(Event.id)
        .limit(AT_ONCE)
        .with_for_update(of=Event)
    )
    events = list(db.session.scalars(query))
    for event in events:
        _keep(event, _line_at(event), now=now)
    return bool(events)


def get_result(event: Event) -> EventResult:
    """Return the result of an event as announced.

    Raises:
        NoResultError: where it is not closed.
    """
    result = db.session.get(EventResult, event.id)
    if result is None:
        raise no_result(event)
    return result


def no_result(event: Event) -> NoResultError:
    """Return the refusal of the result of an event that is not closed."""
    return NoResultError(f"{event.name} is {event.state.value}. Its result is fixed when it closes.")


def replay(event: Event) -> str:
    """Return the result of a closed event, rebuilt from the ledger up to the line that it was made from.

    Raises:
        NoResultError: where it is not closed.
    """
    result = get_result(event)
    return text_of(result_of(facts_of(event, Line(result.seq, result.ledger_hash))))


def differing_results() -> Iterator[str]:
    """Yield what is wrong with each kept result: missing, altered, off the ledger, or not what a replay gives."""
    for event in db.session.scalars(sa.select(Event).where(Event.state == EventState.CLOSED).order_by(Event.id)):
        result = db.session.get(EventResult, event.id)
        if result is None:
            yield f"{event.slug} is closed, and its result is not kept"
        elif result.sha256 != digest_of(result.document):
            yield f"the result of {event.slug} was altered"
        elif result.ledger_hash != _hash_at(event.id, result.seq):
            yield f"the result of {event.slug} was made from another ledger than the one here, at entry {result.seq}"
        elif replay(event) != result.document:
            yield f"the result of {event.slug} is not what its ledger gives"


def _keep(event: Event, line: Line, *, now: datetime) -> EventResult:
    settle_awards(event, line, now=now)
    text = text_of(result_of(facts_of(event, line)))
    result = EventResult(
        event_id=event.id, seq=line.seq, ledger_hash=line.hash, document=text, sha256=digest_of(text), fixed_at=now
    )
    db.session.add(result)
    db.session.flush()
    return result


def _line_at(event: Event) -> Line:
    """Return the last line that was written when the event closed."""
    query = sa.select(sa.func.max(PointEntry.seq)).where(
        PointEntry.event_id == event.id, PointEntry.at <= (event.closed_at or event.ends_at)
    )
    seq = db.session.scalar(query) or 0
    return Line(seq, _hash_at(event.id, seq))


def _hash_at(event_id: int, seq: int) -> str:
    query = sa.select(PointEntry.hash).where(PointEntry.event_id == event_id, PointEntry.seq == seq)
    return db.session.scalar(query) or FIRST_HASH
