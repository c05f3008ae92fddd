"""Persons: invited, given roles, taken out; and what they change of their own account."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.core.slugs import free_slug, slug_of
from gamebash.people.models import Person, PersonRole, Theme
from gamebash.people.passwords import hash_password, is_right
from gamebash.people.sign_ins import end_all_sign_ins, find_person
from gamebash.policy import Role


class PersonExistsError(DomainError):
    """Somebody has that address or alias already."""


class LastAdminError(DomainError):
    """Without this person nobody could run the installation."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What a person changes of their own account; an empty alias means none."""

    name: str
    alias: str
    is_playing: bool
    is_listed: bool
    has_shortcuts: bool


def add_person(name: str, email: str, roles: Collection[Role], *, by: Person | None, now: datetime) -> Person:
    """Add a person, who gets in by a one-time link.

    Raises:
        InvalidError: without a name.
        PersonExistsError: where the address is taken.
    """
    email = email.strip().casefold()
    if not name.strip():
        raise InvalidError("Give the person a name.")
    if find_person(email) is not None:
        raise PersonExistsError(f"Somebody with the address {email} is here already. Make them a new link instead.")
    person = Person(
        handle=_free_handle(name),
        name=name.strip(),
        email=email,
        is_active=True,
        is_playing=False,
        theme=Theme.SYSTEM,
        has_shortcuts=True,
        created_at=now,
    )
    person.role_rows = [PersonRole(role=role) for role in sorted(set(roles))]
    db.session.add(person)
    db.session.flush()
    audit.record("person:added", person.handle, by_id=by.id if by else None, now=now, roles=sorted(roles))
    return person


def add_first_admin(name: str, email: str, password: str, *, now: datetime) -> Person:
    """Make the first admin of an empty installation; of two at once one wins.

    Raises:
        DomainError: where there is somebody already.
    """
    if next_number("first admin") != 1 or has_people():
        raise PersonExistsError(
            "This installation has its first admin already. Sign in, or ask them for an invitation."
        )
    person = add_person(name, email, [Role.ADMIN, Role.ORGANISER, Role.MANAGER, Role.DEVELOPER], by=None, now=now)
    person.password_hash = hash_password(password)
    return person


def has_people() -> bool:
    """Say whether there is anybody at all."""
    return db.session.scalar(sa.select(Person.id).limit(1)) is not None


def set_roles(person: Person, roles: Collection[Role], *, by: Person, now: datetime) -> Person:
    """Give a person exactly these roles.

    Raises:
        LastAdminError: where that would leave no active admin.
    """
    if Role.ADMIN in person.roles and Role.ADMIN not in roles:
        _keep_an_admin(person)
    before = sorted(person.roles)
    kept = {row.role: row for row in person.role_rows}
    person.role_rows = [kept.get(role) or PersonRole(role=role) for role in sorted(set(roles))]
    audit.record("person:roles_set", person.handle, by_id=by.id, now=now, before=before, after=sorted(roles))
    return person


def deactivate_person(person: Person, *, by: Person, now: datetime) -> Person:
    """Take a person out: every sign-in ends, history stays.

    Raises:
        LastAdminError: where that would leave no active admin.
    """
    if Role.ADMIN in person.roles:
        _keep_an_admin(person)
    person.is_active = False
    end_all_sign_ins(person, now=now)
    audit.record("person:deactivated", person.handle, by_id=by.id, now=now)
    return person


def reactivate_person(person: Person, *, by: Person, now: datetime) -> Person:
    """Let a person in again."""
    person.is_active = True
    audit.record("person:reactivated", person.handle, by_id=by.id, now=now)
    return person


def change_account(person: Person, change: AccountChange, *, now: datetime) -> Person:
    """Change one's own name, alias, opting in, place on leaderboards, and shortcuts.

    Raises:
        InvalidError: without a name.
        PersonExistsError: where the alias is somebody else's.
    """
    if not change.name.strip():
        raise InvalidError("A name is needed; in the game an alias can stand in its place.")
    alias = change.alias.strip() or None
    if alias and db.session.scalar(sa.select(Person.id).where(Person.alias == alias, Person.id != person.id)):
        raise PersonExistsError(f"Somebody plays as {alias} already. Choose another alias.")
    person.name, person.alias = change.name.strip(), alias
    person.is_playing, person.is_listed = change.is_playing, change.is_listed
    person.has_shortcuts = change.has_shortcuts
    audit.record("person:account_changed", person.handle, by_id=person.id, now=now, is_playing=change.is_playing)
    return person


def change_password(person: Person, old: str, new: str, *, now: datetime) -> Person:
    """Change one's own password.

    Raises:
        InvalidError: where the old one does not fit or the new one is too short.
    """
    if not is_right(old, person.password_hash):
        raise InvalidError("The present password does not fit.")
    person.password_hash = hash_password(new)
    audit.record("person:password_set", person.handle, by_id=person.id, now=now)
    return person


def set_theme(person: Person, theme: Theme) -> Person:
    """Remember light or dark."""
    person.theme = theme
    return person


def get_person(handle: str) -> Person:
    """Return the person with that handle.

    Raises:
        NotFoundError: where there is none.
    """
    person = db.session.scalar(sa.select(Person).where(Person.handle == handle))
    if person is None:
        raise NotFoundError(f"There is nobody called {handle} here.")
    return person


def _free_handle(name: str) -> str:
    wanted = slug_of(name, "person")
    taken = set(db.session.scalars(sa.select(Person.handle).where(Person.handle.startswith(wanted))))
    return free_slug(wanted, taken)


def _keep_an_admin(person: Person) -> None:
    """Refuse to lose the last active admin; all admin rows are locked, so that two cannot take each other out."""
    query = sa.select(PersonRole.person_id).where(PersonRole.role == Role.ADMIN).with_for_update()
    admins = set(db.session.scalars(query))
    others = sa.select(Person.id).where(Person.id.in_(admins - {person.id}), Person.is_active)
    if db.session.scalar(others.limit(1)) is None:
        raise LastAdminError(f"{person.name} is the only active admin. Make somebody else admin first.")
