"""What an importer hands on: one incident as read, or why a row could not be read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from gamebash.backlog.severity import USUAL, Severity

EXCERPT = 200
NOT_SENT = frozenset({"version_at", "source_row", "severity", "reopen_count"})


class UnreadableFileError(ValueError):
    """A file that cannot be taken in at all; the message says what is wrong, where, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file as text by column, with the line (or item) it stands at, and which row of data it is, from 1."""

    line: int
    values: Mapping[str, Any]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that cannot be read: where, why, and how it begins."""

    line: int
    reason: str
    excerpt: str

    @classmethod
    def of(cls, row: Row, reason: str) -> "Rejection":
        """Return the rejection of a row."""
        return cls(row.line, reason, json.dumps(dict(row.values), ensure_ascii=False, default=str)[:EXCERPT])


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """One incident in the domain's words. Times are UTC, ``impact_minutes`` whole minutes of customer impact."""

    external_id: str
    title: str
    service: str
    opened_at: datetime
    severity: Severity = USUAL
    severity_word: str = ""
    status: str = "open"
    description: str = ""
    symptom: str = ""
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    environment: str = ""
    labels: tuple[str, ...] = ()
    reporter: str = ""
    assignee: str = ""
    closure_code: str = ""
    reopen_count: int = 0
    impact_minutes: int | None = None
    url: str = ""
    version_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    source_row: int | None = None

    @property
    def content_hash(self) -> str:
        """A digest of what the source sent but for the version, which tells a repeated record from a changed one.

        How often it was opened again is left out, since the highest number counts, whichever version says it.
        The source's word for the severity is in it, what we take it to mean is not: that is ours to change.
        """
        return hashlib.sha256(_ENCODER.encode(_SENT(self)).encode()).hexdigest()


_ENCODER = json.JSONEncoder(default=str, sort_keys=True)
_SENT = attrgetter(*(name for name in IncidentRecord.__dataclass_fields__ if name not in NOT_SENT))
