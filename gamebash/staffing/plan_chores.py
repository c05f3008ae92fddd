"""Working plans out beside the pages: one at a time under a lease, with progress, until stopped."""

import time
from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, release, unit_of_work
from gamebash.staffing.answering import answer
from gamebash.staffing.asking import Asked
from gamebash.staffing.gathering import Gathered, gather
from gamebash.staffing.models import RotationPlan
from gamebash.staffing.plan_lifecycle import PlanState
from gamebash.staffing.planner.solve import Outcome, Progress

LEASE = timedelta(minutes=5)
TOLD_EVERY_SECONDS = 2.0


def work_off_plans(*, now: datetime) -> bool:
    """Work out the plan that waits longest, or that another worker left behind; says whether there was one."""
    plan_id = _take(now)
    if plan_id is None:
        return False
    gathered = gather(Asked.from_document(db.session.get_one(RotationPlan, plan_id).asked))
    # Solving takes seconds to minutes: no lock and no snapshot is held meanwhile.
    release()
    outcome, found = answer(gathered.instance, _Teller(plan_id).tell)
    with unit_of_work():
        plan = db.session.scalars(sa.select(RotationPlan).where(RotationPlan.id == plan_id).with_for_update()).one()
        if plan.state is PlanState.SOLVING:
            keep_answer(plan, gathered, outcome, found, now=clock.now())
    return True


def work_out_now(plan: RotationPlan, *, now: datetime) -> RotationPlan:
    """Work a plan out in the present transaction; for seeds and small plans, since nothing else is done meanwhile."""
    gathered = gather(Asked.from_document(plan.asked))
    outcome, found = answer(gathered.instance)
    keep_answer(plan, gathered, outcome, found, now=now)
    return plan


def keep_answer(
    plan: RotationPlan, gathered: Gathered, outcome: Outcome, found: dict[str, object], *, now: datetime
) -> None:
    """Keep what was found; ``log_number`` says on which log."""
    states = {
        Outcome.INFEASIBLE: PlanState.IMPOSSIBLE,
        Outcome.CANCELLED: PlanState.STOPPED,
        Outcome.OUT_OF_TIME: PlanState.STOPPED,
    }
    plan.state = states.get(outcome, PlanState.DRAFT)
    plan.found, plan.log_number = found, gathered.log_number
    plan.finished_at, plan.leased_until, plan.progress = now, None, None


def _take(now: datetime) -> int | None:
    is_left = sa.and_(RotationPlan.state == PlanState.SOLVING, RotationPlan.leased_until < now)
    is_due = sa.or_(RotationPlan.state == PlanState.WAITING, is_left)
    plan_id = db.session.scalar(sa.select(RotationPlan.id).where(is_due).order_by(RotationPlan.id).limit(1))
    release()
    if plan_id is None:
        return None
    with unit_of_work():
        taken = sa.update(RotationPlan).where(RotationPlan.id == plan_id, is_due)
        taken = taken.values(state=PlanState.SOLVING, leased_until=now + LEASE)
        done = db.session.execute(taken.execution_options(synchronize_session=False))
        return plan_id if done.rowcount == 1 else None  # type: ignore[attr-defined]


class _Teller:
    """Writes down how far the search is, now and then, and hears whether somebody stopped it."""

    def __init__(self, plan_id: int) -> None:
        self._plan_id, self._told_at, self._goes_on = plan_id, time.monotonic(), True

    def tell(self, progress: Progress) -> bool:
        """Say whether the search is to go on."""
        if self._goes_on and time.monotonic() - self._told_at >= TOLD_EVERY_SECONDS:
            self._told_at = time.monotonic()
            with unit_of_work():
                still = sa.update(RotationPlan).where(
                    RotationPlan.id == self._plan_id, RotationPlan.state == PlanState.SOLVING
                )
                values = {"progress": asdict(progress), "leased_until": clock.now() + LEASE}
                done = db.session.execute(still.values(**values).execution_options(synchronize_session=False))
                self._goes_on = done.rowcount == 1  # type: ignore[attr-defined]
        return self._goes_on
