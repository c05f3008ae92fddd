"""What an invitation to an event says."""

from hashlib import sha256

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.calendars import CalendarEntry
from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event


def invitation_to(event: Event, url: str) -> CalendarEntry:
    """Return the entry of a calendar that invites to an event that was announced; ``url`` is its page. One query.

    Its UID names the event for good, whatever it is called.

    Raises:
        NotFoundError: for a draft: nobody should put a day into a calendar that may still change.
    """
    if event.state is EventState.DRAFT:
        raise NotFoundError(f"{event.name} is a draft. Its day can be put into calendars once it is scheduled.")
    own = sa.and_(AuditEntry.subject_kind == "event", AuditEntry.subject_key == event.slug)
    changes, last = db.session.execute(sa.select(sa.func.count(), sa.func.max(AuditEntry.at)).where(own)).one()
    return CalendarEntry(
        uid=f"event-{sha256(f'{event.id}:{event.created_at.isoformat()}'.encode()).hexdigest()[:32]}@gamebash",
        sequence=changes,
        changed_at=last or event.created_at,
        start=event.starts_at,
        end=event.ends_at,
        summary=event.name,
        status="CANCELLED" if event.state is EventState.CANCELLED else "CONFIRMED",
        url=url,
        description=event.about,
        location=event.place,
    )
