"""Audits as a worker makes them: asked for by an organiser, kept with the event."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit as record
from gamebash.core import clock
from gamebash.core.db import db, release, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.models import Event
from gamebash.incentives.audit import audit
from gamebash.incentives.models import IncentiveAudit
from gamebash.incentives.played import Trial
from gamebash.incentives.queries.grounds import NothingToPlayError, ground_of, mark_of
from gamebash.people.models import Person

LEASE = timedelta(minutes=10)


class AuditRefusedError(DomainError):
    """An audit cannot be asked for now; the message says why."""


def request_audit(event: Event, *, by: Person, now: datetime) -> IncentiveAudit:
    """Ask for an audit of an event as it is set up now.

    Raises:
        AuditRefusedError: where one is under way.
        NothingToPlayError: where the event has no stories.
    """
    db.session.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update())
    waiting = sa.select(IncentiveAudit).where(IncentiveAudit.event_id == event.id, IncentiveAudit.finished_at.is_(None))
    if db.session.scalar(waiting) is not None:
        raise AuditRefusedError(f"An audit of {event.name} is under way already. Its result will stand here.")
    ground_of(event)
    found = IncentiveAudit(event_id=event.id, requested_at=now, requested_by_id=by.id)
    db.session.add(found)
    record.record("event:audit_requested", event.slug, by_id=by.id, now=now, event_id=event.id)
    db.session.flush()
    return found


def work_off_audits(*, now: datetime) -> bool:
    """Make the audit that waits longest, or one whose worker was killed; says whether there was one. A chore of the worker."""
    audit_id = _take(now=now)
    if audit_id is None:
        return False
    try:
        event = db.session.get_one(Event, db.session.get_one(IncentiveAudit, audit_id).event_id)
        ground = ground_of(event)
    except NothingToPlayError as error:
        _finish(audit_id, report=None, mark="", message=str(error))
        return True
    release()
    report = audit(ground, Trial(), is_whole=True, progress=lambda done, parts: _advance(audit_id, done, parts))
    _finish(audit_id, report=report.to_document(), mark=mark_of(ground), message="")
    return True


def _take(*, now: datetime) -> int | None:
    with unit_of_work():
        waiting = db.session.scalar(
            sa.select(IncentiveAudit)
            .where(IncentiveAudit.finished_at.is_(None))
            .where(sa.or_(IncentiveAudit.leased_until.is_(None), IncentiveAudit.leased_until <= now))
            .order_by(IncentiveAudit.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if waiting is None:
            return None
        waiting.leased_until = now + LEASE
        return waiting.id


def _advance(audit_id: int, done: int, parts: int) -> None:
    with unit_of_work():
        found = db.session.get_one(IncentiveAudit, audit_id)
        found.parts_done, found.parts, found.leased_until = done, parts, clock.now() + LEASE


def _finish(audit_id: int, *, report: dict[str, object] | None, mark: str, message: str) -> None:
    with unit_of_work():
        found = db.session.get_one(IncentiveAudit, audit_id)
        found.report, found.mark, found.message = report, mark, message
        found.finished_at, found.leased_until = clock.now(), None
