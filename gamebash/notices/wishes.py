"""How a person wants to hear of things: by kind in the app, by mail too, or not at all; and when mail waits."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import available_timezones

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.notices.kinds import NoticeKind, Way
from gamebash.notices.models import Notice, NoticeWish, QuietHours
from gamebash.notices.quiet import DAY, Quiet
from gamebash.people.models import Person


def wish_notices(person: Person, ways: Mapping[NoticeKind, Way], quiet: Quiet | None, *, now: datetime) -> None:
    """Keep how somebody wants to hear of each kind, and when mail waits; only what is told from now on is mailed.

    Raises:
        InvalidError: for hours or a zone that do not exist.
    """
    if quiet is not None and quiet.zone not in available_timezones():
        raise InvalidError(f"There is no time zone called {quiet.zone}. Try one like Europe/Berlin.")
    if quiet is not None and not (0 <= quiet.from_minute < DAY and 0 <= quiet.to_minute < DAY):
        raise InvalidError("Quiet hours go from 00:00 to 23:59.")
    newest = db.session.scalar(sa.select(sa.func.max(Notice.id)).where(Notice.person_id == person.id)) or 0
    known = {wish.kind: wish for wish in db.session.scalars(_wishes(person))}
    for kind, way in ways.items():
        wish = known.get(kind) or NoticeWish(person_id=person.id, kind=kind, way=Way.APP)
        if way is Way.MAIL and wish.way is not Way.MAIL:
            wish.mailed_through = newest
        wish.way = way
        db.session.add(wish)
    row = db.session.get(QuietHours, person.id)
    if quiet is None:
        if row is not None:
            db.session.delete(row)
    else:
        row = row or QuietHours(person_id=person.id)
        row.from_minute, row.to_minute, row.zone = quiet.from_minute, quiet.to_minute, quiet.zone
        db.session.add(row)
    db.session.flush()
    audit.record("person:notices_wished", person.handle, by_id=person.id, now=now)


def ways_of(person: Person) -> dict[NoticeKind, Way]:
    """Return how somebody wants to hear of each kind."""
    known = {wish.kind: wish.way for wish in db.session.scalars(_wishes(person))}
    return {kind: known.get(kind, Way.APP) for kind in NoticeKind}


def quiet_of(person_id: int) -> Quiet | None:
    """Return a person's quiet hours, if they have any."""
    row = db.session.get(QuietHours, person_id)
    return Quiet(row.from_minute, row.to_minute, row.zone) if row else None


def _wishes(person: Person) -> sa.Select[NoticeWish]:
    return sa.select(NoticeWish).where(NoticeWish.person_id == person.id)
