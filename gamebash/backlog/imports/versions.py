"""Keeping what records said before, so that the past can be looked at as it was known then.

The incident holds its newest version. Of the others only what identifies a problem is kept, and the severity; a version
that says the same as another one is kept once, from the earlier of the two on. In whatever order versions come, what is
kept in the end is the same.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.facets import facets_of
from gamebash.backlog.grouping import DESCRIPTION_READ, facets_of_record
from gamebash.backlog.models import Incident, IncidentVersion, Service, Source
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.core.rows import insert_into

DIGEST_LENGTH = 16

Said = tuple[datetime, Severity, dict[str, str]]


def several(records: Sequence[IncidentRecord], known: Mapping[str, datetime | None]) -> list[IncidentRecord]:
    """Return the records of a chunk that are one of several versions; ``known`` has the versions that are there already.

    The same version once more is none of several, so that importing a file again keeps nothing new.
    """
    times: dict[str, set[datetime | None]] = {}
    for record in records:
        times.setdefault(record.external_id, set()).add(record.version_at)
    return [
        record
        for record in records
        if record.version_at is not None
        and (
            len(times[record.external_id]) > 1
            or (record.external_id in known and known[record.external_id] != record.version_at)
        )
    ]


def said_before(source: Source, external_ids: Sequence[str]) -> dict[str, Said]:
    """Return what incidents say before a chunk is written; nothing of those whose source gives no version."""
    if not external_ids:
        return {}
    query = (
        sa.select(
            Incident.external_id, Incident.version_at, Incident.severity, Service.name, Incident.symptom, Incident.title,
            sa.func.substr(Incident.description, 1, DESCRIPTION_READ), Incident.extra,
        )
        .join(Service, Service.id == Incident.service_id)
        .where(Incident.source_id == source.id, Incident.external_id.in_(external_ids), Incident.version_at.is_not(None))
    )  # fmt: skip
    return {
        key: (
            version_at,
            severity,
            facets_of(service=service, symptom=symptom, title=title, description=description, extra=extra),
        )
        for key, version_at, severity, service, symptom, title, description, extra in db.session.execute(query)
    }


def keep_versions(source: Source, records: Sequence[IncidentRecord], before: Mapping[str, Said]) -> None:
    """Keep these versions, and what the incidents said before; to be called when the newest are written."""
    said: dict[str, list[Said]] = {key: [one] for key, one in before.items()}
    for record in records:
        if record.version_at is not None:
            version = (record.version_at, record.severity, facets_of_record(record))
            said.setdefault(record.external_id, []).append(version)
    if said:
        _keep(_rows(said, _ids(source, said)))


def _ids(source: Source, external_ids: Iterable[str]) -> dict[str, int]:
    query = sa.select(Incident.external_id, Incident.id).where(
        Incident.source_id == source.id, Incident.external_id.in_(list(external_ids))
    )
    return {key: found for key, found in db.session.execute(query)}  # noqa: C416 rows are no pairs to mypy


def _rows(said: dict[str, list[Said]], ids: dict[str, int]) -> list[dict[str, Any]]:
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for key, versions in said.items():
        for version_at, severity, facets in versions:
            digest = _digest(severity, facets)
            row = rows.get((ids[key], digest))
            if row is None or version_at < row["version_at"]:
                rows[ids[key], digest] = {
                    "incident_id": ids[key], "digest": digest, "version_at": version_at, "severity": severity,
                    "facets": facets,
                }  # fmt: skip
    return list(rows.values())


def _digest(severity: Severity, facets: dict[str, str]) -> str:
    text = json.dumps([severity.value, facets], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def _keep(rows: list[dict[str, Any]]) -> None:
    insert = insert_into(IncidentVersion)
    statement = insert.on_conflict_do_update(
        index_elements=["incident_id", "digest"],
        set_={"version_at": insert.excluded.version_at},
        where=insert.excluded.version_at < IncidentVersion.version_at,
    )
    db.session.execute(statement, rows)
