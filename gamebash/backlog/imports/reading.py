"""From a row and a mapping to an incident, or to the reason why not. One bad row never keeps the others out.

Choices: without a column for the id a digest of the row is the id, so that the same row is the same incident in whatever
file it stands. A row opened after ``now`` is rejected (its clock or its
date order is wrong). An incident resolved before it was opened is kept without its end. A severity nobody knows counts
as sev4. Both are counted by the reader, so that the run can say so.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gamebash.backlog.imports.amounts import minutes_of, number_of
from gamebash.backlog.imports.dates import Moments, UnreadableDateError
from gamebash.backlog.imports.files import EXPANDED_BYTES, read_rows
from gamebash.backlog.imports.mapping import Mapping
from gamebash.backlog.imports.texts import clean, text_of
from gamebash.backlog.records import IncidentRecord, Rejection, Row
from gamebash.backlog.severity import USUAL, Severity, severity_of, severity_of_minutes, severity_of_weight

TITLE_LENGTH = 300
ID_LENGTH = 200
SHORT = 120
DESCRIPTION_LENGTH = 50_000
EXTRA_COLUMNS = 40
MOST_MINUTES = 2**31 - 1
MOST_REOPENED = 100_000
WORDS_COUNTED = 100
OTHER_TEXTS = (("environment", 80), ("reporter", SHORT), ("assignee", SHORT), ("closure_code", SHORT))
A_LITTLE = timedelta(days=1)
UNKNOWN_SERVICE = "Unknown service"
OPEN_WORDS = {"open", "new", "triggered", "firing", "investigating", "to do", "backlog", "reopened"}
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
    """Reads the rows of one source by its mapping. ``now`` is the latest moment at which an incident may have been opened.

    ``unknown_severities`` counts the words that nobody knows, ``ended_early`` the incidents that end before they begin.
    """

    def __init__(self, mapping: Mapping, *, now: datetime, limit: int = EXPANDED_BYTES) -> None:
        """Read by this mapping files that unpack to no more than ``limit`` bytes."""
        self._mapping = mapping
        self._columns = mapping.columns
        self._others = tuple((mapping.columns.get(name), most) for name, most in OTHER_TEXTS)
        self._moments = Moments(mapping.date_order, ZoneInfo(mapping.zone))
        self._used = {*mapping.columns.values(), ""}
        self._latest = now + A_LITTLE
        self._limit = limit
        self._severities: dict[str, Severity | None] = {
            word.casefold(): Severity(value) for word, value in mapping.severities.items()
        }
        self.unknown_severities: Counter[str] = Counter()
        self.ended_early = 0

    def read_file(self, path: Path) -> Iterator[IncidentRecord | Rejection]:
        """Yield what each row of a file turns out to be."""
        for number, row in enumerate(read_rows(path, limit=self._limit), start=1):
            yield self.read(row, number)

    def read(self, row: Row, number: int | None = None) -> IncidentRecord | Rejection:
        """Return the incident of a row, or why there is none; ``number`` says which row of data it is, from 1."""
        if row.values.get(""):
            return Rejection.of(row, str(row.values[""]))
        try:
            return self._record(row.values, row.number if number is None else number)
        except _RowError as error:
            return Rejection.of(row, str(error))

    def severity_of_word(self, word: str) -> Severity | None:
        """Return what a word means by the source's own list, else by the usual one; None where neither knows it."""
        key = word.casefold()
        if key not in self._severities:
            if len(self._severities) > WORDS_COUNTED * WORDS_COUNTED:
                return severity_of(word)
            self._severities[key] = severity_of(word)
        return self._severities[key]

    def _record(self, values: Any, number: int | None) -> IncidentRecord:
        opened_at = self._opened_at(values)
        resolved_at = self._moment(values, "resolved_at")
        if resolved_at is not None and resolved_at < opened_at:
            resolved_at = None
            self.ended_early += 1
        acknowledged_at = self._moment(values, "acknowledged_at")
        text = self._text
        get = values.get
        environment, reporter, assignee, closure_code = (
            text_of(get(column))[:most] if column else "" for column, most in self._others
        )
        reopened = self._number(values, "reopen_count") if "reopen_count" in self._columns else 0
        service = text(values, "service")[:SHORT] or UNKNOWN_SERVICE
        description = text(values, "description")[:DESCRIPTION_LENGTH]
        symptom = text(values, "symptom")[:ID_LENGTH]
        has_id = "external_id" in self._columns
        return IncidentRecord(
            external_id=self._external_id(values) if has_id else _digest(values),
            title=(text(values, "title") or _title(service, description, symptom))[:TITLE_LENGTH],
            service=service,
            opened_at=opened_at,
            severity=self._severity(values),
            severity_word=text(values, "severity") or text(values, "severity_weight"),
            status=self._status(values, resolved_at, acknowledged_at),
            description=description,
            symptom=symptom,
            acknowledged_at=acknowledged_at,
            resolved_at=resolved_at,
            environment=environment,
            labels=self._labels(values) if "labels" in self._columns else (),
            reporter=reporter,
            assignee=assignee,
            closure_code=closure_code,
            reopen_count=max(0, min(int(reopened or 0), MOST_REOPENED)),
            impact_minutes=self._impact(values, opened_at, resolved_at),
            url=self._url(values) if "url" in self._columns else "",
            version_at=self._moment(values, "version_at"),
            extra=self._extra(values),
            source_row=None if has_id else number,
        )

    def _severity(self, values: Any) -> Severity:
        """Return the severity by its word, else by its weight, else by the minutes of impact, whichever the source has."""
        if "severity" in self._columns:
            word = self._text(values, "severity")
            found = self.severity_of_word(word) if word else USUAL
            if found is None and (word in self.unknown_severities or len(self.unknown_severities) < WORDS_COUNTED):
                self.unknown_severities[word[:80]] += 1
            return found or USUAL
        if "severity_weight" in self._columns:
            return severity_of_weight(self._number(values, "severity_weight"))
        if "impact_minutes" in self._columns:
            return severity_of_minutes(self._minutes(values))
        return USUAL

    def _text(self, values: Any, name: str) -> str:
        column = self._columns.get(name)
        return text_of(values.get(column)) if column else ""

    def _external_id(self, values: Any) -> str:
        text = self._text(values, "external_id")
        if not text:
            raise _RowError(
                f"no id in the column {self._columns['external_id']!r}, so a second import could not recognise it"
            )
        if len(text) > ID_LENGTH:
            raise _RowError(
                f"the id is longer than {ID_LENGTH} characters; is {self._columns['external_id']!r} the right column?"
            )
        return text

    def _opened_at(self, values: Any) -> datetime:
        opened_at = self._moment(values, "opened_at")
        if opened_at is None:
            raise _RowError(f"no time in the column {self._columns.get('opened_at')!r} says when it was opened")
        if opened_at > self._latest:
            raise _RowError(
                f"opened in the future ({opened_at:%Y-%m-%d %H:%M} UTC); is the order of day and month right?"
            )
        return opened_at

    def _moment(self, values: Any, name: str) -> datetime | None:
        text = self._text(values, name)
        if not text:
            return None
        if name == "opened_at" and (time := self._text(values, "opened_time")):
            text = f"{text} {time}"
        try:
            return self._moments(text)
        except UnreadableDateError as error:
            raise _RowError(f"{error} (column {self._columns[name]!r})") from error

    def _status(self, values: Any, resolved_at: datetime | None, acknowledged_at: datetime | None) -> str:
        word = self._text(values, "status").casefold()
        if word in DONE_WORDS or (resolved_at is not None and word not in OPEN_WORDS):
            return "resolved"
        return "open" if word in OPEN_WORDS or (acknowledged_at is None and not word) else "acknowledged"

    def _labels(self, values: Any) -> tuple[str, ...]:
        column = self._columns.get("labels")
        value = values.get(column) if column else None
        if isinstance(value, list):
            return tuple(clean(text_of(label))[:80] for label in value[:50])
        text = text_of(value)
        return tuple(label.strip()[:80] for label in text.split(",")[:50]) if text else ()

    def _number(self, values: Any, name: str) -> float | None:
        text = self._text(values, name)
        try:
            return number_of(text) if text else None
        except ValueError as error:
            raise _RowError(f"{text[:40]!r} is not a number (column {self._columns[name]!r})") from error

    def _minutes(self, values: Any) -> float | None:
        text = self._text(values, "impact_minutes")
        try:
            has_comma = self._mapping.has_decimal_comma
            return minutes_of(text, self._mapping.unit, has_decimal_comma=has_comma) if text else None
        except ValueError as error:
            raise _RowError(
                f"{text[:40]!r} is no number of minutes (column {self._columns['impact_minutes']!r})"
            ) from error

    def _impact(self, values: Any, opened_at: datetime, resolved_at: datetime | None) -> int | None:
        number = self._minutes(values)
        if number is not None:
            return max(0, min(int(number), MOST_MINUTES))
        return int((resolved_at - opened_at).total_seconds() // 60) if resolved_at else None

    def _url(self, values: Any) -> str:
        url = self._text(values, "url")[:500]
        return url if url.startswith(("https://", "http://")) else ""

    def _extra(self, values: Any) -> dict[str, str]:
        """Return what the source sent that has no field of its own, shortened."""
        found: dict[str, str] = {}
        for name, value in values.items():
            if name not in self._used and (text := text_of(value)):
                found[clean(name)[:80] if len(name) > SHORT or not name.isascii() else name[:80]] = text[:200]
                if len(found) >= EXTRA_COLUMNS:
                    break
        return found


def _digest(values: Any) -> str:
    content = json.dumps(dict(values), default=str, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _title(service: str, description: str, symptom: str) -> str:
    if title := description.partition("\n")[0]:
        return title
    if symptom:
        return f"{service}: {symptom}"
    if service != UNKNOWN_SERVICE:
        return f"{service}: no symptom given"
    raise _RowError("nothing says what happened: no title, description, symptom or service")
