"""The watches of the demo's past events, settled by the real log in the order in which it happened."""

from datetime import datetime, timedelta
from operator import itemgetter

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.models import Event
from gamebash.notices.notices import see_all_notices
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState
from gamebash.watch.models import Watch
from gamebash.watch.recurrences import find_recurrence
from gamebash.watch.verdict import LONGEST_DELIVERY, TOLD_FIRST
from gamebash.watch.watches import begin_watch, step_watch

NOTICED = timedelta(minutes=7)
# What is older than this everybody has read by now.
UNSEEN_FOR = timedelta(days=3)


def watch_through(event: Event, *, now: datetime) -> None:
    """Begin the watches of an event that have not begun yet, and do what was due about each when it was due."""
    fixes = sa.select(Fix).where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED).order_by(Fix.id)
    for fix in db.session.scalars(fixes).all():
        begin_watch(fix, now=fix.decided_at or now)
    due: list[tuple[datetime, int]] = []
    for watch in db.session.scalars(sa.select(Watch).where(Watch.event_id == event.id).order_by(Watch.id)):
        found = find_recurrence(watch)
        if found is None:
            due.append((watch.ends_at + LONGEST_DELIVERY, watch.id))
        else:
            seen_at = found.opened_at + NOTICED
            due += [(seen_at, watch.id), (seen_at + TOLD_FIRST, watch.id)]
    for moment, watch_id in sorted(due, key=itemgetter(0, 1)):
        if moment <= now:
            step_watch(watch_id, now=moment)
    for person in db.session.scalars(sa.select(Person)).all():
        see_all_notices(person, now=now - UNSEEN_FOR)
