"""The pages of sources: all of them, and one with its runs, its words for severity, and what it sent."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Delivery, DeliveryState, Incident, RunKind, Source, SourceKind, SyncRun, WriteBack
from gamebash.backlog.queries.imports import RunLine, line_of
from gamebash.backlog.severity import Severity
from gamebash.backlog.sources.connector import Connector
from gamebash.backlog.sources.registry import CONNECTORS
from gamebash.backlog.sources.severities import severity_in
from gamebash.backlog.webhooks.hook import Hook
from gamebash.backlog.webhooks.registry import HOOKS
from gamebash.core.db import db

RUNS_SHOWN, DELIVERIES_SHOWN, REMARKS_SHOWN = 10, 10, 10


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source in the list: what it is, how it stands, when it was and will be asked."""

    source: Source
    label: str
    incidents: int
    last_run: RunLine | None


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """All sources, and the kinds that can be added."""

    sources: tuple[SourceLine, ...]
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source."""

    source: Source
    label: str
    connector: Connector | None
    hook: Hook | None
    has_secret: bool
    has_hook_secret: bool
    runs: tuple[RunLine, ...]
    words: tuple[tuple[str, Severity | None], ...]
    deliveries: tuple[Delivery, ...]
    waiting: int
    fields: tuple[str, ...]
    remarks: tuple["RemarkLine", ...]


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """One thing said back at a source about an incident: where it stands and what came of it."""

    made_at: datetime
    external_id: str
    url: str
    what: str
    state: str
    message: str


def sources_page() -> SourcesPage:
    """Return all sources."""
    sources = db.session.scalars(sa.select(Source).order_by(Source.name)).all()
    counted = sa.select(Incident.source_id, sa.func.count()).group_by(Incident.source_id)
    counts = {source_id: count for source_id, count in db.session.execute(counted)}  # noqa: C416 rows are no pairs to mypy
    newest = sa.select(sa.func.max(SyncRun.id)).group_by(SyncRun.source_id)
    runs = {run.source_id: line_of(run) for run in db.session.scalars(sa.select(SyncRun).where(SyncRun.id.in_(newest)))}
    lines = [SourceLine(one, label_of(one.kind), counts.get(one.id, 0), runs.get(one.id)) for one in sources]
    kinds = [(kind.value, label_of(kind)) for kind in SourceKind if kind is not SourceKind.FILE]
    return SourcesPage(tuple(lines), tuple(kinds))


def source_page(source: Source) -> SourcePage:
    """Return one source."""
    connector, hook = CONNECTORS.get(source.kind.value), HOOKS.get(source.kind.value)
    runs = db.session.scalars(
        sa.select(SyncRun).where(SyncRun.source_id == source.id).order_by(SyncRun.id.desc()).limit(RUNS_SHOWN)
    ).all()
    deliveries = db.session.scalars(
        sa.select(Delivery).where(Delivery.source_id == source.id).order_by(Delivery.id.desc()).limit(DELIVERIES_SHOWN)
    )
    waiting = sa.select(sa.func.count()).where(Delivery.source_id == source.id, Delivery.state == DeliveryState.WAITING)
    usual = connector.severities if connector else hook.severities if hook else {}
    seen = {word for run in runs if run.kind is RunKind.SYNC for word in run.unknown_severities}
    words = sorted({*usual, *source.severity_map, *seen} - {"none given"})
    return SourcePage(
        source=source,
        label=label_of(source.kind),
        connector=connector,
        hook=hook,
        has_secret=bool(source.secret_env or source.secret_sealed),
        has_hook_secret=bool(source.hook_secret_env or source.hook_secret_sealed),
        runs=tuple(line_of(run) for run in runs),
        words=tuple((word, severity_in(source, word, usual)) for word in words),
        deliveries=tuple(deliveries),
        waiting=int(db.session.scalar(waiting) or 0),
        fields=tuple((source.grouping or {}).get("fields", ())),
        remarks=_remarks(source),
    )


def _remarks(source: Source) -> tuple[RemarkLine, ...]:
    query = (
        sa.select(WriteBack)
        .join(WriteBack.incident)
        .where(Incident.source_id == source.id)
        .options(joinedload(WriteBack.incident))
        .order_by(WriteBack.id.desc())
        .limit(REMARKS_SHOWN)
    )
    return tuple(
        RemarkLine(
            made_at=one.made_at,
            external_id=one.incident.external_id,
            url=one.incident.url,
            what="close" if one.is_closing else "comment",
            state="waiting" if one.next_at else "done" if one.done_at else "failed",
            message=one.message,
        )
        for one in db.session.scalars(query)
    )


def label_of(kind: SourceKind) -> str:
    """Return what a kind of source is called."""
    named = {
        SourceKind.FILE: "Files",
        SourceKind.ALERTMANAGER: "Alertmanager or Grafana (sends)",
        SourceKind.GENERIC: "Anything that can sign (sends)",
    }
    return named[kind] if kind in named else CONNECTORS[kind.value].label
