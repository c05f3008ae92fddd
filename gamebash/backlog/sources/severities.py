"""What a source's word for how bad it is means: the admin's map, else the vendor's usual scale, else words everybody knows."""

from collections.abc import Mapping
from dataclasses import replace

from gamebash.backlog.models import Source
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.severity import Severity, severity_of
from gamebash.backlog.sources.connector import Found

WORD_LENGTH = 60


def severity_in(source: Source, word: str, usual: Mapping[str, str]) -> Severity | None:
    """Return the severity of a word at a source, None for one that nobody mapped."""
    key = word.strip().casefold()[:WORD_LENGTH]
    if key in source.severity_map:
        return Severity(source.severity_map[key])
    return Severity(usual[key]) if key in usual else severity_of(key) if key else None


def settled(source: Source, found: Found, usual: Mapping[str, str], unknown: dict[str, int]) -> IncidentRecord:
    """Return a found incident with its severity settled; a word nobody knows counts as the source's usual and is counted."""
    severity = severity_in(source, found.severity_word, usual)
    if severity is None:
        word = found.severity_word.strip().casefold()[:WORD_LENGTH] or "none given"
        unknown[word] = unknown.get(word, 0) + 1
    return replace(found.record, severity=severity or source.usual_severity, severity_word=found.severity_word)
