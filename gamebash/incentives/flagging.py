"""What organisers say of flags: that they looked and are content, and why. Nothing else follows from a flag by itself."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.core.filters import when
from gamebash.events.models import Event
from gamebash.incentives.models import FlagVerdict
from gamebash.incentives.queries.flags import find_flags
from gamebash.people.models import Person


class FlagSeenError(DomainError):
    """Somebody looked at this flag already; the message says who and when."""


def dismiss_flag(event: Event, key: str, *, reason: str, by: Person, now: datetime) -> FlagVerdict:
    """Say that a flag was looked at and is well, with a reason that is kept.

    Raises:
        InvalidError: without a reason.
        NotFoundError: where the event has no such flag any more.
        FlagSeenError: where somebody was faster.
    """
    if not reason.strip():
        raise InvalidError("Say what you found; the next organiser reads it.")
    db.session.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update())
    earlier = db.session.scalar(sa.select(FlagVerdict).where(FlagVerdict.event_id == event.id, FlagVerdict.key == key))
    if earlier is not None:
        raise FlagSeenError(f"{earlier.seen_by.name} looked at this at {when(earlier.seen_at, now)}: {earlier.reason}")
    flag = next((one for one in find_flags(event, now=now) if one.key == key), None)
    if flag is None:
        raise NotFoundError("There is no such flag any more. What it was about has changed.")
    verdict = FlagVerdict(
        event_id=event.id, key=key, says=flag.says[:500], reason=reason.strip()[:300], seen_at=now, seen_by=by
    )
    db.session.add(verdict)
    db.session.flush()
    audit.record(
        "event:flag_seen", event.slug, by_id=by.id, now=now, event_id=event.id, flag=key, reason=reason.strip()
    )
    return verdict
