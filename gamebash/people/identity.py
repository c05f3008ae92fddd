"""Who is signed in: a random token in the session cookie names a sign-in row, which can be ended from anywhere."""

import hashlib
from typing import cast

import sqlalchemy as sa
from flask import Flask
from flask_login import LoginManager, current_user

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.people.models import Person, SignIn

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
    query = (
        sa.select(SignIn)
        .join(SignIn.person)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.now(),
            Person.is_active,
        )
    )
    sign_in = db.session.scalar(query)
    return Identity(sign_in, token) if sign_in else None
