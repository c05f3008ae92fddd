"""Writing incidents so that repetition, order and company do no harm.

Each record is kept once by (source, external id). An older version never overwrites a newer one; of two with the same
version the one with the greater digest stays, so that the end state does not depend on the order in which they come. What a
person decided (noise, moved by hand) is never touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.grouping import Grouping, groupings_of
from gamebash.backlog.imports.inserting import insert_incidents
from gamebash.backlog.imports.versions import keep_versions, said_before, several
from gamebash.backlog.keys import GroupingKey
from gamebash.backlog.models import Incident, Problem, Service, Source
from gamebash.backlog.problems import mark_stale
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.severity import Severity
from gamebash.core.counters import next_numbers
from gamebash.core.db import db
from gamebash.core.rows import insert_into
from gamebash.core.slugs import slug_of

EARLIEST = datetime.min.replace(tzinfo=UTC)
COPIED = (
    "external_id", "title", "description", "symptom", "severity", "status", "opened_at", "acknowledged_at", "resolved_at",
    "environment", "reporter", "assignee", "closure_code", "reopen_count", "impact_minutes", "url", "version_at",
    "source_row",
)  # fmt: skip
KEPT = frozenset({"source_id", "external_id", "first_run_id", "problem_id", "reopen_count", "source_row"})


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a chunk of records, and which problems were touched."""

    created: int
    updated: int
    unchanged: int
    problem_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Known:
    """An incident that is there already, in what decides whether a record changes it."""

    content_hash: str
    version_at: datetime | None
    problem_id: int | None
    reopen_count: int
    severity: Severity


def write_incidents(source: Source, records: Sequence[IncidentRecord], *, run_id: int | None = None) -> Written:
    """Write a chunk of records; called inside a unit of work."""
    # Of two writers to one source one waits, so that what is not known here nobody else is writing.
    db.session.execute(sa.select(Source.id).where(Source.id == source.id).with_for_update())
    newest = _newest(records)
    known = _known(source, [record.external_id for record in newest])
    fresh = [record for record in newest if _changes(known.get(record.external_id), record)]
    versions = several(records, {key: one.version_at for key, one in known.items()})
    before = said_before(source, sorted({one.external_id for one in versions} & known.keys()))
    written = _write(source, fresh, known, run_id=run_id) if fresh else frozenset()
    raised = _raise_reopened(source, newest, known)
    keep_versions(source, versions, before)
    mark_stale(written)
    changed = {record.external_id for record in fresh}
    created, updated = len(changed - known.keys()), len((changed & known.keys()) | raised)
    return Written(created, updated, len(records) - created - updated, written)


def _raise_reopened(source: Source, newest: list[IncidentRecord], known: dict[str, _Known]) -> set[str]:
    """Let the highest number of times opened again count, also where an older version says it; return the incidents."""
    rows = [
        {"id_given": record.external_id, "times": record.reopen_count}
        for record in newest
        if record.external_id in known and record.reopen_count > known[record.external_id].reopen_count
    ]
    if rows:
        table: Any = Incident.__table__
        is_lower = table.c.reopen_count < sa.bindparam("times")
        update = sa.update(table).where(
            table.c.source_id == source.id, table.c.external_id == sa.bindparam("id_given"), is_lower
        )
        db.session.connection().execute(update.values(reopen_count=sa.bindparam("times")), rows)
    return {str(row["id_given"]) for row in rows}


def _write(
    source: Source, fresh: list[IncidentRecord], known: dict[str, _Known], *, run_id: int | None
) -> frozenset[int]:
    """Write what is new; return the problems that it touches."""
    services = _services({record.service for record in fresh})
    groupings, problems = _grouped(source, fresh, services)
    rows = [
        _row(
            record,
            source_id=source.id,
            service_id=services[_slug(record.service)],
            problem_id=problems[found.fingerprint],
            run_id=run_id,
        )
        for record, found in zip(fresh, groupings, strict=True)
    ]
    if new := [row for row in rows if row["external_id"] not in known]:
        insert_incidents(new)
    if changed := [row for row in rows if row["external_id"] in known]:
        _upsert(changed)
    left = {known[one.external_id].problem_id for one in fresh if one.external_id in known}
    return frozenset(problems.values()) | frozenset(one for one in left if one is not None)


def problems_of(source: Source, records: list[IncidentRecord]) -> list[int]:
    """Return the id of the problem that each record belongs to by its source's key, making those that are new."""
    groupings, problems = _grouped(source, records, _services({record.service for record in records}))
    return [problems[found.fingerprint] for found in groupings]


def _grouped(
    source: Source, records: list[IncidentRecord], services: dict[str, int]
) -> tuple[list[Grouping], dict[str, int]]:
    key = GroupingKey.from_document(source.grouping) if source.grouping else None
    groupings = groupings_of(records, key)
    return groupings, _problems(records, groupings, services)


def _newest(records: Iterable[IncidentRecord]) -> list[IncidentRecord]:
    """Return one record for each id: the newest version, the later of equals, with the highest reopen count of all."""
    found: dict[str, IncidentRecord] = {}
    for record in records:
        other = found.get(record.external_id)
        if other is None:
            found[record.external_id] = record
            continue
        winner = record if _is_newer(record, other.version_at, other.content_hash) else other
        found[record.external_id] = replace(winner, reopen_count=max(record.reopen_count, other.reopen_count))
    return list(found.values())


def _is_newer(record: IncidentRecord, version_at: datetime | None, content_hash: str) -> bool:
    if record.version_at is None or version_at is None:
        return True
    return (record.version_at, record.content_hash) > (version_at, content_hash)


def _changes(known: _Known | None, record: IncidentRecord) -> bool:
    if known is None:
        return True
    if known.content_hash == record.content_hash:
        # The same once more, but newer: the version has to move on, or one in between could come late and win.
        is_later = record.version_at is not None and (known.version_at is None or record.version_at > known.version_at)
        return is_later or record.severity is not known.severity
    return _is_newer(record, known.version_at, known.content_hash)


def _known(source: Source, ids: list[str]) -> dict[str, _Known]:
    query = sa.select(
        Incident.external_id,
        Incident.content_hash,
        Incident.version_at,
        Incident.problem_id,
        Incident.reopen_count,
        Incident.severity,
    ).where(Incident.source_id == source.id, Incident.external_id.in_(ids))
    rows = db.session.execute(query)
    return {
        key: _Known(digest, version, problem, reopened, severity)
        for key, digest, version, problem, reopened, severity in rows
    }


def _row(
    record: IncidentRecord, *, source_id: int, service_id: int, problem_id: int, run_id: int | None
) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in COPIED}
    return {
        **row,
        "source_id": source_id,
        "service_id": service_id,
        "problem_id": problem_id,
        "labels": list(record.labels),
        "extra": dict(record.extra),
        "content_hash": record.content_hash,
        "first_run_id": run_id,
        "is_moved_by_hand": False,
        "is_noise": False,
        "noise_reason": "",
    }


def _upsert(rows: list[dict[str, Any]]) -> None:
    """Insert or update in one statement; the condition holds even where another worker wrote in between."""
    insert = insert_into(Incident)
    new = insert.excluded
    updates: dict[str, Any] = {
        name: new[name] for name in rows[0] if name not in KEPT and not name.startswith(("is_", "noise_"))
    }
    updates["reopen_count"] = sa.case(
        (new.reopen_count > Incident.reopen_count, new.reopen_count), else_=Incident.reopen_count
    )
    updates["problem_id"] = sa.case((Incident.is_moved_by_hand, Incident.problem_id), else_=new.problem_id)
    is_newer = sa.or_(
        Incident.version_at.is_(None),
        new.version_at.is_(None),
        new.version_at > Incident.version_at,
        sa.and_(new.version_at == Incident.version_at, new.content_hash > Incident.content_hash),
        # The same once more, taken to be more or less severe since somebody mapped its word anew.
        sa.and_(new.content_hash == Incident.content_hash, new.severity != Incident.severity),
    )
    statement = insert.on_conflict_do_update(index_elements=["source_id", "external_id"], set_=updates, where=is_newer)
    db.session.execute(statement, rows)


@lru_cache(maxsize=4_096)
def _slug(service: str) -> str:
    return slug_of(service, "service")


def _services(names: set[str]) -> dict[str, int]:
    """Return the id of each service by slug, making those that are new."""
    wanted = {_slug(name): name for name in sorted(names)}
    found = _ids(Service.slug, Service.id, wanted)
    if missing := [{"slug": slug, "name": name, "tier": 3} for slug, name in wanted.items() if slug not in found]:
        db.session.execute(insert_into(Service).on_conflict_do_nothing(index_elements=["slug"]), missing)
        found = _ids(Service.slug, Service.id, wanted)
    return found


def _problems(records: list[IncidentRecord], groupings: list[Grouping], services: dict[str, int]) -> dict[str, int]:
    """Return the id of each problem by fingerprint, making those that are new."""
    wanted = {found.fingerprint: (found, record) for found, record in zip(groupings, records, strict=True)}
    known = _homes(wanted)
    new = [one for one in wanted.values() if one[0].fingerprint not in known]
    missing = [
        {
            "key": f"P-{number}",
            "fingerprint": found.fingerprint,
            "why": found.why,
            "title": f"{record.service}: {found.symptom}"[:300],
            "service_id": services[_slug(record.service)],
            "symptom": found.symptom,
            "is_broad": found.is_broad,
            "state": "open",
        }
        for number, (found, record) in zip(next_numbers("problems", len(new)) if new else (), new, strict=True)
    ]
    if missing:
        db.session.execute(insert_into(Problem).on_conflict_do_nothing(index_elements=["fingerprint"]), missing)
        known = _homes(wanted)
    return known


def _homes(fingerprints: Iterable[str]) -> dict[str, int]:
    """Return the problem of each fingerprint, of a merged one the survivor; held, so that none is merged away meanwhile."""
    home = sa.func.coalesce(Problem.merged_into_id, Problem.id)
    query = sa.select(Problem.fingerprint, home).where(Problem.fingerprint.in_(sorted(fingerprints)))
    rows = db.session.execute(query.order_by(Problem.id).with_for_update(key_share=True))
    return {fingerprint: found for fingerprint, found in rows}  # noqa: C416 rows are no pairs to mypy


def _ids(key: Any, value: Any, wanted: Iterable[str]) -> dict[str, int]:
    rows = db.session.execute(sa.select(key, value).where(key.in_(list(wanted))))
    return {name: found for name, found in rows}  # noqa: C416 rows are no pairs to mypy
