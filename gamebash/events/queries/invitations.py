"""What an invitation to an event says."""

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.events.invitation import Invitation
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event


def invitation_to(event: Event, url: str) -> Invitation:
    """Return the invitation to an event that was announced; ``url`` is its page. One query.

    Raises:
        NotFoundError: for a draft: nobody should put a day into a calendar that may still change.
    """
    if event.state is EventState.DRAFT:
        raise NotFoundError(f"{event.name} is a draft. Its day can be put into calendars once it is scheduled.")
    own = sa.and_(AuditEntry.subject_kind == "event", AuditEntry.subject_key == event.slug)
    changes, last = db.session.execute(sa.select(sa.func.count(), sa.func.max(AuditEntry.at)).where(own)).one()
    return Invitation(
        key=f"{event.id}:{event.created_at.isoformat()}",
        name=event.name,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=event.place,
        about=event.about,
        url=url,
        sequence=changes,
        changed_at=last or event.created_at,
        is_cancelled=event.state is EventState.CANCELLED,
    )
