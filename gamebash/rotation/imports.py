"""Taking in past moves from a file: kept, checked by the worker, confirmed by a person, then written a chunk at a time."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from flask import current_app

from gamebash.core import audit, clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.rows import one_row
from gamebash.people.models import Person
from gamebash.rotation.import_rows import Fault, UnreadableMovesError, decoded, read_lines
from gamebash.rotation.import_writing import Batch, Reading, batches_of, gather, write_batch
from gamebash.rotation.models import ImportState, MoveImport, MoveImportFault

MOST_BYTES = 32 * 1024 * 1024
MOST_LINES = 200_000
FAULTS_KEPT = 1_000
LEASE = timedelta(minutes=5)
OPEN = (ImportState.PREVIEWED, ImportState.WAITING, ImportState.RUNNING)


class ImportRefusedError(DomainError):
    """The import cannot be changed this way now; the message says how it stands."""


def receive_moves(stream: BinaryIO, file_name: str, *, by: Person, now: datetime) -> MoveImport:
    """Keep a file of past moves, to be checked by the worker.

    Raises:
        InvalidError: where it is too large, or its first line names no columns that make moves.
    """
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidError(
            f"The file is larger than {MOST_BYTES // 1024**2} MiB. Split it; the parts can follow each other."
        )
    try:
        if next(read_lines(decoded(data)), "nothing") == "nothing":
            raise InvalidError("The file has no line below its header. Export it again.")
    except UnreadableMovesError as error:
        raise InvalidError(str(error)) from error
    reference = secrets.token_hex(5)
    path = _folder() / reference
    path.write_bytes(data)
    found = MoveImport(
        reference=reference,
        state=ImportState.WAITING,
        file_name=Path(file_name).name[:200] or "file",
        file_path=str(path),
        created_at=now,
        started_by_id=by.id,
    )
    db.session.add(found)
    db.session.flush()
    audit.record("move_import:received", reference, by_id=by.id, now=now, bytes=len(data))
    return found


def confirm_import(one: MoveImport, *, is_whole: bool, by: Person, now: datetime) -> MoveImport:
    """Let a checked file be written: its good lines, or all of it or nothing.

    Raises:
        ImportRefusedError: where it is not checked yet, or over.
    """
    one = _locked(one)
    if one.state is not ImportState.PREVIEWED:
        raise ImportRefusedError(f"This import is {one.state.value}, so there is nothing to confirm.")
    if is_whole and one.rows_rejected:
        raise ImportRefusedError(
            f"{one.rows_rejected} lines cannot go in, so not all of it can. Mend them, or take the good lines."
        )
    one.state, one.is_whole = ImportState.WAITING, is_whole
    audit.record("move_import:confirmed", one.reference, by_id=by.id, now=now, is_whole=is_whole)
    return one


def cancel_import(one: MoveImport, *, by: Person, now: datetime) -> MoveImport:
    """Stop an import; what went in stays, and the same file later completes it.

    Raises:
        ImportRefusedError: where it is over.
    """
    one = _locked(one)
    if one.state not in OPEN:
        raise ImportRefusedError(f"This import is {one.state.value} already.")
    one.state, one.finished_at = ImportState.CANCELLED, now
    Path(one.file_path).unlink(missing_ok=True)
    audit.record("move_import:cancelled", one.reference, by_id=by.id, now=now)
    return one


def get_import(reference: str) -> MoveImport:
    """Return the import of a reference.

    Raises:
        NotFoundError: where there is none.
    """
    missing = "There is no such import. All imports of moves are listed under Rotation, Imports."
    return one_row(sa.select(MoveImport).where(MoveImport.reference == reference), missing)


def work_off_imports(*, now: datetime) -> bool:
    """Check or write one import that waits, or that a killed worker left; a chore. Says whether there was one."""
    import_id = _take(now=now)
    if import_id is None:
        return False
    one = db.session.get_one(MoveImport, import_id)
    path, is_check, is_whole = Path(one.file_path), one.checked_at is None, one.is_whole
    db.session.rollback()
    try:
        reading = gather(decoded(path.read_bytes()), most=MOST_LINES)
        _check(import_id, reading) if is_check else _write(import_id, reading, is_whole=is_whole)
    except (UnreadableMovesError, FileNotFoundError) as error:
        gone = "The uploaded file is gone from this machine. Upload it again."
        _finish(import_id, ImportState.FAILED, str(error) if isinstance(error, UnreadableMovesError) else gone)
    return True


def _take(*, now: datetime) -> int | None:
    """Take an import under a lease; of two workers one gets it."""
    left = sa.and_(MoveImport.state == ImportState.RUNNING, MoveImport.leased_until < now)
    is_due = sa.or_(MoveImport.state == ImportState.WAITING, left)
    if db.session.scalar(sa.select(MoveImport.id).where(is_due).limit(1)) is None:
        return None
    db.session.rollback()
    with unit_of_work():
        one = db.session.scalar(sa.select(MoveImport).where(is_due).order_by(MoveImport.id).limit(1).with_for_update())
        if one is None:
            return None
        one.state, one.started_at, one.leased_until = ImportState.RUNNING, now, now + LEASE
        one.rows_read = one.rows_written = one.rows_known = one.rows_rejected = 0
        db.session.execute(sa.delete(MoveImportFault).where(MoveImportFault.import_id == one.id))
        return one.id


def _check(import_id: int, reading: Reading) -> None:
    """Say what would go in, and keep each line that would not; nothing of the log is written."""
    with unit_of_work():
        one = _running(import_id)
        if one is None:
            return
        _count(one, reading.faults, 0, reading.skipped)
        for batch in batches_of(reading):
            _count(one, batch.faults, len(batch.good), batch.known)
        one.state, one.checked_at, one.leased_until = ImportState.PREVIEWED, clock.now(), None


def _write(import_id: int, reading: Reading, *, is_whole: bool) -> None:
    if is_whole:
        with unit_of_work():
            batches = list(batches_of(reading))
            if reading.faults or any(batch.faults for batch in batches):
                raise UnreadableMovesError("A line no longer fits the log, so nothing went in. Check the file again.")
            for batch in batches:
                _write_one(import_id, batch)
    else:
        for people in reading.chunks():
            with unit_of_work():
                for batch in batches_of(reading, people):
                    if not _write_one(import_id, batch):
                        return
    with unit_of_work():
        one = _running(import_id)
        if one is not None:
            _count(one, reading.faults, 0, reading.skipped)
            by_id, counts = one.started_by_id, {"written": one.rows_written, "rejected": one.rows_rejected}
            audit.record("move_import:done", one.reference, by_id=by_id, now=clock.now(), **counts)
    _finish(import_id, ImportState.DONE, "")


def _write_one(import_id: int, batch: Batch) -> bool:
    """Write the good lines of some people and count them; says whether the import still runs."""
    one = _running(import_id)
    if one is None:
        return False
    write_batch(batch, one, now=clock.now())
    _count(one, batch.faults, len(batch.good), batch.known)
    one.leased_until = clock.now() + LEASE
    return True


def _count(one: MoveImport, faults: tuple[Fault, ...], good: int, known: int) -> None:
    room = max(0, FAULTS_KEPT - one.rows_rejected)
    db.session.add_all(
        MoveImportFault(import_id=one.id, line=fault.line, reason=fault.reason[:500], excerpt=fault.excerpt[:300])
        for fault in faults[:room]
    )
    one.rows_written += good
    one.rows_known += known
    one.rows_rejected += len(faults)
    one.rows_read += good + known + len(faults)


def _running(import_id: int) -> MoveImport | None:
    query = sa.select(MoveImport).where(MoveImport.id == import_id).with_for_update()
    one = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    return one if one.state is ImportState.RUNNING else None


def _finish(import_id: int, state: ImportState, message: str) -> None:
    db.session.rollback()
    with unit_of_work():
        one = _running(import_id)
        if one is not None:
            one.state, one.message, one.finished_at, one.leased_until = state, message[:500], clock.now(), None
            Path(one.file_path).unlink(missing_ok=True)


def _locked(one: MoveImport) -> MoveImport:
    query = sa.select(MoveImport).where(MoveImport.id == one.id).with_for_update()
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def _folder() -> Path:
    folder = Path(str(current_app.config["GAMEBASH_DATA"])) / "moves"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
