"""Signs people in by the cookie that their browser would hold."""

from datetime import timedelta

import pytest
from flask import g

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.people.identity import token_hash
from gamebash.people.models import SignIn
from tests.support.client import PageClient


class Browser(PageClient):
    """Somebody's browser; a test that has a context open would share who is signed in among all of them."""

    def open(self, *args, **kwargs):
        g.pop("_login_user", None)
        return super().open(*args, **kwargs)


@pytest.fixture
def browse(app, work):
    """``browse(person)``: a browser in which that person is signed in."""

    def sign_in(person):
        token, now = f"token-{person.handle}", clock.now()
        with work():
            db.session.add(
                SignIn(
                    person_id=person.id,
                    token_hash=token_hash(token),
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
        client = Browser(app, app.response_class)
        with client.session_transaction() as session:
            session["_user_id"] = token
        return client

    return sign_in
