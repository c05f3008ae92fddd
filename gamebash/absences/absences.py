"""Entering, importing and cancelling absences. A person's own, or anybody's by a manager."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.absences.kinds import KIND_WORDS, AbsenceKind
from gamebash.absences.models import Absence
from gamebash.absences.reading import ReadAbsence, Unread, read_absences
from gamebash.absences.scope import may_read_private
from gamebash.absences.spans import DaysAway
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError, NotFoundError
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed

MOST_SHOWN = 50


class OverlappingAbsenceError(DomainError):
    """The person is away then already, for the same reason; the message says when."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file did: lines that went in, that changed something, that were known, and those that could not be used."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: tuple[Unread, ...] = ()

    @property
    def words(self) -> str:
        """The counts in a sentence."""
        return (
            f"{self.added} added, {self.changed} changed, {self.unchanged} known already, "
            f"{len(self.rejected)} could not be used."
        )


def add_absence(person: Person, days: DaysAway, kind: AbsenceKind, *, by: Person, now: datetime) -> Absence:
    """Keep that somebody is away. Days away for two reasons count once.

    Raises:
        InvalidError: where the last day lies before the first.
        NotAllowedError: where it is somebody else's and one may not enter it.
        OverlappingAbsenceError: where the person is away for that reason on some of the days already.
    """
    _refuse_others(person, by, now)
    if days.last < days.first:
        raise InvalidError("The last day lies before the first.")
    _lock(person)
    known = _overlapping(person, days, kind)
    if known is not None:
        raise OverlappingAbsenceError(
            f"{_who(person, by)} away already, {known.days.words} ({KIND_WORDS[kind].lower()}). Cancel that one first."
        )
    return _write(person, days, kind, by=by, now=now)


def cancel_absence(absence: Absence, *, by: Person, now: datetime) -> Absence:
    """Take an absence back; it stays to be read by nobody but the record.

    Raises:
        NotAllowedError: where it is somebody else's and one may not.
        DomainError: where it is cancelled already.
    """
    _refuse_others(absence.person, by, now)
    taken = sa.update(Absence).where(Absence.id == absence.id, Absence.cancelled_at.is_(None)).values(cancelled_at=now)
    if db.session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError("This absence is cancelled already.")
    audit.record("absence:cancelled", absence.reference, by_id=by.id, now=now, person=absence.person.handle)
    return absence


def import_absences(text: str, person: Person | None, *, by: Person, now: datetime) -> Imported:
    """Take in a CSV or iCalendar text; good lines go in, the others come back with the reason.

    ``person`` is whose calendar it is; with none the file names a person in each line. The same file again changes
    nothing; an entry of a calendar that moved is moved, one that it cancelled is cancelled.

    Raises:
        NotAllowedError: where it is about others and one may not enter their absences.
    """
    if person is None or person.id != by.id:
        _refuse_others(None, by, now)
    read = read_absences(text)
    people = _people(read) if person is None else {}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    rejected = []
    for one in read:
        whose = person or (people.get(one.person.casefold()) if isinstance(one, ReadAbsence) else None)
        if isinstance(one, Unread):
            rejected.append(one)
        elif whose is None:
            name = one.person or "no one"
            rejected.append(Unread(one.line, f"It is about {name}; nobody has that handle or address."))
        else:
            try:
                counts[_take_in(one, whose, by=by, now=now)] += 1
            except (OverlappingAbsenceError, NotAllowedError) as refusal:
                rejected.append(Unread(one.line, str(refusal)))
    return Imported(**counts, rejected=tuple(rejected[:MOST_SHOWN]))


def get_absence(reference: str) -> Absence:
    """Return an absence by its reference.

    Raises:
        NotFoundError: where there is none.
    """
    absence = db.session.scalar(sa.select(Absence).where(Absence.reference == reference))
    if absence is None:
        raise NotFoundError("There is no such absence. Yours are listed under Absences.")
    return absence


def _take_in(read: ReadAbsence, person: Person, *, by: Person, now: datetime) -> str:
    known = _known(read, person)
    if known is None:
        if read.is_cancelled:
            return "unchanged"
        absence = add_absence(person, read.days, read.kind, by=by, now=now)
        absence.calendar_uid = read.uid or None
        return "added"
    if read.is_cancelled != (known.cancelled_at is not None) or (known.days, known.kind) != (read.days, read.kind):
        other = _overlapping(person, read.days, read.kind, but=known)
        if other is not None and not read.is_cancelled:
            raise OverlappingAbsenceError(
                f"{_who(person, by)} away already, {other.days.words}. Cancel that one first."
            )
        known.from_on, known.until_on, known.kind = read.days.first, read.days.last, read.kind
        known.cancelled_at = now if read.is_cancelled else None
        db.session.flush()
        audit.record("absence:changed", known.reference, by_id=by.id, now=now, person=person.handle)
        return "changed"
    return "unchanged"


def _known(read: ReadAbsence, person: Person) -> Absence | None:
    mine = sa.select(Absence).where(Absence.person_id == person.id)
    if read.uid:
        return db.session.scalar(mine.where(Absence.calendar_uid == read.uid))
    same = (Absence.kind == read.kind, Absence.from_on == read.days.first, Absence.until_on == read.days.last)
    return db.session.scalar(mine.where(*same, Absence.cancelled_at.is_(None)))


def _overlapping(person: Person, days: DaysAway, kind: AbsenceKind, *, but: Absence | None = None) -> Absence | None:
    query = sa.select(Absence).where(
        Absence.person_id == person.id, Absence.kind == kind, Absence.cancelled_at.is_(None),
        Absence.from_on <= days.last, Absence.until_on >= days.first,
    )  # fmt: skip
    if but is not None:
        query = query.where(Absence.id != but.id)
    return db.session.scalar(query.order_by(Absence.from_on).limit(1))


def _write(person: Person, days: DaysAway, kind: AbsenceKind, *, by: Person, now: datetime) -> Absence:
    absence = Absence(
        reference=secrets.token_hex(5), person=person, from_on=days.first, until_on=days.last, kind=kind,
        entered_by_id=by.id, entered_at=now,
    )  # fmt: skip
    db.session.add(absence)
    db.session.flush()
    # The record is read by admins; why somebody is away is not theirs to know.
    audit.record("absence:added", absence.reference, by_id=by.id, now=now, person=person.handle)
    return absence


def _lock(person: Person) -> None:
    """Hold the person's row until the transaction ends: of two that enter the same days, the second sees the first's."""
    db.session.execute(sa.select(Person.id).where(Person.id == person.id).with_for_update())


def _refuse_others(person: Person | None, by: Person, now: datetime) -> None:
    may = is_allowed(by.roles, Permission.READ_WISHES) if person is None else may_read_private(by, person, now.date())
    if not may:
        raise NotAllowedError("You may enter your own absences. Those of others are for their managers to enter.")


def _people(read: Sequence[ReadAbsence | Unread]) -> dict[str, Person]:
    names = {one.person.casefold() for one in read if isinstance(one, ReadAbsence) and one.person}
    query = sa.select(Person).where(sa.or_(Person.handle.in_(names), Person.email.in_(names)))
    found = db.session.scalars(query.options(sa.orm.lazyload(Person.role_rows))).all()
    return {name: person for person in found for name in (person.handle.casefold(), person.email.casefold())}


def _who(person: Person, by: Person) -> str:
    return "You are" if person.id == by.id else f"{person.name} is"
