"""Reads absences out of a CSV table or an iCalendar text. Each line that cannot be used has its number and the reason."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar

from gamebash.absences.kinds import AbsenceKind, kind_of
from gamebash.absences.spans import DaysAway
from gamebash.core.days import OUTSIDE, day_of, is_usual

MOST_LINES = 20_000
LONGEST_DAYS = 1_100
COLUMNS = ("person", "from", "until", "kind")


@dataclass(frozen=True, slots=True)
class ReadAbsence:
    """An absence as a file says it; ``person`` is a handle or an address, empty where the file is about one person."""

    line: int
    person: str
    days: DaysAway
    kind: AbsenceKind
    uid: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that cannot be used, and why."""

    line: int
    reason: str


Read = ReadAbsence | Unread


def read_absences(text: str) -> list[Read]:
    """Return what a file says: an iCalendar text where it begins like one, else CSV with a header."""
    text = text.lstrip("\ufeff").strip()
    read = _read_calendar(text) if text[:15].upper() == "BEGIN:VCALENDAR" else _read_table(text)
    return list(read)


def _read_table(text: str) -> Iterator[Read]:
    dialect = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=dialect)
    names = {name.strip().casefold(): name for name in rows.fieldnames or ()}
    missing = [name for name in ("from", "until") if name not in names]
    if missing:
        yield Unread(1, f"The first line names no column {' and '.join(missing)}. It needs: {', '.join(COLUMNS)}.")
        return
    for row in rows:
        if rows.line_num > MOST_LINES:
            yield Unread(rows.line_num, f"The file has more than {MOST_LINES:,} lines; split it.")
            return
        values = {name: (row.get(column) or "").strip() for name, column in names.items()}
        if any(values.values()):
            yield _read_row(rows.line_num, values)


def _read_row(line: int, values: dict[str, str]) -> Read:
    days = []
    for name in ("from", "until"):
        day = day_of(values[name])
        if day is None:
            return Unread(line, f"{name} is {values[name]!r}, not a day such as 2026-12-07.")
        days.append(day)
    return _checked(ReadAbsence(line, values.get("person", ""), DaysAway(*days), kind_of(values.get("kind", ""))))


def _read_calendar(text: str) -> Iterator[Read]:
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, IndexError, KeyError) as error:
        yield Unread(1, f"This is no calendar that can be read: {str(error)[:120]}")
        return
    for number, event in enumerate(events[:MOST_LINES], start=1):
        yield _read_event(number, event)


def _read_event(number: int, event: Any) -> Read:
    uid = str(event.get("UID", ""))[:250]
    if not uid:
        return Unread(number, "The entry has no UID, so it could not be known again.")
    if "RRULE" in event or "RDATE" in event:
        return Unread(number, "The entry repeats. Enter its days one by one.")
    try:
        days = _days_of(event)
    except (KeyError, ValueError, AttributeError, TypeError, OverflowError):
        return Unread(number, "The entry has no day on which it begins.")
    is_cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return _checked(ReadAbsence(number, "", days, kind_of(str(event.get("SUMMARY", ""))), uid, is_cancelled))


def _days_of(event: Any) -> DaysAway:
    """Return the days of an entry; the end of one that lasts whole days is the day after the last (RFC 5545, 3.6.1)."""
    start = event.decoded("DTSTART")
    end = event.decoded("DTEND") if "DTEND" in event else start + event.decoded("DURATION", timedelta(0))
    first = start.date() if isinstance(start, datetime) else start
    if isinstance(end, datetime):
        at_midnight = end.hour == end.minute == end.second == 0 and end > start
        last = end.date() - timedelta(days=at_midnight)
    else:
        last = end - timedelta(days=1) if end > first else first
    return DaysAway(first, last)


def _checked(read: ReadAbsence) -> Read:
    if not (is_usual(read.days.first) and is_usual(read.days.last)):
        return Unread(read.line, OUTSIDE)
    length = (read.days.last - read.days.first).days
    if length < 0:
        return Unread(read.line, "The last day lies before the first.")
    if length > LONGEST_DAYS:
        return Unread(read.line, f"That is longer than {LONGEST_DAYS:,} days. Check the year.")
    return read
