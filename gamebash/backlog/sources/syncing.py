"""The pull core: pages are read, mapped and written one at a time, and the cursor moves when its page is kept.

So a worker that dies repeats a page and changes nothing. The cursor is the largest change time that the source itself sent,
minus an overlap: clocks differ, and a search may lag behind what was written. One worker at a time asks a source.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from gamebash.backlog.granularity import LEAST_SEEN
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Incident, RejectedRow, RunKind, RunState, Source, SyncRun, SyncState
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.regrouping import regroup_whole
from gamebash.backlog.sources.asking import client_for
from gamebash.backlog.sources.connector import Connector, ItemError, Page, dig, iso
from gamebash.backlog.sources.registry import CONNECTORS
from gamebash.backlog.sources.severities import settled
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.http import BusyError, RefusedError, RemoteError, UnauthorisedError
from gamebash.core.sealing import NoSecretError

log = structlog.get_logger()

# Longer than the longest wait that a busy server may ask for.
LEASE = timedelta(minutes=15)
MOST_PAGES = 20_000
# Pages in a row that may bring nothing new before a source is taken to go round in circles.
MOST_STALE_PAGES = 50
ERRORS_KEPT = 100


@dataclass
class _Progress:
    """What the pages of one sync have brought so far."""

    newest: datetime | None = None
    first_ids: list[str] = field(default_factory=list)
    stale: int = 0


@dataclass(frozen=True, slots=True)
class _End:
    """How a sync ended; ``again`` is when a busy server said to come back, ``progress`` stands where all pages came."""

    state: RunState
    message: str = ""
    health: SyncState | None = None
    again: datetime | None = None
    progress: _Progress | None = None


def work_off_syncs(*, now: datetime) -> bool:
    """Make one sync that waits or whose worker was killed; says whether there was one. A chore of the worker."""
    run_id = _take(now=now)
    if run_id is None:
        return False
    try:
        end = _work_off(run_id)
        _choose_grouping(run_id, end)
        _finish(run_id, end)
    except (UnauthorisedError, NoSecretError) as error:
        _finish(run_id, _End(RunState.FAILED, str(error), SyncState.NEEDS_SIGN_IN))
    except BusyError as error:
        message = f"{error} What came before is kept; the next sync goes on there."
        _finish(run_id, _End(RunState.PARTIAL, message, again=error.until))
    except RemoteError as error:
        _finish(run_id, _End(RunState.FAILED, str(error)))
    return True


def _choose_grouping(run_id: int, end: _End) -> None:
    """Find out what identifies a problem in the log of a source when its first sync is whole."""
    source = db.session.get_one(SyncRun, run_id).source
    count = sa.select(Incident.id).where(Incident.source_id == source.id).limit(LEAST_SEEN)
    is_first = (
        end.state is RunState.DONE and source.grouping is None and len(db.session.scalars(count).all()) == LEAST_SEEN
    )
    source_id = source.id
    db.session.rollback()
    if is_first:
        regroup_whole(source_id, by=None, now=clock.now())


def _take(*, now: datetime) -> int | None:
    """Take a sync under a lease: of two workers one gets it, and one source is never asked by two."""
    left = sa.and_(SyncRun.state == RunState.RUNNING, SyncRun.leased_until < now)
    is_due = sa.and_(SyncRun.kind == RunKind.SYNC, sa.or_(SyncRun.state == RunState.WAITING, left))
    with unit_of_work():
        found = db.session.execute(
            sa.select(SyncRun.id, SyncRun.source_id).where(is_due).order_by(SyncRun.id).limit(1)
        ).first()
        if found is None:
            return None
        run_id, source_id = found
        db.session.execute(sa.select(Source.id).where(Source.id == source_id).with_for_update())
        busy = sa.select(SyncRun.id).where(
            SyncRun.source_id == source_id,
            SyncRun.kind == RunKind.SYNC,
            SyncRun.state == RunState.RUNNING,
            SyncRun.leased_until >= now,
        )
        if db.session.scalar(busy.limit(1)) is not None:
            return None
        db.session.execute(sa.delete(RejectedRow).where(RejectedRow.sync_run_id == run_id))
        taken = db.session.execute(
            sa.update(SyncRun)
            .where(SyncRun.id == run_id, is_due)
            .values(
                state=RunState.RUNNING, started_at=now, leased_until=now + LEASE, pages_read=0, rows_read=0, rows_created=0,
                rows_updated=0, rows_unchanged=0, rows_rejected=0, unknown_severities={},
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        return int(run_id) if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def _work_off(run_id: int) -> _End:
    source = db.session.get_one(SyncRun, run_id).source
    connector, settings, cursor = CONNECTORS[source.kind.value], dict(source.settings), dict(source.cursor)
    client = client_for(source)
    db.session.rollback()
    progress = _Progress()
    try:
        for page in connector.pages(client, settings, cursor):
            if not _take_page(run_id, connector, page, progress):
                return _End(RunState.CANCELLED)
            if len(progress.first_ids) > MOST_PAGES or _goes_in_circles(page, progress):
                raise RefusedError("The source sends the same page again and again. What came before is kept.")
    finally:
        client.close()
    return _End(RunState.DONE, progress=progress)


def _goes_in_circles(page: Page, progress: _Progress) -> bool:
    """Say whether a page begins like the one before it, or many in a row brought nothing new."""
    first = str(dig(page.items[0], "id") or dig(page.items[0], "sys_id") or "") if page.items else ""
    is_same = bool(first) and bool(progress.first_ids) and progress.first_ids[-1] == first
    progress.first_ids.append(first)
    return is_same or progress.stale > MOST_STALE_PAGES


def _take_page(run_id: int, connector: Connector, page: Page, progress: _Progress) -> bool:
    """Write one page and move the cursor, in one transaction; say whether the run goes on."""
    with unit_of_work():
        run = db.session.scalars(sa.select(SyncRun).where(SyncRun.id == run_id).with_for_update(of=SyncRun)).one()
        if run.state is not RunState.RUNNING:
            return False
        records = list(_records(run, connector, page))
        written = write_incidents(run.source, records, run_id=run.id)
        refresh_problems(written.problem_ids, now=clock.now())
        run.pages_read += 1
        run.rows_read += len(page.items)
        run.rows_created += written.created
        run.rows_updated += written.updated
        run.rows_unchanged += written.unchanged
        run.leased_until = clock.now() + LEASE
        progress.stale = 0 if written.created + written.updated or not records else progress.stale + 1
        versions = [one.version_at for one in records if one.version_at is not None]
        progress.newest = max([*versions, *([progress.newest] if progress.newest else [])], default=None)
        if page.cursor:
            run.source.cursor = {**run.source.cursor, **page.cursor}
        if connector.is_ordered:
            run.source.cursor = _moved(run.source.cursor, progress, connector.overlap)
    return True


def _records(run: SyncRun, connector: Connector, page: Page) -> Iterator[IncidentRecord]:
    unknown = dict(run.unknown_severities)
    for place, item in enumerate(page.items, start=1):
        try:
            found = connector.found(item, run.source.settings)
        except (ItemError, ValueError, TypeError) as error:
            run.rows_rejected += 1
            if run.rows_rejected <= ERRORS_KEPT:
                db.session.add(
                    RejectedRow(
                        sync_run_id=run.id, line=run.rows_read + place, reason=str(error)[:500], excerpt=str(item)[:300]
                    )
                )
            continue
        if found is not None:
            yield settled(run.source, found, connector.severities, unknown)
    run.unknown_severities = unknown


def _finish(run_id: int, end: _End) -> None:
    """End a run; when all pages came, the source goes on from the newest change it sent."""
    db.session.rollback()
    now = clock.now()
    with unit_of_work():
        run = db.session.scalars(sa.select(SyncRun).where(SyncRun.id == run_id).with_for_update(of=SyncRun)).one()
        if run.state is not RunState.RUNNING:
            return
        run.state, run.message, run.finished_at, run.leased_until = end.state, end.message[:1000], now, None
        source = run.source
        if end.progress is not None:
            source.cursor = _moved(source.cursor, end.progress, CONNECTORS[source.kind.value].overlap)
        if end.health is not None:
            source.sync_state = end.health
        if source.sync_minutes:
            usual = now + timedelta(minutes=source.sync_minutes)
            source.next_sync_at = max(usual, end.again) if end.again else usual
    log.info("sync ended", source=source.slug, state=end.state.value)


def _moved(cursor: dict[str, Any], progress: _Progress, overlap: timedelta) -> dict[str, Any]:
    """Return the cursor with the newest change seen, never later than now: a source's clock may be ahead."""
    if progress.newest is None:
        return cursor
    return {**cursor, "since": iso(min(progress.newest, clock.now()) - overlap)}
