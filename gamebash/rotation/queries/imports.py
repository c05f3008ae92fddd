"""Imports of past moves: the list, and one with its progress and the lines that do not go in."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.paging import Paged, fetch_page
from gamebash.rotation.models import ImportState, MoveImport, MoveImportFault


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import as it is shown."""

    reference: str
    file_name: str
    state: ImportState
    is_checked: bool
    by: str
    at: datetime
    read: int
    written: int
    known: int
    rejected: int
    message: str
    seconds: float | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state not in {ImportState.WAITING, ImportState.RUNNING}

    @property
    def can_cancel(self) -> bool:
        """Whether it can still be stopped."""
        return self.state in {ImportState.WAITING, ImportState.RUNNING, ImportState.PREVIEWED}


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A line that does not go in."""

    line: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One import with its faults, in the order of the file."""

    one: ImportLine
    faults: Paged[FaultLine]


def imports_page(number: int) -> Paged[ImportLine]:
    """Return a page of all imports, newest first."""
    query = sa.select(MoveImport).options(joinedload(MoveImport.started_by)).order_by(MoveImport.id.desc())
    rows, total = fetch_page(query, number)
    return Paged(tuple(_line(one) for (one,) in rows), number, total)


def import_page(one: MoveImport, number: int) -> ImportPage:
    """Return one import with a page of its faults."""
    query = sa.select(MoveImportFault).where(MoveImportFault.import_id == one.id)
    rows, total = fetch_page(query.order_by(MoveImportFault.line, MoveImportFault.id), number)
    faults = tuple(FaultLine(fault.line, fault.reason, fault.excerpt) for (fault,) in rows)
    return ImportPage(_line(one), Paged(faults, number, total))


def _line(one: MoveImport) -> ImportLine:
    is_timed = one.started_at is not None and one.finished_at is not None
    return ImportLine(
        reference=one.reference,
        file_name=one.file_name,
        state=one.state,
        is_checked=one.checked_at is not None,
        by=one.started_by.name if one.started_by else "",
        at=one.created_at,
        read=one.rows_read,
        written=one.rows_written,
        known=one.rows_known,
        rejected=one.rows_rejected,
        message=one.message,
        seconds=(one.finished_at - one.started_at).total_seconds() if is_timed else None,  # type: ignore[operator]
    )
