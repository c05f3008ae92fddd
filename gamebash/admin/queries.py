"""What the record of changes shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.events.freeze import STILL_TOLD
from gamebash.events.models import Event
from gamebash.events.queries.freezing import public_at
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed

EXPORTED = 10_000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What of the record is asked for."""

    person: str = ""
    kind: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change in words."""

    at: datetime
    who: str
    tag: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the record of changes."""

    filter: AuditFilter
    kinds: tuple[str, ...]
    lines: Paged[AuditLine]


def audit_page(chosen: AuditFilter, viewer: Person, *, now: datetime) -> AuditPage:
    """Return one page of the record, newest first."""
    rows, total = fetch_page(_query(chosen, viewer, now), chosen.page)
    every = _query(AuditFilter(), viewer, now).with_only_columns(AuditEntry.subject_kind).distinct()
    kinds = db.session.scalars(every.order_by(None).order_by(AuditEntry.subject_kind))
    return AuditPage(chosen, tuple(kinds), Paged(tuple(_line(entry, name) for entry, name in rows), chosen.page, total))


def audit_lines(chosen: AuditFilter, viewer: Person, *, now: datetime) -> list[AuditLine]:
    """Return the newest lines for export."""
    return [_line(entry, name) for entry, name in db.session.execute(_query(chosen, viewer, now).limit(EXPORTED))]


def _query(chosen: AuditFilter, viewer: Person, now: datetime) -> Any:
    """Return the query of what was asked for. What a freeze holds back waits for the results, for admins who play too."""
    query: Any = (
        sa.select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .order_by(AuditEntry.id.desc())
    )
    if not is_allowed(viewer.roles, Permission.ORGANISE_EVENTS):
        is_told = sa.or_(AuditEntry.tag.in_(STILL_TOLD), public_at(AuditEntry.at, now))
        query = query.outerjoin(Event, Event.id == AuditEntry.event_id).where(sa.or_(Event.id.is_(None), is_told))
    if chosen.person:
        query = query.where(sa.func.lower(Person.name).like(f"%{chosen.person.casefold()}%"))
    if chosen.kind:
        query = query.where(AuditEntry.subject_kind == chosen.kind)
    if chosen.words:
        query = query.where(
            AuditEntry.tag.contains(chosen.words, autoescape=True) | (AuditEntry.subject_key == chosen.words)
        )
    return query


def _line(entry: AuditEntry, name: str | None) -> AuditLine:
    detail = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in (entry.detail or {}).items())
    return AuditLine(entry.at, name or "the clock", entry.tag, entry.subject_key, detail)
