"""Series: what makes events quarterly."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.core.slugs import free_slug, slug_of
from gamebash.events.models import Series
from gamebash.events.recurrence import check_recurrence, next_start
from gamebash.people.models import Person

LONGEST_NAME = 70
LONGEST_RULE = 200
SHORTEST_MINUTES = 30
LONGEST_MINUTES = 14 * 24 * 60


class InvalidSeriesError(InvalidError):
    """The series has no usable name or length."""


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """A series to be: its first start as a moment, the length of an event, and the recurrence (RRULE)."""

    name: str
    starts_at: datetime
    duration_minutes: int
    rrule: str


def create_series(plan: SeriesPlan, *, zone: str, by: Person | None, now: datetime) -> Series:
    """Found a series; its events come round by its rule, in wall-clock time of the installation's zone.

    Raises:
        InvalidSeriesError: where the name or the length cannot be used.
        InvalidRecurrenceError: where the rule cannot be read or never comes round.
    """
    name = plan.name.strip()
    if not name or len(name) > LONGEST_NAME:
        message = f"A series needs a name of at most {LONGEST_NAME} letters."
        raise InvalidSeriesError(message)
    if not SHORTEST_MINUTES <= plan.duration_minutes <= LONGEST_MINUTES:
        message = "An event of a series lasts from half an hour to two weeks."
        raise InvalidSeriesError(message)
    rule = check_recurrence(plan.rrule)
    next_start(rule, first_at=plan.starts_at, after=max(now, plan.starts_at), zone=zone)
    wanted = slug_of(name, "series")
    taken = db.session.scalars(sa.select(Series.slug).where(Series.slug.startswith(wanted, autoescape=True))).all()
    series = Series(
        slug=free_slug(wanted, taken),
        name=name,
        rrule=rule[:LONGEST_RULE],
        starts_at=plan.starts_at,
        duration_minutes=plan.duration_minutes,
        created_at=now,
        created_by_id=by.id if by else None,
    )
    db.session.add(series)
    db.session.flush()
    audit.record("series:created", series.slug, by_id=by.id if by else None, now=now, rrule=rule)
    return series
