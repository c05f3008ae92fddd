"""Whose wishes and reasons for being away somebody may read: their own, and as a manager those of others."""

from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed


def may_read_wishes(reader: Person, person_id: int) -> bool:
    """Say whether somebody may read what a person wishes."""
    return reader.id == person_id or is_allowed(reader.roles, Permission.READ_WISHES)
