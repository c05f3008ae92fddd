"""From a row and a mapping to an incident, or to the reason why not. One bad row never keeps the others out.

Choices: without a column for the id a digest of the row is the id, so that the same row is the same incident in whatever
file it stands. A row opened after ``now`` is rejected (its clock or its
date order is wrong). An incident resolved before it was opened is kept without its end. A severity nobody knows counts
as sev4.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gamebash.backlog.imports.dates import UnreadableDateError, moment
from gamebash.backlog.imports.files import read_rows
from gamebash.backlog.imports.mapping import Mapping, is_missing, text_of
from gamebash.backlog.records import IncidentRecord, Rejection, Row
from gamebash.backlog.severity import USUAL, Severity, severity_of, severity_of_minutes, severity_of_weight

TITLE_LENGTH = 300
ID_LENGTH = 200
SHORT = 120
A_LITTLE = timedelta(days=1)
UNKNOWN_SERVICE = "Unknown service"
OPEN_WORDS = {"open", "new", "triggered", "firing", "investigating", "to do", "backlog"}
DONE_WORDS = {
    "resolved",
    "closed",
    "done",
    "fixed",
    "completed",
    "solved",
    "postmortem",
    "wont fix",
    "won't fix",
    "cancelled",
    "canceled",
}


class _RowError(ValueError):
    """Why a row cannot be read."""


class Reader:
    """Reads the rows of one source by its mapping. ``now`` is the latest moment at which an incident may have been opened."""

    def __init__(self, mapping: Mapping, *, now: datetime) -> None:
        """Read by this mapping."""
        self._columns = mapping.columns
        self._order = mapping.date_order
        self._zone = ZoneInfo(mapping.zone)
        self._used = set(mapping.columns.values())
        self._latest = now + A_LITTLE

    def read_file(self, path: Path) -> Iterator[IncidentRecord | Rejection]:
        """Yield what each row of a file turns out to be."""
        for number, row in enumerate(read_rows(path), start=1):
            yield self.read(replace(row, number=number))

    def read(self, row: Row) -> IncidentRecord | Rejection:
        """Return the incident of a row, or why there is none."""
        if row.values.get(""):
            return Rejection.of(row, str(row.values[""]))
        try:
            return self._record(row)
        except _RowError as error:
            return Rejection.of(row, str(error))

    def _record(self, row: Row) -> IncidentRecord:
        opened_at = self._opened_at(row)
        resolved_at = self._moment(row, "resolved_at")
        if resolved_at is not None and resolved_at < opened_at:
            resolved_at = None
        acknowledged_at = self._moment(row, "acknowledged_at")
        service = self._text(row, "service")[:SHORT] or UNKNOWN_SERVICE
        return IncidentRecord(
            external_id=self._external_id(row),
            title=self._title(row, service),
            service=service,
            opened_at=opened_at,
            severity=self._severity(row),
            severity_word=self._text(row, "severity") or self._text(row, "severity_weight"),
            status=self._status(row, resolved_at, acknowledged_at),
            description=self._text(row, "description"),
            symptom=self._text(row, "symptom")[:ID_LENGTH],
            acknowledged_at=acknowledged_at,
            resolved_at=resolved_at,
            environment=self._text(row, "environment")[:80],
            labels=self._labels(row),
            reporter=self._text(row, "reporter")[:SHORT],
            assignee=self._text(row, "assignee")[:SHORT],
            closure_code=self._text(row, "closure_code")[:SHORT],
            reopen_count=int(self._number(row, "reopen_count") or 0),
            impact_minutes=self._impact(row, opened_at, resolved_at),
            url=self._url(row),
            version_at=self._moment(row, "version_at"),
            extra=self._extra(row),
            source_row=None if "external_id" in self._columns else row.number,
        )

    def _severity(self, row: Row) -> Severity:
        """Return the severity by its word, else by its weight, else by the minutes of impact, whichever the source has."""
        if "severity" in self._columns:
            return severity_of(self._text(row, "severity")) or USUAL
        if "severity_weight" in self._columns:
            return severity_of_weight(self._number(row, "severity_weight"))
        if "impact_minutes" in self._columns:
            return severity_of_minutes(self._number(row, "impact_minutes"))
        return USUAL

    def _text(self, row: Row, name: str) -> str:
        column = self._columns.get(name)
        return text_of(row.values.get(column)).replace("\x00", "") if column else ""

    def _external_id(self, row: Row) -> str:
        if "external_id" not in self._columns:
            content = json.dumps(dict(row.values), default=str, sort_keys=True)
            return hashlib.sha256(content.encode()).hexdigest()[:16]
        text = self._text(row, "external_id")
        if not text:
            raise _RowError(
                f"no id in the column {self._columns['external_id']!r}, so a second import could not recognise it"
            )
        if len(text) > ID_LENGTH:
            raise _RowError(
                f"the id is longer than {ID_LENGTH} characters; is {self._columns['external_id']!r} the right column?"
            )
        return text

    def _title(self, row: Row, service: str) -> str:
        title = self._text(row, "title") or self._text(row, "description").partition("\n")[0]
        if not title and (symptom := self._text(row, "symptom")):
            title = f"{service}: {symptom}"
        if not title and service != UNKNOWN_SERVICE:
            title = f"{service}: no symptom given"
        if not title:
            raise _RowError("nothing says what happened: no title, description, symptom or service")
        return title[:TITLE_LENGTH]

    def _opened_at(self, row: Row) -> datetime:
        opened_at = self._moment(row, "opened_at")
        if opened_at is None:
            raise _RowError(f"no time in the column {self._columns.get('opened_at')!r} says when it was opened")
        if opened_at > self._latest:
            raise _RowError(
                f"opened in the future ({opened_at:%Y-%m-%d %H:%M} UTC); is the order of day and month right?"
            )
        return opened_at

    def _moment(self, row: Row, name: str) -> datetime | None:
        text = self._text(row, name)
        if not text:
            return None
        if name == "opened_at" and (time := self._text(row, "opened_time")):
            text = f"{text} {time}"
        try:
            return moment(text, order=self._order, zone=self._zone)
        except UnreadableDateError as error:
            raise _RowError(f"{error} (column {self._columns[name]!r})") from error

    def _status(self, row: Row, resolved_at: datetime | None, acknowledged_at: datetime | None) -> str:
        word = self._text(row, "status").casefold()
        if word in DONE_WORDS or (resolved_at is not None and word not in OPEN_WORDS):
            return "resolved"
        return "open" if word in OPEN_WORDS or (acknowledged_at is None and not word) else "acknowledged"

    def _labels(self, row: Row) -> tuple[str, ...]:
        column = self._columns.get("labels")
        value = row.values.get(column) if column else None
        if isinstance(value, list):
            return tuple(str(label)[:80] for label in value[:50])
        return tuple(label.strip()[:80] for label in str(value).split(",")[:50]) if not is_missing(value) else ()

    def _number(self, row: Row, name: str) -> float | None:
        text = self._text(row, name)
        try:
            return float(text) if text else None
        except ValueError as error:
            raise _RowError(f"{text[:40]!r} is not a number (column {self._columns[name]!r})") from error

    def _impact(self, row: Row, opened_at: datetime, resolved_at: datetime | None) -> int | None:
        number = self._number(row, "impact_minutes")
        if number is not None:
            return max(0, min(int(number), 2**31 - 1))
        return int((resolved_at - opened_at).total_seconds() // 60) if resolved_at else None

    def _url(self, row: Row) -> str:
        url = self._text(row, "url")[:500]
        return url if url.startswith(("https://", "http://")) else ""

    def _extra(self, row: Row) -> dict[str, str]:
        """Return what the source sent that has no field of its own, shortened."""
        rest = {name: text_of(value) for name, value in row.values.items() if name and name not in self._used}
        return {name[:80]: text[:200].replace("\x00", "") for name, text in list(rest.items())[:40] if text}
