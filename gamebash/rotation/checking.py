"""What always holds of the rotation log, checked over real data: for ``verify``."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation import chain
from gamebash.rotation.membership import entries_by_person
from gamebash.rotation.models import Move, TourRow
from gamebash.rotation.tours import Tour, history

AT_ONCE = 1_000


def log_faults() -> Iterator[str]:
    """Yield each break: of the chain, of an entry that contradicts others, of kept tours that are not the fold."""
    yield from chain.breaks()
    moved = sa.select(Move.person_id).union(sa.select(TourRow.person_id)).subquery()
    people = list(db.session.scalars(sa.select(moved.c.person_id).order_by(moved.c.person_id)))
    for start in range(0, len(people), AT_ONCE):
        yield from _faults_of(people[start : start + AT_ONCE])


def _faults_of(people: Sequence[int]) -> Iterator[str]:
    logs, kept = entries_by_person(people), _kept_tours(people)
    for person_id in people:
        folded = history(logs.get(person_id, ()))
        for found in folded.contradictions:
            yield f"move {found.entry.number} of {_handle(person_id)} {found.conflict.value}"
        if folded.tours != kept.get(person_id, ()):
            yield f"the tours kept of {_handle(person_id)} are not what the log gives"


def _kept_tours(people: Sequence[int]) -> dict[int, tuple[Tour, ...]]:
    query = sa.select(TourRow).where(TourRow.person_id.in_(people)).order_by(TourRow.person_id, TourRow.from_on)
    found: dict[int, tuple[Tour, ...]] = {}
    for row in db.session.scalars(query):
        found[row.person_id] = (*found.get(row.person_id, ()), Tour(row.team_id, row.from_on, row.until_on))
    return found


def _handle(person_id: int) -> str:
    return db.session.get_one(Person, person_id).handle
