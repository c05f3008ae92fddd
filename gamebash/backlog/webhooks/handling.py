"""Working off deliveries, oldest first: what a message says goes the same way as what a sync brings."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Delivery, DeliveryState, Incident, Source
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.sources.connector import Found, ItemError
from gamebash.backlog.sources.severities import settled
from gamebash.backlog.webhooks.hook import Hook
from gamebash.backlog.webhooks.registry import HOOKS
from gamebash.core.db import db, unit_of_work

AT_ONCE = 50
KEPT = ("description", "url", "symptom", "environment", "assignee", "reporter", "closure_code")


def work_off_deliveries(*, now: datetime) -> bool:
    """Work off the deliveries that wait, some at a time; says whether there were any. A chore of the worker."""
    waiting = sa.select(Delivery).where(Delivery.state == DeliveryState.WAITING).order_by(Delivery.id).limit(AT_ONCE)
    with unit_of_work():
        deliveries = db.session.scalars(waiting.with_for_update(of=Delivery, skip_locked=True)).all()
        touched: set[int] = set()
        for delivery in deliveries:
            touched |= _handle(delivery, now=now)
        if touched:
            refresh_problems(touched, now=now)
    return bool(deliveries)


def _handle(delivery: Delivery, *, now: datetime) -> frozenset[int]:
    source, hook = delivery.source, HOOKS[delivery.source.kind.value]
    delivery.handled_at = now
    try:
        found = hook.found(json.loads(delivery.body), delivery.event)
    except (ItemError, ValueError, TypeError, AttributeError) as error:
        delivery.state, delivery.message = DeliveryState.FAILED, f"It could not be read: {error}"[:500]
        return frozenset()
    if not found:
        delivery.state, delivery.message = DeliveryState.IGNORED, "It is about nothing that gamebash keeps."
        return frozenset()
    written = write_incidents(source, _records(source, hook, found, delivery.received_at))
    _count_reopenings(source, found)
    delivery.state = DeliveryState.DONE
    delivery.message = f"{written.created} new, {written.updated} updated, {written.unchanged} unchanged"
    return written.problem_ids


def _records(source: Source, hook: Hook, found: Sequence[Found], received_at: datetime) -> list[IncidentRecord]:
    unknown: dict[str, int] = {}
    severities = hook.severities
    records = [_dated(settled(source, one, severities, unknown), received_at) for one in found]
    return records if hook.sends_whole else _completed(source, records)


def _dated(record: IncidentRecord, received_at: datetime) -> IncidentRecord:
    """Date a record that says nothing of its version: by the latest time in it, else by when it came."""
    if record.version_at is not None:
        return record
    times = [at for at in (record.resolved_at, record.acknowledged_at) if at is not None]
    return replace(record, version_at=max(times, default=received_at))


def _count_reopenings(source: Source, found: Sequence[Found]) -> None:
    """Add one for each reopening told of; every message is handled once, so their order does not matter."""
    ids = [one.record.external_id for one in found if one.is_reopened]
    if ids:
        reopened = sa.update(Incident).where(Incident.source_id == source.id, Incident.external_id.in_(ids))
        db.session.execute(reopened.values(reopen_count=Incident.reopen_count + 1))


def _completed(source: Source, records: Sequence[IncidentRecord]) -> list[IncidentRecord]:
    """Fill in what a partial message leaves empty with what is known; an older message fills in what the newer left empty."""
    ids = [record.external_id for record in records]
    query = sa.select(Incident).where(Incident.source_id == source.id, Incident.external_id.in_(ids))
    known = {incident.external_id: incident for incident in db.session.scalars(query)}
    return [_merged(record, known.get(record.external_id)) for record in records]


def _merged(record: IncidentRecord, known: Incident | None) -> IncidentRecord:
    if known is None:
        return record
    if record.version_at is not None and known.version_at is not None and record.version_at < known.version_at:
        _fill_blanks(known, record)
        return record
    texts = {name: getattr(known, name) for name in KEPT if not getattr(record, name)}
    return replace(
        record,
        title=known.title if _is_bare(record.title, record.symptom) else record.title,
        acknowledged_at=record.acknowledged_at or known.acknowledged_at,
        labels=record.labels or tuple(known.labels),
        extra={**known.extra, **record.extra},
        **texts,
    )


def _fill_blanks(known: Incident, record: IncidentRecord) -> None:
    for name in KEPT:
        if not getattr(known, name):
            setattr(known, name, getattr(record, name))
    if _is_bare(known.title, known.symptom):
        known.title = record.title
    known.acknowledged_at = known.acknowledged_at or record.acknowledged_at
    known.labels = known.labels or list(record.labels)
    known.extra = {**record.extra, **known.extra}
    db.session.flush()


def _is_bare(title: str, symptom: str) -> bool:
    """Say whether a title is only the name of the alert, for want of a summary."""
    return title == symptom
