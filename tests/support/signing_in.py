"""Signing a test client in the way a browser does."""

import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.people.models import Person
from gamebash.people.sign_ins import Browser, start_sign_in


def sign_in(client, handle: str):
    """Give the client a session of the person with that handle."""
    with client.application.app_context(), unit_of_work():
        person = db.session.scalars(sa.select(Person).where(Person.handle == handle)).one()
        token = start_sign_in(person, browser=Browser("127.0.0.1", "tests"), now=clock.now())
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client
