"""Signing in and out. Each signed-in browser is a row that can be ended from anywhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, release, unit_of_work
from gamebash.core.errors import InvalidError
from gamebash.people.identity import token_hash
from gamebash.people.models import Person, SignIn
from gamebash.people.passwords import hash_password, is_outdated, is_right
from gamebash.people.throttling import Attempt, count_attempt, forget_attempts

LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from."""

    address: str
    name: str


def sign_in(email: str, password: str, *, browser: Browser, now: datetime) -> str:
    """Sign somebody in and return the token for their browser.

    Raises:
        ThrottledError: after too many tries for the account or from the address.
        InvalidError: where account and password do not fit; does not tell which.
    """
    attempt = Attempt("sign in", email, browser.address)
    # Kept although the answer may be a refusal: what is counted must stay counted.
    with unit_of_work():
        count_attempt(attempt, now=now)
    person = find_person(email)
    person_id = person.id if person and person.is_active else None
    known_hash = person.password_hash if person and person.is_active else None
    release()
    if not is_right(password, known_hash) or person_id is None:
        raise InvalidError("Email and password do not fit. Mind the keyboard, or ask for a new link below.")
    forget_attempts(attempt)
    person = db.session.get_one(Person, person_id)
    if is_outdated(known_hash or ""):
        person.password_hash = hash_password(password)
    return start_sign_in(person, browser=browser, now=now)


def start_sign_in(person: Person, *, browser: Browser, now: datetime) -> str:
    """Open a sign-in for a person whose identity is proved, and return its token."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=now,
            expires_at=now + LASTS,
            user_agent=browser.name[:200],
            address=browser.address[:64],
        )
    )
    audit.record("person:signed_in", person.handle, by_id=person.id, now=now)
    return token


def end_sign_in(sign_in_row: SignIn, *, now: datetime) -> None:
    """Sign one browser out."""
    if sign_in_row.ended_at is None:
        sign_in_row.ended_at = now


def end_all_sign_ins(person: Person, *, now: datetime, but: SignIn | None = None) -> None:
    """Sign a person out everywhere, but for the browser they are at where one is named."""
    query = sa.update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None)).values(ended_at=now)
    if but is not None:
        query = query.where(SignIn.id != but.id)
    db.session.execute(query.execution_options(synchronize_session=False))


def find_person(email: str) -> Person | None:
    """Return the person with that address, however it is written."""
    return db.session.scalar(sa.select(Person).where(Person.email == email.strip().casefold()))
