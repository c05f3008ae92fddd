"""Taking a noise rule that was switched through what is there, some problems at a time."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.models import NoiseRule
from gamebash.backlog.noise_rules import problems_to_go_through
from gamebash.backlog.problems import refresh_problems
from gamebash.core.db import db, release, unit_of_work

PROBLEMS_AT_ONCE = 200


def apply_switched_rules(*, now: datetime) -> bool:
    """Go on with one rule that was switched on or off; says whether there was one. A chore of the worker.

    How far it is stands in the database, so that what a killed worker leaves another one finishes.
    """
    waiting = sa.select(NoiseRule.id).where(NoiseRule.applied_to.is_not(None)).order_by(NoiseRule.id).limit(1)
    rule_id = db.session.scalar(waiting)
    release()
    if rule_id is None:
        return False
    with unit_of_work():
        query = sa.select(NoiseRule).where(NoiseRule.id == rule_id, NoiseRule.applied_to.is_not(None))
        rule = db.session.scalar(query.with_for_update(of=NoiseRule))
        if rule is None:
            return True
        ids = problems_to_go_through(rule, PROBLEMS_AT_ONCE)
        refresh_problems(ids, now=now)
        rule.applied_to = ids[-1] if ids else None
    return True
