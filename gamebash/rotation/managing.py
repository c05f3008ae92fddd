"""Who manages a team: named on it, active, and a manager by role."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from gamebash.core.db import db
from gamebash.people.models import Person, PersonRole
from gamebash.policy import Permission, Role, is_allowed
from gamebash.rotation.models import Move, TeamManager
from gamebash.rotation.standing import Side


def managers_of(team_ids: Collection[int]) -> dict[int, tuple[Person, ...]]:
    """Return the managers of each of these teams, by name; a team without any is left out. One query."""
    if not team_ids:
        return {}
    query = (
        sa.select(TeamManager.team_id, Person)
        .join(Person, Person.id == TeamManager.person_id)
        .where(TeamManager.team_id.in_(team_ids), Person.is_active, is_manager())
        .order_by(Person.name, Person.id)
        .options(lazyload(Person.role_rows))
    )
    found: dict[int, tuple[Person, ...]] = {}
    for team_id, person in db.session.execute(query):
        found[team_id] = (*found.get(team_id, ()), person)
    return found


def managed_teams(person_id: int) -> frozenset[int]:
    """Return the ids of the teams that a person is named on as manager."""
    query = sa.select(TeamManager.team_id).where(TeamManager.person_id == person_id)
    return frozenset(db.session.scalars(query))


def is_manager() -> sa.ColumnElement[bool]:
    """Return the condition that a person holds the role of manager."""
    return sa.exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.MANAGER)


def sides_of(move: Move) -> dict[Side, int]:
    """Return the teams whose managers are asked about a move; a join has no giving side, a leave no receiving one."""
    teams = {Side.GIVING: move.from_team_id, Side.RECEIVING: move.to_team_id}
    return {side: team_id for side, team_id in teams.items() if team_id is not None}


def speaks_for(move: Move, person: Person) -> bool:
    """Say whether somebody manages one of the teams of a move; a team on which nobody is named is managed by any manager."""
    if not is_allowed(person.roles, Permission.LOG_MOVES):
        return False
    teams = sides_of(move).values()
    named = managers_of(tuple(teams))
    return any(team not in named or person in named[team] for team in teams)
