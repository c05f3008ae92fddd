"""What a player is called in addresses: by handle, or by ``~alias``, which says nothing of who an alias is."""

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.people.models import Person

ALIAS = "~"


def player_key(handle: str, alias: str | None) -> str:
    """Return what stands in the address of a player's page."""
    return f"{ALIAS}{alias}" if alias else handle


def is_called(key: str) -> sa.ColumnElement[bool]:
    """Return the condition that a person is the one whom an address names."""
    return Person.alias == key.removeprefix(ALIAS) if key.startswith(ALIAS) else Person.handle == key


def is_given_away(person: Person, key: str, viewer: Person) -> bool:
    """Say whether an address would tell who an alias is: it names the handle of somebody else who has one."""
    return not key.startswith(ALIAS) and bool(person.alias) and person.id != viewer.id


def get_by_key(key: str, viewer: Person) -> Person:
    """Return the player whom an address names; somebody with an alias is found by it alone, but by themselves by either.

    Raises:
        NotFoundError: where nobody plays under that name; the same answer as for a handle whose owner has an alias.
    """
    person = db.session.scalar(sa.select(Person).where(is_called(key)))
    if person is None or is_given_away(person, key, viewer):
        raise NotFoundError(f"Nobody plays under the name {key.removeprefix(ALIAS)}.")
    return person
