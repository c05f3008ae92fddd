"""A manager's word for somebody: given, taken back; each is kept with who and when."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.people.models import Person
from gamebash.staffing.models import ManagerWord


def give_word(person: Person, *, is_given: bool, by: Person, now: datetime) -> ManagerWord:
    """Give one's word that somebody is ready, or take back that it was given.

    Raises:
        InvalidError: for oneself.
        DomainError: where it stands like that already.
    """
    if person.id == by.id:
        raise InvalidError("Another manager gives their word for you.")
    db.session.execute(sa.select(Person.id).where(Person.id == person.id).with_for_update())
    if (person.id in people_with_word()) == is_given:
        state = "has a manager's word already" if is_given else "has no manager's word"
        raise DomainError(f"{person.name} {state}. Nothing more to do.")
    word = ManagerWord(person_id=person.id, by_id=by.id, is_given=is_given, said_at=now)
    db.session.add(word)
    db.session.flush()
    tag = "word:given" if is_given else "word:taken_back"
    audit.record(tag, person.handle, by_id=by.id, now=now)
    return word


def people_with_word() -> frozenset[int]:
    """Return the ids of those for whom the last thing a manager said is yes. One query."""
    newest = sa.select(sa.func.max(ManagerWord.id)).group_by(ManagerWord.person_id)
    query = sa.select(ManagerWord.person_id).where(ManagerWord.id.in_(newest), ManagerWord.is_given)
    return frozenset(db.session.scalars(query))
