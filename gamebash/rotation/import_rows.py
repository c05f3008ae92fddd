"""Past moves out of a CSV file: what each line says, and which lines can be true together. Knows no database.

Columns go by their usual names, in any order; the file that the log is saved as can be read back.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gamebash.rotation.kinds import WORDS, MoveKind
from gamebash.rotation.tours import Conflict, Contradiction, Entry, history

NAMES = {
    "person": ("handle", "email", "e-mail", "person", "who", "name", "employee"),
    "from": ("from", "from team", "from_team", "old team"),
    "to": ("to", "to team", "to_team", "team", "new team"),
    "day": ("first day", "day", "date", "effective on", "effective_on", "on", "since"),
    "kind": ("kind", "type"),
    "reason": ("reason", "why", "note", "comment"),
    "corrected": ("corrected by move",),
}
NEEDED = ("person", "to", "day")
OUTSIDE = {"", "-", "outside", "none", "no team"}
LONGEST_REASON = 500
EXCERPT = 200
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ESCAPED = re.compile(r"'(?=\s*[=+\-@\t\r\n])")
_KINDS = {words: kind for kind, words in WORDS.items()} | {kind.value: kind for kind in MoveKind}


class UnreadableMovesError(ValueError):
    """The file cannot be read as moves at all; the message says what is missing and how to mend it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that does not go in: where, why, and what it says."""

    line: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says a move: whose (as written), from where to where (codes, empty outside all teams), when, why."""

    line: int
    person: str
    from_code: str
    to_code: str
    on: date
    kind: MoveKind | None
    reason: str
    excerpt: str


def decoded(data: bytes) -> str:
    """Return the text of a file: UTF-8, with or without its mark, else the usual Western letters."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_lines(text: str) -> Iterator[Line | Fault | None]:
    """Yield what each line says; None for one that takes part in a correction and no longer counts.

    Raises:
        UnreadableMovesError: where the header lacks a column that is needed.
    """
    reader = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=_delimiter(text))
    columns = _columns(next(reader, []))
    before = reader.line_num
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield _line(line, cells, columns)
    except csv.Error as error:
        raise UnreadableMovesError(f"Line {reader.line_num} cannot be read as CSV ({error}). Mend it first.") from error


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max((",", ";", "\t"), key=header.count)


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [" ".join(cell.split()).casefold() for cell in header]
    found = {
        field: names.index(name)
        for field, known in NAMES.items()
        for name in [next((name for name in known if name in names), "")]
        if name
    }
    missing = [NAMES[field][0] for field in NEEDED if field not in found]
    if missing:
        raise UnreadableMovesError(
            f"The first line names no column for {', '.join(missing)}. "
            "Needed are handle (or email), to and first day; from, kind and reason are read where they are there."
        )
    return found


def _line(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> Line | Fault | None:
    def cell(field: str) -> str:
        place = columns.get(field)
        text = cells[place] if place is not None and place < len(cells) else ""
        return _ESCAPED.sub("", text, count=1).strip() if text.startswith("'") else text.strip()

    excerpt = ", ".join(cells)[:EXCERPT]
    from_code, to_code = (_code(cell(field)) for field in ("from", "to"))
    if cell("corrected") or (cell("kind").casefold().startswith(("takes out", "cancels"))):
        return None
    on = day_of(cell("day"))
    problem = _problem(cell("person"), cell("day"), on, (from_code, to_code))
    if problem or on is None:
        return Fault(number, problem, excerpt)
    kind = _KINDS.get(cell("kind").casefold())
    if kind is MoveKind.CORRECTION:
        kind = None
    return Line(number, cell("person"), from_code, to_code, on, kind, cell("reason")[:LONGEST_REASON], excerpt)


def _problem(person: str, day: str, on: date | None, codes: tuple[str, str]) -> str:
    if not person:
        return "It names nobody."
    if on is None:
        return f"“{day}” is no day. Write it as 2026-12-07 or 7.12.2026."
    if codes[0] == codes[1]:
        return "It starts and ends in the same place."
    return ""


def _code(text: str) -> str:
    return "" if text.casefold() in OUTSIDE else text.upper()


def day_of(text: str) -> date | None:
    """Return a day written year first, or day first with dots; None for anything else, as 3/4 could be either."""
    found = _YEAR_FIRST.fullmatch(text)
    parts = found.groups() if found else None
    if parts is None and (dotted := _DAY_FIRST.fullmatch(text)):
        parts = dotted.groups()[::-1]
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A line of one person whose teams are known: the entry it would be, standing behind the line's number."""

    entry: Entry
    line: Line


@dataclass(frozen=True, slots=True)
class Sorted:
    """One person's lines: those that can go in, those that the log says already, and those that cannot be true."""

    good: tuple[Claimed, ...]
    known: int
    faults: tuple[Fault, ...]


def sort_out(
    name: str, entries: Sequence[Entry], claimed: Sequence[Claimed], place: Callable[[int | None], str]
) -> Sorted:
    """Say which of a person's lines can be true beside the log and each other, as many as possible, earliest first."""
    standing = {(one.on, one.from_team, one.to_team) for one in history(entries).entries}
    open_: list[Claimed] = []
    known, faults = 0, []
    seen = set(standing)
    for one in claimed:
        fact = (one.entry.on, one.entry.from_team, one.entry.to_team)
        known += fact in seen
        if fact not in seen:
            open_.append(one)
        seen.add(fact)
    before = set(history(entries).contradictions)
    while open_:
        by_number = {one.entry.number: one for one in open_}
        past = history([*entries, *(one.entry for one in open_)])
        new = [found for found in past.contradictions if found not in before]
        if not new:
            break
        # The first contradiction names its own line, or where it is an entry of the log the line before it.
        found = new[0]
        number = found.entry.number if found.entry.number in by_number else found.since and found.since.number
        culprit = by_number.get(number or 0) or open_[0]
        faults.append(Fault(culprit.line.line, _sentence(name, found, culprit, place), culprit.line.excerpt))
        open_.remove(culprit)
    return Sorted(tuple(sorted(open_, key=lambda one: one.entry.on)), known, tuple(faults))


def _sentence(name: str, found: Contradiction, culprit: Claimed, place: Callable[[int | None], str]) -> str:
    if found.entry is not culprit.entry:
        entry = found.entry
        return (
            f"Move {entry.number} of the log takes {name} from {place(entry.from_team)} on {_words(entry.on)}, "
            "which would no longer fit."
        )
    if found.conflict is Conflict.SAME_DAY:
        return f"{name} already moves on {_words(culprit.entry.on)}."
    wanted = place(culprit.entry.from_team)
    if found.since is None:
        return f"{name} is in no team yet on {_words(culprit.entry.on)}, so not in {wanted}. The day of joining is missing."
    return f"{name} is in {place(found.team)} since {_words(found.since.on)}, not in {wanted}."


def _words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
