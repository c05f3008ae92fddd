"""Sync runs: a file is received, its mapping shown and confirmed, and then worked off."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from flask import current_app

from gamebash.backlog.imports.dates import DateOrder
from gamebash.backlog.imports.files import read_rows, refuse_bomb
from gamebash.backlog.imports.mapping import Mapping, guess
from gamebash.backlog.imports.reading import Reader
from gamebash.backlog.imports.survey import Survey, survey_of
from gamebash.backlog.models import RunState, Source, SourceKind, SyncRun
from gamebash.backlog.records import IncidentRecord, Rejection, Row, UnreadableFileError
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.rows import lock_row, one_row
from gamebash.core.slugs import slug_of
from gamebash.people.models import Person

CHUNK = 1024 * 1024
SAMPLE_ROWS = 500
SHOWN_ROWS = 5
SHOWN_COLUMNS = 200
SAMPLE_CELLS = 200_000


class RunRefusedError(DomainError):
    """The run cannot be changed this way now; the message says how it stands."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring: the guessed mapping, its columns with samples, and the first rows as read."""

    mapping: Mapping
    columns: tuple[tuple[str, str], ...]
    records: tuple[IncidentRecord, ...]
    rejections: tuple[Rejection, ...]
    notes: tuple[str, ...] = ()
    severities: tuple[tuple[str, int, str], ...] = ()


def receive_file(stream: BinaryIO, file_name: str, source_name: str, *, by: Person | None, now: datetime) -> SyncRun:
    """Keep a file for a run that waits for its mapping to be confirmed.

    Raises:
        InvalidError: where the file is larger than allowed, empty, or no text; or the source has no name.
    """
    reference = secrets.token_hex(5)
    path = _folder() / reference
    digest, size = _save(stream, path)
    source = _source(source_name, now=now)
    run = SyncRun(
        reference=reference,
        source_id=source.id,
        state=RunState.PREVIEWED,
        file_name=Path(file_name).name[:200] or "file",
        file_path=str(path),
        file_digest=digest,
        file_bytes=size,
        mapping={},
        created_at=now,
        started_by_id=by.id if by else None,
    )
    try:
        refuse_bomb(path, limit=unpacked_limit())
        mapping = _guess(path, source)
        survey = survey_of(path, mapping, limit=unpacked_limit())
        if mapping.date_order in {DateOrder.AMBIGUOUS, DateOrder.UNNEEDED}:
            mapping = replace(mapping, date_order=survey.order)
        run.mapping = {**mapping.to_document(), "survey": survey.to_document()}
    except UnreadableFileError as error:
        path.unlink(missing_ok=True)
        raise InvalidError(str(error)) from error
    db.session.add(run)
    db.session.flush()
    audit.record("run:received", reference, by_id=run.started_by_id, now=now, file=run.file_name, bytes=size)
    return run


def preview_of(run: SyncRun, mapping: Mapping, *, now: datetime) -> Preview:
    """Return what the file would bring by a mapping, from its first rows."""
    rows = _sample(Path(run.file_path))
    reader = Reader(mapping, now=now)
    read = [reader.read(row) for row in rows]
    records = [one for one in read if isinstance(one, IncidentRecord)]
    rejections = [one for one in read if isinstance(one, Rejection)]
    survey = Survey.from_document(run.mapping.get("survey"))
    words = ((word, count, reader.severity_of_word(word)) for word, count in survey.words)
    severities = tuple((word, count, found.value if found else "") for word, count, found in words)
    shown = tuple(records[:SHOWN_ROWS]), tuple(rejections[:SHOWN_ROWS])
    return Preview(mapping, _columns(rows, mapping), *shown, notes=survey.notes, severities=severities)


def confirm_run(run: SyncRun, mapping: Mapping, *, by: Person | None, now: datetime) -> SyncRun:
    """Let a run be worked off by this mapping, which the source keeps for its next file.

    Raises:
        InvalidError: where the mapping lacks something; names it.
        RunRefusedError: where the run was confirmed or cancelled already.
    """
    if faults := mapping.faults():
        raise InvalidError(" ".join(faults))
    run = lock_row(SyncRun, run.id)
    if run.state is not RunState.PREVIEWED:
        raise RunRefusedError(f"This import is {run.state.value} already.")
    run.state, run.confirmed_at, run.mapping = RunState.WAITING, now, mapping.to_document()
    run.source.mapping = run.mapping
    audit.record("run:confirmed", run.reference, by_id=by.id if by else None, now=now)
    return run


def cancel_run(run: SyncRun, *, by: Person, now: datetime) -> SyncRun:
    """Stop a run; what went in stays, and importing the file again completes it.

    Raises:
        RunRefusedError: where it is over.
    """
    run = lock_row(SyncRun, run.id)
    if run.state not in {RunState.PREVIEWED, RunState.WAITING, RunState.RUNNING}:
        raise RunRefusedError(f"This import is {run.state.value} already.")
    run.state, run.finished_at = RunState.CANCELLED, now
    audit.record("run:cancelled", run.reference, by_id=by.id, now=now)
    return run


def get_run(reference: str) -> SyncRun:
    """Return the run of a reference.

    Raises:
        NotFoundError: where there is none.
    """
    missing = "There is no such import. All imports are listed under Backlog, Imports."
    return one_row(sa.select(SyncRun).where(SyncRun.reference == reference), missing)


def _source(name: str, *, now: datetime) -> Source:
    name = " ".join(name.split())[:80]
    if not name:
        raise InvalidError("Name the source: the system that the file comes from. Its next file uses the same mapping.")
    slug = slug_of(name, "source")
    source = db.session.scalar(sa.select(Source).where(Source.slug == slug))
    if source is None:
        source = Source(slug=slug, name=name, kind=SourceKind.FILE, created_at=now)
        db.session.add(source)
        db.session.flush()
    return source


def unpacked_limit() -> int:
    """Return how many bytes a file may unpack to here."""
    return int(current_app.config["GAMEBASH_UNPACKED_BYTES"])


def _folder() -> Path:
    folder = Path(str(current_app.config["GAMEBASH_DATA"])) / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _save(stream: BinaryIO, path: Path) -> tuple[str, int]:
    limit = int(current_app.config["GAMEBASH_UPLOAD_BYTES"])
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > limit:
                break
            digest.update(piece)
            file.write(piece)
    if size > limit:
        path.unlink()
        megabytes = limit // 2**20
        raise InvalidError(
            f"The file is larger than {megabytes} MiB. Compress it with gzip, split it, or use gamebash import."
        )
    return digest.hexdigest(), size


def receive_path(path: Path, source_name: str, *, by: Person | None, now: datetime) -> SyncRun:
    """Keep a copy of a file on this machine for a run."""
    with path.open("rb") as stream:
        return receive_file(stream, path.name, source_name, by=by, now=now)


def _sample(path: Path) -> list[Row]:
    """Return the first rows; fewer where each has very many cells."""
    rows: list[Row] = []
    cells = 0
    for row in islice(read_rows(path), SAMPLE_ROWS):
        rows.append(row)
        cells += len(row.values)
        if cells > SAMPLE_CELLS:
            break
    return rows


def _guess(path: Path, source: Source) -> Mapping:
    """Return the source's own mapping where all its columns are there again, else a guess."""
    rows = _sample(path)
    if not rows:
        raise UnreadableFileError("The file has a header and no rows. Export it again.")
    names = {name for row in rows for name in row.values}
    if source.mapping:
        kept = Mapping.from_document(source.mapping)
        if set(kept.columns.values()) <= names:
            return kept
    return guess(rows, zone=str(current_app.config["GAMEBASH_TIMEZONE"]))


def _columns(rows: Sequence[Row], mapping: Mapping) -> tuple[tuple[str, str], ...]:
    """Return the columns with a few of their values; of very many the first, and those that mean something."""
    found = list(dict.fromkeys(name for row in rows for name in row.values if name))
    used = set(mapping.columns.values())
    names = found[:SHOWN_COLUMNS] + [name for name in found[SHOWN_COLUMNS:] if name in used]
    return tuple((name, _samples(name, rows)) for name in names)


def _samples(name: str, rows: Sequence[Row]) -> str:
    values = dict.fromkeys(str(row.values.get(name, ""))[:40] for row in rows if row.values.get(name))
    return ", ".join(islice(values, 3))


def clean_up(run: SyncRun) -> None:
    """Remove the kept copy of a run's file once it is worked off."""
    Path(run.file_path).unlink(missing_ok=True)
