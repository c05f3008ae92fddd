"""Working off runs: a chunk at a time, each kept when it is done, so that a killed worker loses nothing.

A run taken up again starts its file over: what is there already stays unchanged, so the end is the same.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from gamebash.backlog.imports.inserting import gather_statistics
from gamebash.backlog.imports.mapping import Mapping
from gamebash.backlog.imports.reading import Reader
from gamebash.backlog.imports.runs import clean_up, unpacked_limit
from gamebash.backlog.imports.upsert import Written, write_incidents
from gamebash.backlog.models import RejectedRow, RunKind, RunState, Source, SyncRun
from gamebash.backlog.problems import refresh_stale_problems
from gamebash.backlog.records import IncidentRecord, Rejection, UnreadableFileError
from gamebash.backlog.regrouping import keep_first_choice, key_from_records
from gamebash.core import clock
from gamebash.core.db import db, release, unit_of_work

ROWS_AT_ONCE = 5_000
REJECTIONS_KEPT = 1_000
LEASE = timedelta(minutes=2)

Read = IncidentRecord | Rejection


def work_off_runs(*, now: datetime) -> bool:
    """Work off one run that waits, or that a killed worker left; says whether there was one."""
    run_id = _take(now=now)
    if run_id is None:
        return False
    try:
        _work_off(run_id)
    except UnreadableFileError as error:
        _finish(run_id, RunState.FAILED, str(error))
    except FileNotFoundError:
        _finish(run_id, RunState.FAILED, "The uploaded file is gone from this machine. Upload it again.")
    return True


def _take(*, now: datetime) -> int | None:
    """Take a run under a lease; of two workers one gets it."""
    left = sa.and_(SyncRun.state == RunState.RUNNING, SyncRun.leased_until < now)
    is_due = sa.and_(SyncRun.kind == RunKind.FILE, sa.or_(SyncRun.state == RunState.WAITING, left))
    with unit_of_work():
        run_id = db.session.scalar(sa.select(SyncRun.id).where(is_due).order_by(SyncRun.id).limit(1))
        if run_id is None:
            return None
        db.session.execute(sa.delete(RejectedRow).where(RejectedRow.sync_run_id == run_id))
        taken = db.session.execute(
            sa.update(SyncRun)
            .where(SyncRun.id == run_id, is_due)
            .values(
                state=RunState.RUNNING, started_at=now, leased_until=now + LEASE, rows_read=0, rows_created=0, rows_updated=0,
                rows_unchanged=0, rows_rejected=0,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        return run_id if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def _work_off(run_id: int) -> None:
    run = db.session.get_one(SyncRun, run_id)
    reader = Reader(Mapping.from_document(run.mapping), now=clock.now(), limit=unpacked_limit())
    limit = int(current_app.config["GAMEBASH_UPLOAD_ROWS"])
    path = Path(run.file_path)
    _choose_grouping(run, Reader(Mapping.from_document(run.mapping), now=clock.now(), limit=unpacked_limit()))
    for chunk in _chunks(reader.read_file(path)):
        with unit_of_work():
            run = db.session.scalars(sa.select(SyncRun).where(SyncRun.id == run_id).with_for_update()).one()
            if run.state is not RunState.RUNNING:
                break
            _write(run, chunk, reader, now=clock.now())
            if run.rows_read > limit:
                raise UnreadableFileError(
                    f"The file has more than {limit:,} rows. What was read went in; split the rest."
                )
    if run.rows_created > ROWS_AT_ONCE:
        with unit_of_work():
            gather_statistics()
    while refresh_stale_problems(now=clock.now()):
        _renew(run_id)
    _finish(run_id, RunState.DONE, "")


def _choose_grouping(run: SyncRun, reader: Reader) -> None:
    """Look at the beginning of the first file of a source to find what identifies a problem in it.

    That takes seconds, so it is done outside any transaction, and what another worker chose meanwhile stays.
    """
    source_id, path, is_chosen = run.source_id, Path(run.file_path), run.source.grouping is not None
    release()
    if is_chosen:
        return
    records = (one for one in reader.read_file(path) if isinstance(one, IncidentRecord))
    key = key_from_records(records, now=clock.now())
    if key is not None:
        with unit_of_work():
            locked = sa.select(Source).where(Source.id == source_id).with_for_update()
            keep_first_choice(db.session.scalars(locked).one(), key, now=clock.now())


def _chunks(read: Iterator[Read]) -> Iterator[list[Read]]:
    while chunk := list(islice(read, ROWS_AT_ONCE)):
        yield chunk


def _write(run: SyncRun, chunk: list[Read], reader: Reader, *, now: datetime) -> None:
    records = [one for one in chunk if isinstance(one, IncidentRecord)]
    rejections = [one for one in chunk if isinstance(one, Rejection)]
    written: Written = write_incidents(run.source, records, run_id=run.id)
    room = max(0, REJECTIONS_KEPT - run.rows_rejected)
    db.session.add_all(
        RejectedRow(sync_run_id=run.id, line=one.line, reason=one.reason[:500], excerpt=one.excerpt[:300])
        for one in rejections[:room]
    )
    run.rows_read += len(chunk)
    run.rows_created += written.created
    run.rows_updated += written.updated
    run.rows_unchanged += written.unchanged
    run.rows_rejected += len(rejections)
    run.unknown_severities = dict(reader.unknown_severities)
    run.leased_until = now + LEASE


def _renew(run_id: int) -> None:
    with unit_of_work():
        still_running = sa.update(SyncRun).where(SyncRun.id == run_id, SyncRun.state == RunState.RUNNING)
        db.session.execute(still_running.values(leased_until=clock.now() + LEASE))


def _finish(run_id: int, state: RunState, message: str) -> None:
    db.session.rollback()
    with unit_of_work():
        run = db.session.scalars(sa.select(SyncRun).where(SyncRun.id == run_id).with_for_update()).one()
        if run.state is RunState.RUNNING:
            run.state, run.message, run.finished_at, run.leased_until = state, message[:1000], clock.now(), None
        clean_up(run)
