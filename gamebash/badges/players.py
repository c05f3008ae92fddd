"""What a player is called in addresses: by handle, or by ``~alias``, which says nothing of who an alias is."""

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.people.models import Person

ALIAS = "~"


def player_key(handle: str, alias: str | None) -> str:
    """Return what stands in the address of a player's page."""
    return f"{ALIAS}{alias}" if alias else handle


def get_by_key(key: str, viewer: Person) -> Person:
    """Return the player whom an address names; somebody with an alias is found by it alone, but by themselves by either.

    Raises:
        NotFoundError: where nobody plays under that name; the same answer as for a handle whose owner has an alias.
    """
    column = Person.alias if key.startswith(ALIAS) else Person.handle
    person = db.session.scalar(sa.select(Person).where(column == key.removeprefix(ALIAS)))
    is_hidden = person is not None and not key.startswith(ALIAS) and bool(person.alias) and person.id != viewer.id
    if person is None or is_hidden:
        raise NotFoundError(f"Nobody plays under the name {key.removeprefix(ALIAS)}.")
    return person
