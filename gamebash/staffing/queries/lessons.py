"""What was taught and learned, as facts of the knowledge map: signed handovers. One query, however many services each has."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.staffing.handovers.models import Handover, HandoverSignOff
from gamebash.staffing.knowledge import Fact, Ground

# A lesson counts once for who gave it, however many services it was about.
NO_SERVICE = 0


def lessons_between(since: date, on: date) -> list[Fact]:
    """Return what giver and receiver of each signed handover know by it, for each service handed over."""
    return [
        fact
        for giver, receiver, at, services in _signed(since, on)
        for service in services
        for fact in (
            Fact(giver, service, Ground.TAUGHT, at.date()),
            Fact(receiver, service, Ground.LEARNED, at.date()),
        )
    ]


def lessons_given_between(since: date, on: date) -> list[Fact]:
    """Return one fact for each lesson somebody gave."""
    return [Fact(giver, NO_SERVICE, Ground.TAUGHT, at.date()) for giver, _, at, _ in _signed(since, on)]


def _signed(since: date, on: date) -> Iterable[tuple[Any, ...]]:
    first, last = (datetime.combine(day, time.min, UTC) for day in (since, on + timedelta(days=1)))
    query = (
        sa.select(Handover.person_id, HandoverSignOff.person_id, HandoverSignOff.signed_at, HandoverSignOff.services)
        .join(Handover, Handover.id == HandoverSignOff.handover_id)
        .where(HandoverSignOff.signed_at >= first, HandoverSignOff.signed_at < last)
    )
    return [tuple(row) for row in db.session.execute(query)]
