"""The log as it was known: what the replay of the past reads."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.facets import facets_of
from gamebash.backlog.grouping import DESCRIPTION_READ
from gamebash.backlog.models import Incident, IncidentVersion, Service, Source
from gamebash.backlog.replay import Life, State
from gamebash.backlog.severity import WEIGHTS, Severity
from gamebash.core.db import db

A_DAY = 86_400.0
AT_ONCE = 5_000
MOST = 250_000


def day_of(moment: datetime) -> float:
    """Return a moment as days since 1970, the scale of the replay."""
    return moment.timestamp() / A_DAY


def moment_of(day: float) -> datetime:
    """Return the moment of a day since 1970."""
    return datetime.fromtimestamp(day * A_DAY, UTC)


def lives(source: Source | None = None, *, most: int | None = MOST) -> list[Life]:
    """Return the incidents of a source, or of all, as they were opened; the newest ones where there are more than ``most``.

    Where a source keeps several versions of a record, what a version says counts from its time on. Where it sends each
    record once, as it stood in the end, that counts from when the incident was resolved, or opened where that is not known.
    """
    versions = _versions(source)
    found = [_life(row, versions.get(row.id)) for row in _rows(source, most)]
    found.reverse()
    return found


def _rows(source: Source | None, most: int | None) -> Any:
    query = (
        sa.select(
            Incident.id, Incident.external_id, Incident.source_row, Incident.opened_at, Incident.resolved_at,
            Incident.version_at, Incident.severity, Service.name.label("service"), Incident.symptom, Incident.title,
            sa.func.substr(Incident.description, 1, DESCRIPTION_READ).label("description"), Incident.extra,
        )
        .join(Service, Service.id == Incident.service_id)
        .where(Incident.is_noise.is_(False))
        .order_by(Incident.opened_at.desc(), Incident.id.desc())
        .limit(most)
    )  # fmt: skip
    if source is not None:
        query = query.where(Incident.source_id == source.id)
    return db.session.execute(query.execution_options(yield_per=AT_ONCE))


def _versions(source: Source | None) -> dict[int, list[State]]:
    query = sa.select(
        IncidentVersion.incident_id, IncidentVersion.version_at, IncidentVersion.severity, IncidentVersion.facets
    ).order_by(IncidentVersion.incident_id, IncidentVersion.version_at)
    if source is not None:
        query = query.join(Incident, Incident.id == IncidentVersion.incident_id).where(Incident.source_id == source.id)
    found: defaultdict[int, list[State]] = defaultdict(list)
    for incident_id, version_at, severity, facets in db.session.execute(query.execution_options(yield_per=AT_ONCE)):
        found[incident_id].append(_state(version_at, severity, facets))
    return found


def _life(row: Any, before: list[State] | None) -> Life:
    facets = facets_of(
        service=row.service, symptom=row.symptom, title=row.title, description=row.description, extra=row.extra
    )
    name = str(row.source_row) if row.source_row is not None else row.external_id
    opened = day_of(row.opened_at)
    if before is None:
        return Life(name, opened, (_state(row.resolved_at or row.opened_at, row.severity, facets),))
    newest = _state(row.version_at, row.severity, facets)
    is_kept = before[-1].weight == newest.weight and before[-1].values == newest.values
    return Life(name, opened, tuple(before) if is_kept else (*before, newest))


def _state(known: datetime, severity: Severity, facets: dict[str, str]) -> State:
    return State(day_of(known), float(WEIGHTS[severity]), facets)
