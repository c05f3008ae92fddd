"""Single things by their public names, and the choices that forms offer."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.rows import one_row
from gamebash.people.models import Person
from gamebash.rotation.managing import is_manager
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Move, Team

MOST_OFFERED = 400


def get_team(code: str) -> Team:
    """Return a team by its code, however it is written.

    Raises:
        NotFoundError: where no team has it.
    """
    missing = f"No team has the code {code}. The list of teams has them all."
    return one_row(sa.select(Team).where(Team.code == code.upper()), missing)


def get_led_team(code: str) -> Team:
    """Return a team by its code together with its managers and product owner, in one query.

    Raises:
        NotFoundError: where no team has it.
    """
    led = (
        joinedload(Team.managers).lazyload(Person.role_rows),
        joinedload(Team.product_owner).lazyload(Person.role_rows),
    )
    team: Team | None = (
        db.session.scalars(sa.select(Team).where(Team.code == code.upper()).options(*led)).unique().one_or_none()
    )
    return team or get_team(code)


def get_move(number: int) -> Move:
    """Return a move by its number in the log.

    Raises:
        NotFoundError: where there is none.
    """
    return one_row(sa.select(Move).where(Move.number == number), f"There is no move {number} in the log.")


def list_teams() -> tuple[Team, ...]:
    """Return all teams, active ones first, by kind and code."""
    query = sa.select(Team).order_by(Team.is_active.desc(), Team.kind, Team.code)
    return tuple(db.session.scalars(query))


def team_badges() -> dict[int, TeamBadge]:
    """Return all teams as they are shown, by id."""
    return {team.id: badge(team) for team in list_teams()}


def team_choices(teams: Iterable[TeamBadge]) -> tuple[tuple[str, str], ...]:
    """Return what a filter by team offers."""
    return ("", "All teams"), *((team.code, f"{team.code} {team.name}") for team in teams)


def people_choices() -> tuple[tuple[str, str], ...]:
    """Return handle and name of everybody who is active, by name."""
    query = sa.select(Person.handle, Person.name).where(Person.is_active).order_by(Person.name, Person.id)
    return tuple((handle, name) for handle, name in db.session.execute(query))


def offered_people() -> tuple[tuple[str, str], ...] | None:
    """Return whom a form offers to choose from; None where there are so many that one types a handle instead."""
    query = sa.select(Person.handle, Person.name).where(Person.is_active).order_by(Person.name, Person.id)
    rows = db.session.execute(query.limit(MOST_OFFERED + 1)).all()
    return tuple((handle, name) for handle, name in rows) if len(rows) <= MOST_OFFERED else None


def manager_choices() -> tuple[tuple[str, str], ...]:
    """Return handle and name of everybody active who is a manager by role, by name."""
    query = sa.select(Person.handle, Person.name).where(Person.is_active, is_manager())
    return tuple((handle, name) for handle, name in db.session.execute(query.order_by(Person.name, Person.id)))


def people_by_handle(handles: Collection[str]) -> tuple[Person, ...]:
    """Return the people with these handles, by name."""
    query = sa.select(Person).where(Person.handle.in_(handles)).order_by(Person.name, Person.id)
    return tuple(db.session.scalars(query))
