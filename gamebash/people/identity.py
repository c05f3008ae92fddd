"""Who is signed in: a random token in the session cookie names a sign-in row, which can be ended from anywhere."""

import hashlib
import time
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from flask import Flask, session
from flask_login import LoginManager, current_user
from sqlalchemy.orm import contains_eager, joinedload

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.core.live.hub import Pass
from gamebash.people.models import Person, SignIn
from gamebash.policy import Permission, Role, is_allowed

GLANCE_SECONDS = 2.0
MOST_GLANCES = 50_000

_BY_TOKEN = (
    sa.select(SignIn)
    .join(SignIn.person)
    .options(contains_eager(SignIn.person).options(joinedload(Person.role_rows)))
    .where(
        SignIn.token_hash == sa.bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > sa.bindparam("now", type_=SignIn.expires_at.type),
        Person.is_active,
    )
)
# Roles taken away a moment ago must not be believed because the session still knows them.
_AS_IT_IS = {"populate_existing": True}
_glances: dict[tuple[int, str], tuple[float, "Glance"]] = {}

manager = LoginManager()
manager.session_protection = None


class Identity:
    """A signed-in browser, as Flask-Login wants it."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, sign_in: SignIn, token: str) -> None:
        """Tie the sign-in row to the token that the browser holds."""
        self.sign_in = sign_in
        self.person = sign_in.person
        self._token = token

    def get_id(self) -> str:
        """Return the token; Flask-Login keeps it in the signed session cookie."""
        return self._token


def token_hash(token: str) -> str:
    """Return what is stored of a random token; SHA-256 is enough, since it cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def init_app(app: Flask) -> None:
    """Let Flask-Login find the signed-in person."""
    manager.init_app(app)


def signed_in_person() -> Person:
    """Return the person of this request; only for views that need a sign-in."""
    return cast("Person", current_user.person)


@manager.user_loader  # type: ignore[untyped-decorator]
def load_identity(token: str) -> Identity | None:
    """Return the identity of a token whose sign-in is neither ended nor expired and whose person is active."""
    sign_in = (
        db.session.scalars(
            _BY_TOKEN, {"token_hash": token_hash(token), "now": clock.now()}, execution_options=_AS_IT_IS
        )
        .unique()
        .one_or_none()
    )
    return Identity(sign_in, token) if sign_in else None


@dataclass(frozen=True, slots=True)
class Glance:
    """Who is looking, in what a polled fragment needs to know."""

    person_id: int
    handle: str
    roles: frozenset[Role]


def still_allowed(keys: Collection[Hashable]) -> Collection[Hashable]:
    """Return the passes of those who are still signed in and still may, in one query for all who watch something.

    A pass is the token's hash with the permission that what is watched needs.
    """
    asked = cast("Collection[tuple[str, Permission]]", keys)
    hashes = {hashed for hashed, _ in asked}
    query = (
        sa.select(SignIn)
        .join(SignIn.person)
        .options(contains_eager(SignIn.person).options(joinedload(Person.role_rows)))
        .where(
            SignIn.token_hash.in_(hashes),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.now(),
            Person.is_active,
        )
    )
    found = db.session.scalars(query, execution_options=_AS_IT_IS).unique()
    roles = {sign_in.token_hash: sign_in.person.roles for sign_in in found}
    return [(hashed, needed) for hashed, needed in asked if hashed in roles and is_allowed(roles[hashed], needed)]


def watching_pass(needed: Permission) -> Pass:
    """Return what lets the person of this request watch something for as long as they are signed in and may."""
    return Pass(still_allowed, (token_hash(session.get("_user_id", "")), needed))


def glance() -> Glance | None:
    """Return who is looking, as known at most GLANCE_SECONDS ago in this process, mostly without asking the database.

    Only for fragments that everybody polls: a sign-in that was ended sees them that much longer.
    """
    token = session.get("_user_id")
    if not token:
        return None
    key = (id(db.engine), token)
    known = _glances.get(key)
    if known is not None and time.monotonic() - known[0] < GLANCE_SECONDS:
        return known[1]
    identity = load_identity(token)
    if identity is None:
        _glances.pop(key, None)
        return None
    person = identity.person
    found = Glance(person.id, person.handle, person.roles)
    if len(_glances) >= MOST_GLANCES:
        _glances.clear()
    _glances[key] = (time.monotonic(), found)
    return found
