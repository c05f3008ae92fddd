"""Whose private matters a manager sees: people of the teams they are named on, and of teams that name no manager."""

from datetime import date

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.rotation.membership import teams_on
from gamebash.rotation.models import TeamManager


def closed_teams(reader: Person) -> frozenset[int]:
    """Return the teams whose people's wishes and reasons for being away are not this manager's to read. One query."""
    rows = db.session.execute(sa.select(TeamManager.team_id, TeamManager.person_id)).all()
    own = {team for team, person in rows if person == reader.id}
    return frozenset(team for team, _ in rows) - own


def may_read_private(reader: Person, person: Person, today: date) -> bool:
    """Say whether somebody may read what a person wishes and why they are away."""
    if reader.id == person.id:
        return True
    if not is_allowed(reader.roles, Permission.READ_WISHES):
        return False
    team = teams_on([person.id], today).get(person.id)
    return team is None or team.id not in closed_teams(reader)
