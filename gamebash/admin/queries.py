"""What the record of changes shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person

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


def audit_page(chosen: AuditFilter) -> AuditPage:
    """Return one page of the record, newest first."""
    rows, total = fetch_page(_query(chosen), chosen.page)
    kinds = db.session.scalars(sa.select(AuditEntry.subject_kind).distinct().order_by(AuditEntry.subject_kind))
    return AuditPage(chosen, tuple(kinds), Paged(tuple(_line(entry, name) for entry, name in rows), chosen.page, total))


def audit_lines(chosen: AuditFilter) -> list[AuditLine]:
    """Return the newest lines for export."""
    return [_line(entry, name) for entry, name in db.session.execute(_query(chosen).limit(EXPORTED))]


def _query(chosen: AuditFilter) -> Any:
    query: Any = (
        sa.select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .order_by(AuditEntry.id.desc())
    )
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
