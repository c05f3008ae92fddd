"""Asking for a plan, changing a row of it, stopping, dropping and approving it. Approval writes the moves into the log."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.lifecycles import next_state
from gamebash.core.rows import lock_row, one_row
from gamebash.people.models import Person
from gamebash.rotation import chain
from gamebash.rotation.models import Team
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.staffing.asking import Asked, faults
from gamebash.staffing.gathering import log_number
from gamebash.staffing.models import RotationPlan
from gamebash.staffing.plan_lifecycle import TRANSITIONS, PlanState
from gamebash.staffing.planner.instance import Edit


class StalePlanError(DomainError):
    """The log moved on after the plan was worked out; the message says by how much and what to do."""


def ask_for_plan(
    asked: Asked, *, by: Person | None, now: datetime, based_on: RotationPlan | None = None
) -> RotationPlan:
    """Ask for a plan; a worker works it out.

    Raises:
        InvalidError: where something cannot be asked; names each thing.
    """
    if found := faults(asked, now.date()):
        raise InvalidError(" ".join(found))
    plan = RotationPlan(
        number=next_number("rotation_plans"), state=PlanState.WAITING, asked=asked.to_document(), made_by=by, made_at=now,
        based_on=based_on,
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    based = based_on.number if based_on else None
    audit.record("rotation_plan:asked", str(plan.number), by_id=by.id if by else None, now=now, based_on=based)
    return plan


def edit_plan(plan: RotationPlan, edit: Edit, *, by: Person, now: datetime) -> RotationPlan:
    """Ask for the same plan with one row fixed by hand; the plan it comes from stays, so that the two can be compared.

    A row fixed before for the same person and date gives way.
    """
    asked = Asked.from_document(plan.asked)
    kept = tuple(one for one in asked.edits if (one.person, one.at) != (edit.person, edit.at))
    return ask_for_plan(replace(asked, edits=(*kept, edit)), by=by, now=now, based_on=plan)


def undo_edit(plan: RotationPlan, number: int, *, by: Person, now: datetime) -> RotationPlan:
    """Ask for the same plan without one of the rows fixed by hand, counted from 0.

    Raises:
        InvalidError: where there is no such row.
    """
    asked = Asked.from_document(plan.asked)
    if not 0 <= number < len(asked.edits):
        raise InvalidError("There is no such row. The page lists those that are fixed.")
    kept = tuple(edit for at, edit in enumerate(asked.edits) if at != number)
    return ask_for_plan(replace(asked, edits=kept), by=by, now=now, based_on=plan)


def ask_again(plan: RotationPlan, *, by: Person, now: datetime) -> RotationPlan:
    """Ask for the same plan on the log as it is by now.

    Raises:
        InvalidError: where its first day is no longer ahead.
    """
    return ask_for_plan(Asked.from_document(plan.asked), by=by, now=now, based_on=plan)


def stop_plan(plan: RotationPlan, *, by: Person, now: datetime) -> RotationPlan:
    """Stop working a plan out.

    Raises:
        WrongStateError: where that is over.
    """
    return _decide(plan, "stop", by=by, now=now)


def drop_plan(plan: RotationPlan, *, by: Person, now: datetime) -> RotationPlan:
    """Put a plan aside; it stays to be read.

    Raises:
        WrongStateError: where it is being worked out, or decided.
    """
    return _decide(plan, "drop", by=by, now=now)


def approve_plan(plan: RotationPlan, *, by: Person, now: datetime) -> RotationPlan:
    """Approve a plan: all its moves are written into the log in this transaction, or none.

    Each person is then asked, as with any planned move. Joiners who have no name yet are not written. Of two managers at
    once the second is told that it is approved.

    Raises:
        WrongStateError: where it is no draft any more.
        StalePlanError: where a move was logged after the plan was worked out.
        DomainError: where a move would be refused; then none is written.
    """
    plan = lock_row(RotationPlan, plan.id)
    state = next_state(TRANSITIONS, plan.state, "approve", f"Plan {plan.number}")
    chain.lock_log()
    if log_number() != plan.log_number:
        raise StalePlanError(
            f"Moves were logged after plan {plan.number} was worked out (move {log_number()} is the last). "
            "Work it out again, then approve what comes of it."
        )
    asked, moves = Asked.from_document(plan.asked), (plan.found or {})["moves"]
    written = [_log(plan, asked, move, by=by, now=now) for move in moves if move["person"] > 0]
    plan.state, plan.decided_by, plan.decided_at = state, by, now
    audit.record("rotation_plan:approved", str(plan.number), by_id=by.id, now=now, moves=written)
    return plan


def get_plan(number: int) -> RotationPlan:
    """Return a plan by its number.

    Raises:
        NotFoundError: where there is none.
    """
    missing = f"There is no plan {number}. All plans are listed under Plans."
    return one_row(sa.select(RotationPlan).where(RotationPlan.number == number), missing)


def _log(plan: RotationPlan, asked: Asked, move: dict[str, Any], *, by: Person, now: datetime) -> int:
    person = db.session.get_one(Person, move["person"])
    # The log is read by everybody: it names the plan, and nothing of what anybody wishes.
    draft = MoveDraft(_team(move["from"]), _team(move["to"]), asked.dates[move["at"]], f"Rotation plan {plan.number}")
    return log_move(person, draft, by=by, now=now).number


def _team(team_id: int | None) -> Team | None:
    return db.session.get_one(Team, team_id) if team_id is not None else None


def _decide(plan: RotationPlan, verb: str, *, by: Person, now: datetime) -> RotationPlan:
    plan = lock_row(RotationPlan, plan.id)
    plan.state = next_state(TRANSITIONS, plan.state, verb, f"Plan {plan.number}")
    plan.decided_by, plan.decided_at, plan.leased_until = by, now, None
    audit.record(f"rotation_plan:{verb}", str(plan.number), by_id=by.id, now=now)
    return plan
