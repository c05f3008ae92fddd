"""Who is away when. The kind is shown to oneself and to managers only; everything else needs only the days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from gamebash.absences.kinds import KIND_WORDS
from gamebash.absences.models import Absence
from gamebash.absences.spans import DaysAway
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.rotation.membership import TeamBadge, is_on, teams_on
from gamebash.rotation.models import TourRow


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """One absence in a list."""

    reference: str
    handle: str
    name: str
    initials: str
    team: TeamBadge | None
    days: DaysAway
    kind: str
    is_past: bool


@dataclass(frozen=True, slots=True)
class AbsencesFilter:
    """Whose absences (None: everybody's, for managers only), part of a name, whether those that are over.

    People of ``closed_teams`` are left out: they have managers of their own.
    """

    of_person: int | None
    q: str = ""
    is_past: bool = False
    closed_teams: frozenset[int] = frozenset()

    @property
    def is_everybody(self) -> bool:
        """Whether everybody's are shown."""
        return self.of_person is None

    def params(self) -> dict[str, str]:
        """Return what an address carries of this filter."""
        values = {"who": "all" if self.is_everybody else "", "q": self.q, "show": "past" if self.is_past else ""}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class AbsencesPage:
    """One's own absences, or for managers everybody's."""

    rows: Paged[AbsenceRow]
    filter: AbsencesFilter


def absences_page(filter_: AbsencesFilter, number: int, *, today: date) -> AbsencesPage:
    """Return a page of the absences that a filter leaves."""
    found, total = fetch_page(_narrowed(filter_, today), number)
    teams = teams_on([whose.id for _, whose in found], today)
    rows = tuple(
        AbsenceRow(
            one.reference, whose.handle, whose.name, whose.initials, teams.get(whose.id), one.days, KIND_WORDS[one.kind],
            one.until_on < today,
        )
        for one, whose in found
    )  # fmt: skip
    return AbsencesPage(Paged(rows, number, total), filter_)


def _narrowed(filter_: AbsencesFilter, today: date) -> sa.Select[Any]:
    query = _rows()
    if filter_.of_person is not None:
        query = query.where(Person.id == filter_.of_person)
    if filter_.is_past:
        query = query.where(Absence.until_on < today).order_by(Absence.from_on.desc(), Absence.id)
    else:
        query = query.where(Absence.until_on >= today).order_by(Absence.from_on, Absence.id)
    if filter_.closed_teams:
        query = query.where(
            Person.id.not_in(
                sa.select(TourRow.person_id).where(is_on(today), TourRow.team_id.in_(filter_.closed_teams))
            )
        )
    words = (Person.name.icontains(filter_.q, autoescape=True), Person.handle.icontains(filter_.q, autoescape=True))
    return query.where(sa.or_(*words)) if filter_.q else query


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Absence, Person)
        .join(Person, Person.id == Absence.person_id)
        .where(Absence.cancelled_at.is_(None), Person.is_active)
        .options(sa.orm.lazyload(Person.role_rows), sa.orm.lazyload(Absence.person))
    )


def days_away_between(
    first: date, last: date, people: Collection[int] | None = None
) -> dict[int, tuple[DaysAway, ...]]:
    """Return who is away on some days from the first to the last, and when; not why. One query."""
    query = sa.select(Absence.person_id, Absence.from_on, Absence.until_on).where(
        Absence.cancelled_at.is_(None), Absence.from_on <= last, Absence.until_on >= first
    )
    if people is not None:
        query = query.where(Absence.person_id.in_(people))
    found: dict[int, list[DaysAway]] = {}
    for person_id, from_on, until_on in db.session.execute(query.order_by(Absence.from_on, Absence.id)):
        found.setdefault(person_id, []).append(DaysAway(from_on, until_on))
    return {person_id: tuple(spans) for person_id, spans in found.items()}


def is_away(person_id: sa.orm.InstrumentedAttribute[int], first: date, last: date) -> sa.ColumnElement[bool]:
    """Return the condition that somebody is away on one of these days, to be asked along with something else."""
    return sa.exists().where(
        Absence.person_id == person_id,
        Absence.cancelled_at.is_(None),
        Absence.from_on <= last,
        Absence.until_on >= first,
    )


def away_on(day: date) -> frozenset[int]:
    """Return the ids of those who are away on a day. One query."""
    return frozenset(days_away_between(day, day))
