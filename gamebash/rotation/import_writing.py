"""Writing many past moves at once, with the checks that one move goes through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.counters import next_numbers
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation import chain
from gamebash.rotation.import_rows import Claimed, Fault, Line, UnreadableMovesError, read_lines, sort_out
from gamebash.rotation.kinds import MoveKind, TeamKind, inferred_kind, why_not
from gamebash.rotation.membership import entries_by_person, keep_tours
from gamebash.rotation.models import Move, MoveImport, Team
from gamebash.rotation.tours import Entry, history

PEOPLE_AT_ONCE = 400
# Entries of a file stand behind all those of the log while they are compared.
BEHIND = 2**40
_COLUMNS = tuple(column.key for column in Move.__mapper__.column_attrs if column.key != "id")


@dataclass(slots=True)
class Reading:
    """A file as read: each person's lines, and what could not be read or names nobody and nothing here."""

    by_person: dict[int, list[Claimed]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, TeamKind] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    skipped: int = 0
    lines: int = 0

    def place(self, team: int | None) -> str:
        """Return a team's code, or where one is without a team."""
        return self.codes[team] if team is not None else "no team"

    def chunks(self) -> Iterator[tuple[int, ...]]:
        """Return the people, some at a time."""
        people = sorted(self.by_person)
        return (tuple(people[start : start + PEOPLE_AT_ONCE]) for start in range(0, len(people), PEOPLE_AT_ONCE))


@dataclass(frozen=True, slots=True)
class Good:
    """A line that goes in: whose, the entry, its kind and reason."""

    person_id: int
    entry: Entry
    kind: MoveKind
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What some people's lines come to beside the log."""

    good: tuple[Good, ...]
    known: int
    faults: tuple[Fault, ...]


def gather(text: str, *, most: int) -> Reading:
    """Read a file and find its people and teams; a few queries, whatever its length.

    Raises:
        UnreadableMovesError: where it cannot be read, or has more lines than ``most``.
    """
    teams = db.session.execute(sa.select(Team.id, Team.code, Team.kind)).all()
    reading = Reading(codes={team: code for team, code, _ in teams}, kinds={team: kind for team, _, kind in teams})
    team_ids = {code: team for team, code, _ in teams}
    people = _people(reading)
    today = clock.now().date()
    faults: list[Fault] = []
    for one in read_lines(text):
        reading.lines += 1
        if reading.lines > most:
            raise UnreadableMovesError(
                f"The file has more than {most:,} lines. Split it; the parts can follow each other."
            )
        if one is None:
            reading.skipped += 1
        elif isinstance(one, Fault):
            faults.append(one)
        elif problem := _unknown(one, people, team_ids, today):
            faults.append(Fault(one.line, problem, one.excerpt))
        else:
            from_team, to_team = (team_ids[code] if code else None for code in (one.from_code, one.to_code))
            entry = Entry(BEHIND + one.line, one.on, from_team, to_team)
            reading.by_person.setdefault(people[one.person.casefold()] or 0, []).append(Claimed(entry, one))
    reading.faults = tuple(faults)
    db.session.rollback()
    return reading


def batches_of(reading: Reading, people: Sequence[int] | None = None) -> Iterator[Batch]:
    """Yield what the lines of people come to beside the log as it is now; the log is locked by whoever writes them."""
    for chunk in [people] if people is not None else reading.chunks():
        logs = entries_by_person(chunk)
        good: list[Good] = []
        faults: list[Fault] = []
        known = 0
        for person_id in chunk:
            entries = logs.get(person_id, ())
            found = sort_out(reading.names[person_id], entries, reading.by_person[person_id], reading.place)
            known += found.known
            faults += found.faults
            good += _with_kinds(reading, person_id, entries, found.good)
        yield Batch(tuple(good), known, tuple(faults))


def write_batch(batch: Batch, one: MoveImport, *, now: datetime) -> None:
    """Write good lines behind the last link of the chain, and the tours of their people. A handful of queries."""
    if not batch.good:
        return
    head = chain.lock_log()
    rows = []
    for number, good in zip(next_numbers("moves", len(batch.good)), batch.good, strict=True):
        move = Move(
            number=number,
            person_id=good.person_id,
            from_team_id=good.entry.from_team,
            to_team_id=good.entry.to_team,
            effective_on=good.entry.on,
            kind=good.kind,
            reason=good.reason,
            logged_by_id=one.started_by_id,
            logged_at=now,
            corrects_id=None,
            asks_consent=False,
            swap=None,
            import_id=one.id,
        )
        chain.chain_behind(head, move)
        rows.append({key: getattr(move, key) for key in _COLUMNS})
    db.session.flush()
    db.session.execute(sa.insert(Move), rows)
    keep_tours({good.person_id for good in batch.good})


def _people(reading: Reading) -> dict[str, int | None]:
    """Return everybody by handle, address and name; a name that two people share leads to nobody."""
    found: dict[str, int | None] = {}
    rows = db.session.execute(sa.select(Person.id, Person.handle, Person.email, Person.name)).all()
    for person_id, _, _, name in rows:
        reading.names[person_id] = name
        found[name.casefold()] = None if name.casefold() in found else person_id
    for person_id, handle, email, _ in rows:
        found[handle.casefold()] = found[email.casefold()] = person_id
    return found


def _unknown(line: Line, people: dict[str, int | None], teams: dict[str, int], today: date) -> str:
    who = line.person.casefold()
    if who not in people:
        return f"Nobody here is called {line.person}. Write a handle or an address, or invite them first."
    if people[who] is None:
        return f"Several people are called {line.person}. Write a handle or an address."
    missing = next((code for code in (line.from_code, line.to_code) if code and code not in teams), "")
    if missing:
        return f"No team has the code {missing}. Found it first; a retired one will do."
    if line.on > today:
        return "It lies ahead. Plan it under Rotation, so that people are asked."
    return ""


def _with_kinds(reading: Reading, person_id: int, entries: Sequence[Entry], good: Sequence[Claimed]) -> Iterator[Good]:
    """Yield each line with its kind: as written where that fits, else as it follows from the teams."""
    tours = history([*entries, *(one.entry for one in good)]).tours
    for one in good:
        from_kind, to_kind = (
            reading.kinds[team] if team is not None else None for team in (one.entry.from_team, one.entry.to_team)
        )
        problem = why_not(one.line.kind, from_kind, to_kind) if one.line.kind else ""
        earlier = [tour.team for tour in tours if tour.from_on < one.entry.on]
        was_there = len(earlier) > 1 and earlier[-2] == one.entry.to_team
        kind = one.line.kind if one.line.kind and not problem else None
        kind = kind or inferred_kind(from_kind, to_kind, was_there_before=was_there)
        yield Good(person_id, one.entry, kind, one.line.reason)
