"""The pages of imports."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.imports.mapping import NAMES, Mapping
from gamebash.backlog.imports.runs import Preview, preview_of
from gamebash.backlog.models import RejectedRow, RunKind, RunState, Source, SyncRun
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page


@dataclass(frozen=True, slots=True)
class RunLine:
    """One import with its counts."""

    reference: str
    file_name: str
    source: str
    state: RunState
    created_at: datetime
    started_by: str
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    message: str
    seconds: float | None
    unknown_severities: tuple[tuple[str, int], ...] = ()

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will happen."""
        return self.state in {RunState.DONE, RunState.PARTIAL, RunState.FAILED, RunState.CANCELLED}


@dataclass(frozen=True, slots=True)
class RunsPage:
    """All imports, newest first."""

    runs: Paged[RunLine]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunPage:
    """One import: its preview while it waits for a yes, its progress, its rejected rows."""

    run: RunLine
    preview: Preview | None
    fields: tuple[tuple[str, str], ...]
    rejections: Paged[RejectedRow]


def runs_page(number: int) -> RunsPage:
    """Return one page of imports."""
    query = (
        sa.select(SyncRun)
        .options(joinedload(SyncRun.source), joinedload(SyncRun.started_by))
        .order_by(SyncRun.id.desc())
    )
    rows, total = fetch_page(query, number)
    sources = db.session.scalars(sa.select(Source.name).order_by(Source.name))
    return RunsPage(Paged(tuple(line_of(row[0]) for row in rows), number, total), tuple(sources))


def run_page(run: SyncRun, number: int, *, now: datetime) -> RunPage:
    """Return one import with a page of its rejected rows."""
    query = sa.select(RejectedRow).where(RejectedRow.sync_run_id == run.id).order_by(RejectedRow.line)
    rows, total = fetch_page(query, number)
    is_preview = run.state is RunState.PREVIEWED
    preview = preview_of(run, Mapping.from_document(run.mapping), now=now) if is_preview else None
    fields = tuple((name, name.replace("_at", "").replace("_", " ").capitalize()) for name in NAMES)
    return RunPage(line_of(run), preview, fields, Paged(tuple(row[0] for row in rows), number, total))


def line_of(run: SyncRun) -> RunLine:
    """Return an import as shown."""
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else None
    return RunLine(
        reference=run.reference,
        file_name=run.file_name or f"Sync of {run.source.name}",
        source=run.source.name,
        state=run.state,
        created_at=run.created_at,
        started_by=run.started_by.name
        if run.started_by
        else "the schedule"
        if run.kind is RunKind.SYNC
        else "the command line",
        read=run.rows_read,
        created=run.rows_created,
        updated=run.rows_updated,
        unchanged=run.rows_unchanged,
        rejected=run.rows_rejected,
        message=run.message,
        seconds=seconds,
        unknown_severities=tuple(sorted((run.unknown_severities or {}).items(), key=lambda pair: -pair[1])),
    )
