"""The list of incidents and the page of one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Incident, IncidentStatus, Service
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.core.search import has_words

EXPORTED = 20_000
SORTS = {
    "newest": (Incident.opened_at.desc(), Incident.id.desc()),
    "oldest": (Incident.opened_at, Incident.id),
    "worst": (Incident.severity, Incident.opened_at.desc()),
    "longest": (Incident.impact_minutes.desc().nulls_last(), Incident.id),
}


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """What of the incidents is asked for."""

    words: str = ""
    service: str = ""
    severity: str = ""
    status: str = ""
    noise: str = ""
    problem: str = ""
    from_on: date | None = None
    to_on: date | None = None
    sort: str = "newest"
    page: int = 1


@dataclass(frozen=True, slots=True)
class IncidentsPage:
    """One page of incidents."""

    filter: IncidentFilter
    incidents: Paged[Incident]
    services: tuple[tuple[str, str], ...]


def incidents_page(chosen: IncidentFilter) -> IncidentsPage:
    """Return one page of incidents."""
    rows, total = fetch_page(_query(chosen), chosen.page)
    return IncidentsPage(chosen, Paged(tuple(row[0] for row in rows), chosen.page, total), service_choices())


def incidents_for_export(chosen: IncidentFilter) -> list[Incident]:
    """Return the incidents that match, for export, at most EXPORTED."""
    return list(db.session.scalars(_query(chosen).limit(EXPORTED)))


def service_choices() -> tuple[tuple[str, str], ...]:
    """Return slug and name of every service."""
    rows = db.session.execute(sa.select(Service.slug, Service.name).order_by(Service.name))
    return tuple((slug, name) for slug, name in rows)


def find_service(slug: str) -> Service | None:
    """Return the service of a slug, None where there is none."""
    return db.session.scalar(sa.select(Service).where(Service.slug == slug)) if slug else None


def _query(chosen: IncidentFilter) -> sa.Select[Any]:
    query = (
        sa.select(Incident)
        .options(joinedload(Incident.service), joinedload(Incident.problem), joinedload(Incident.source))
        .order_by(*SORTS.get(chosen.sort, SORTS["newest"]))
    )
    if chosen.words.strip():
        query = query.where(has_words(Incident, chosen.words))
    if chosen.service:
        query = query.where(
            Incident.service_id == sa.select(Service.id).where(Service.slug == chosen.service).scalar_subquery()
        )
    if chosen.severity in set(Severity):
        query = query.where(Incident.severity == Severity(chosen.severity))
    if chosen.status in set(IncidentStatus):
        query = query.where(Incident.status == IncidentStatus(chosen.status))
    if chosen.noise in {"yes", "no"}:
        query = query.where(Incident.is_noise == (chosen.noise == "yes"))
    if chosen.problem:
        query = query.where(Incident.problem.has(key=chosen.problem.upper()))
    if chosen.from_on:
        query = query.where(Incident.opened_at >= _midnight(chosen.from_on))
    if chosen.to_on:
        query = query.where(Incident.opened_at < _midnight(chosen.to_on + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
