"""Makes the people, teams and moves that these tests play with, and sign-ins for the pages."""

from datetime import date, timedelta

import sqlalchemy as sa
from flask import g

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.people.identity import token_hash
from gamebash.people.models import Person, PersonRole, SignIn
from gamebash.people.models import Role as Role
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Crest
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.rotation.teams import TeamDraft, create_team

KINDS = {"OPS": TeamKind.OPS, "SRE": TeamKind.SRE}


def a_person(name, now, *roles):
    handle = name.lower().replace(" ", "-")
    person = Person(handle=handle, name=name, email=f"{handle}@example.org", created_at=now)
    person.role_rows = [PersonRole(role=role) for role in roles]
    db.session.add(person)
    db.session.flush()
    return person


def a_manager(now, name="Priya Raman"):
    return a_person(name, now, Role.MANAGER)


def some_teams(now, *codes):
    """Return teams by code, with None for outside all teams."""
    teams = {None: None}
    for code in codes or ("OPS", "CHK", "WHS"):
        draft = TeamDraft(code, f"Team {code}", KINDS.get(code, TeamKind.SCRUM), Crest.RING, "1")
        teams[code] = create_team(draft, by=None, now=now)
    return teams


class Log:
    """Logs moves for one person, with teams by code and days in ISO form."""

    def __init__(self, person, teams, by, now):
        self.person, self.teams, self.by, self.now = person, teams, by, now

    def draft(self, from_code, to_code, day, **more):
        return MoveDraft(self.teams[from_code], self.teams[to_code], date.fromisoformat(day), **more)

    def move(self, from_code, to_code, day, **more):
        draft = self.draft(from_code, to_code, day, **more)
        return log_move(self.person, draft, by=self.by, now=self.now)


def sign_in(client, person):
    """Sign a person in; call inside a unit of work."""
    token, now = f"token-{person.handle}", clock.now()
    row = SignIn(token_hash=token_hash(token), person_id=person.id, created_at=now, expires_at=now + timedelta(days=1))
    if db.session.scalar(sa.select(SignIn.id).where(SignIn.token_hash == row.token_hash)) is None:
        db.session.add(row)
    # The test's own application context outlives the request, and with it whom Flask-Login remembers.
    g.pop("_login_user", None)
    with client.session_transaction() as session:
        session["_user_id"] = token
