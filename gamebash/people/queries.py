"""What the account page and the list of people show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import OneTimeLink, Person, PersonRole, SignIn
from gamebash.policy import Role


@dataclass(frozen=True, slots=True)
class BrowserLine:
    """One signed-in browser."""

    number: int
    name: str
    address: str
    since: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One's own account with its forms."""

    name: str
    email: str
    form: Any
    password_form: Any
    browsers: tuple[BrowserLine, ...]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list of people."""

    handle: str
    name: str
    initials: str
    email: str
    roles: tuple[Role, ...]
    is_active: bool
    is_playing: bool
    has_password: bool


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What of the list is asked for."""

    words: str = ""
    role: str = ""
    state: str = ""
    sort: str = "name"
    page: int = 1


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The list of people."""

    filter: PeopleFilter
    people: Paged[PersonLine]
    active: int
    invited: int


SORTS = {"name": Person.name, "newest": Person.created_at.desc(), "email": Person.email}


def list_browsers(person: Person, this: SignIn, *, now: datetime) -> tuple[BrowserLine, ...]:
    """Return the browsers that a person is signed in with, newest first, numbered for the address."""
    query = (
        sa.select(SignIn)
        .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.id.desc())
        .limit(50)
    )
    rows = db.session.scalars(query).all()
    return tuple(
        BrowserLine(place, _browser_name(row.user_agent), row.address, row.created_at, row.id == this.id)
        for place, row in enumerate(rows, start=1)
    )


def find_browser(person: Person, since: datetime) -> SignIn | None:
    """Return the open sign-in that a person began at that moment."""
    return db.session.scalar(
        sa.select(SignIn)
        .where(SignIn.person_id == person.id, SignIn.created_at == since, SignIn.ended_at.is_(None))
        .limit(1)
    )


def people_page(chosen: PeopleFilter) -> PeoplePage:
    """Return one page of the list of people."""
    query = (
        sa.select(Person)
        .options(selectinload(Person.role_rows))
        .order_by(SORTS.get(chosen.sort, Person.name), Person.id)
    )
    for word in chosen.words.split():
        like = f"%{word.casefold()}%"
        query = query.where(sa.func.lower(Person.name).like(like) | Person.email.like(like))
    if chosen.role in set(Role):
        query = query.where(Person.role_rows.any(PersonRole.role == Role(chosen.role)))
    if chosen.state in {"active", "inactive"}:
        query = query.where(Person.is_active == (chosen.state == "active"))
    rows, total = fetch_page(query, chosen.page)
    counts = db.session.execute(
        sa.select(
            sa.func.count().filter(Person.is_active),
            sa.func.count().filter(Person.password_hash.is_(None), Person.is_active),
        )
    ).one()
    return PeoplePage(chosen, Paged(tuple(_line(row[0]) for row in rows), chosen.page, total), counts[0], counts[1])


def _line(person: Person) -> PersonLine:
    return PersonLine(
        handle=person.handle,
        name=person.name,
        initials=person.initials,
        email=person.email,
        roles=tuple(sorted(person.roles)),
        is_active=person.is_active,
        is_playing=person.is_playing,
        has_password=person.password_hash is not None,
    )


def link_facts(link: OneTimeLink) -> tuple[str, str]:
    """Return the name and purpose of a link for its page."""
    return link.person.name, link.purpose.value


def _browser_name(agent: str) -> str:
    names = ("Firefox", "Edg", "Chrome", "Safari", "curl")
    systems = ("iPhone", "Android", "Windows", "Mac OS", "Linux")
    name = next((one for one in names if one in agent), "A browser").replace("Edg", "Edge")
    system = next((one for one in systems if one in agent), "")
    return f"{name} on {system}" if system else name
