"""Creating, changing and retiring teams, and naming their product owner."""

import re
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError
from gamebash.people.models import Person
from gamebash.policy import Role
from gamebash.rotation.kinds import COLOURS, TeamKind
from gamebash.rotation.membership import is_standing, people_on
from gamebash.rotation.models import Crest, Move, Team

MOST_WEEKS = 520
CODE = re.compile(r"[A-Z][A-Z0-9]{2}")


class TakenTeamNameError(DomainError):
    """Another team has the code or the name."""


class StaffedTeamError(DomainError):
    """The team has people, or people who will come, so it cannot be retired."""


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """How a team is to be: its code of three letters or digits is how everybody calls it.

    ``managers`` say yes to who comes and goes; a tour should last from ``min_weeks`` to ``max_weeks``, 0 for no limit.
    """

    code: str
    name: str
    kind: TeamKind
    crest: Crest
    colour: str = "ops"
    division: str = ""
    product_owner: Person | None = None
    managers: tuple[Person, ...] = ()
    min_weeks: int = 0
    max_weeks: int = 0


def create_team(draft: TeamDraft, *, by: Person | None, now: datetime) -> Team:
    """Found a team.

    Raises:
        InvalidError: where the code, the name or the colour cannot be used.
        TakenTeamNameError: where another team, active or retired, has the code or the name.
    """
    team = Team(is_active=True, created_at=now)
    _shape(team, draft)
    audit.record("team:created", team.code, by_id=by.id if by else None, now=now, name=team.name)
    return team


def change_team(team: Team, draft: TeamDraft, *, by: Person | None, now: datetime) -> Team:
    """Give a team another name, code, crest, colour, division, product owner or kind.

    Raises:
        InvalidError: where the code, the name or the colour cannot be used.
        TakenTeamNameError: where another team has the code or the name.
    """
    before = team.code
    _shape(team, draft)
    audit.record("team:changed", team.code, by_id=by.id if by else None, now=now, was=before, name=team.name)
    return team


def name_product_owner(team: Team, owner: Person | None, *, by: Person | None, now: datetime) -> Team:
    """Name who decides about a team's unplanned work beyond the reserve; None leaves it open."""
    team.product_owner = owner
    db.session.flush()
    handle = owner.handle if owner else None
    audit.record("team:owner_named", team.code, by_id=by.id if by else None, now=now, owner=handle)
    return team


def retire_team(team: Team, *, by: Person | None, now: datetime) -> Team:
    """Close a team whose people have all moved on. Its past stays in the log.

    Raises:
        StaffedTeamError: where people are in it, or are due to come.
        InvalidError: where it is retired already.
    """
    locked = sa.select(Team.is_active).where(Team.id == team.id).with_for_update()
    if not db.session.scalars(locked).one():
        message = f"{team.name} is retired already."
        raise InvalidError(message)
    _refuse_staffed(team, now.date())
    team.is_active = False
    db.session.flush()
    audit.record("team:retired", team.code, by_id=by.id if by else None, now=now)
    return team


def _refuse_staffed(team: Team, today: date) -> None:
    names = [member.name for member in people_on(team.id, today)]
    if names:
        others = f" and {len(names) - 1} more are" if len(names) > 1 else " is"
        message = f"{names[0]}{others} in {team.code}. Log their moves first, then retire the team."
        raise StaffedTeamError(message)
    due = db.session.scalar(
        sa.select(Move).where(Move.to_team_id == team.id, Move.effective_on > today, is_standing()).limit(1)
    )
    if due:
        message = f"{due.person.name} is due to come to {team.code} (move {due.number}). Take that move out first."
        raise StaffedTeamError(message)


def _shape(team: Team, draft: TeamDraft) -> None:
    code, name = draft.code.strip().upper(), draft.name.strip()
    if not CODE.fullmatch(code):
        message = "A team's code is a letter and two more letters or digits, such as CHK."
        raise InvalidError(message)
    if not name:
        message = "A team needs a name."
        raise InvalidError(message)
    if draft.colour not in COLOURS:
        message = f"There is no team colour {draft.colour}. Choose one of {', '.join(COLOURS)}."
        raise InvalidError(message)
    _check_leading(draft)
    try:
        with db.session.begin_nested():
            team.min_weeks, team.max_weeks, team.managers = draft.min_weeks, draft.max_weeks, list(draft.managers)
            team.code, team.name, team.kind, team.crest = code, name, draft.kind, draft.crest
            team.colour, team.division, team.product_owner = draft.colour, draft.division.strip(), draft.product_owner
            db.session.add(team)
    except sa.exc.IntegrityError as error:
        raise _taken(error, code, name) from error


def _check_leading(draft: TeamDraft) -> None:
    """Refuse managers without the role, and limits that no tour could keep."""
    for person in draft.managers:
        if Role.MANAGER not in person.roles:
            raise InvalidError(f"{person.name} is no manager by role. An admin can make them one.")
    if draft.min_weeks < 0 or draft.max_weeks < 0 or draft.max_weeks > MOST_WEEKS:
        raise InvalidError(f"The limits of a tour are weeks, from 0 (no limit) to {MOST_WEEKS}.")
    if draft.max_weeks and draft.min_weeks > draft.max_weeks:
        message = (
            f"A tour cannot last at least {draft.min_weeks} and at most {draft.max_weeks} weeks. Change one of them."
        )
        raise InvalidError(message)


def _taken(error: sa.exc.IntegrityError, code: str, name: str) -> Exception:
    for constraint in db.metadata.tables["teams"].constraints:
        if isinstance(constraint, sa.UniqueConstraint) and is_violation_of(error, constraint):
            what = f"the code {code}" if "code" in constraint.columns else f"the name {name}"
            return TakenTeamNameError(f"Another team has {what}. Choose one that is free; retired teams keep theirs.")
    return error
