"""Taking decisions back: by people only, within ten minutes, and only the latest about a problem."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.backlog import followers
from gamebash.backlog.decisions import (
    DecisionRefusedError,
    lock_problems,
    set_incidents,
    state_words,
    touched_by,
)
from gamebash.backlog.models import Decision, DecisionKind, Incident, Problem, ProblemState, Source
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.regrouping import put_where_they_belong
from gamebash.backlog.second_person import is_needed
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.rows import lock_row, one_row
from gamebash.people.models import Person

UNDO_FOR = timedelta(minutes=10)


def undo_decision(decision: Decision, *, by: Person, now: datetime) -> Decision:
    """Take a decision back.

    Raises:
        DecisionRefusedError: after ten minutes, a second time, where a later decision stands on it, which it names, or where
            somebody else has to do it, because the fix of its problem is watched.
    """
    problems = [one for one in (decision.problem_id, decision.other_id) if one is not None]
    # Problems first, as whoever decides does, so that two at once do not wait for each other.
    locked = {
        one.id: one for one in lock_problems(*db.session.scalars(sa.select(Problem).where(Problem.id.in_(problems))))
    }
    decision = lock_row(Decision, decision.id)
    if decision.undone_at is not None:
        raise DecisionRefusedError(f"That was undone already, at {decision.undone_at:%H:%M} UTC.")
    if now - decision.made_at > UNDO_FOR:
        raise DecisionRefusedError(
            "It is more than ten minutes ago. Decide anew instead: what was decided since may stand on it."
        )
    is_about = sa.or_(Decision.problem_id.in_(problems), Decision.other_id.in_(problems))
    later = (
        sa.select(Decision)
        .where(Decision.id > decision.id, Decision.undone_at.is_(None), is_about)
        .order_by(Decision.id)
    )
    if (since := db.session.scalar(later.limit(1))) is not None:
        raise DecisionRefusedError(f"Since then this was decided: {since.summary}. Undo that first.")
    if is_needed(touched_by(decision), by, now=now):
        raise DecisionRefusedError(
            "You had a part in a fix that is watched now, so this is for somebody outside your squad to undo."
        )
    _refuse_moved_on(decision, locked)
    arrived = _restore(decision, locked, now=now)
    decision.undone_at = now
    db.session.flush()
    refresh_problems(touched_by(decision) | arrived, now=now)
    audit.record("decision:undone", decision.reference, by_id=by.id, now=now, what=decision.summary)
    return decision


def get_decision(reference: str) -> Decision:
    """Return a decision by its reference.

    Raises:
        NotFoundError: where there is none.
    """
    return one_row(sa.select(Decision).where(Decision.reference == reference), "There is no such decision.")


def _refuse_moved_on(decision: Decision, problems: dict[int, Problem]) -> None:
    """Refuse where the work on a problem went on since: its state is no longer what the decision left."""
    before = decision.before
    left = {decision.problem_id: before.get("state_after"), decision.other_id: before.get("into_state_after")}
    for problem in problems.values():
        if left.get(problem.id) not in {None, problem.state.value}:
            raise DecisionRefusedError(
                f"{problem.key} went on since: it is {state_words(problem)}. Decide anew instead."
            )


def _restore(decision: Decision, problems: dict[int, Problem], *, now: datetime) -> frozenset[int]:
    """Put back what was before; return the problems that incidents which came since belong to."""
    before, problem = decision.before, problems[decision.problem_id]
    if "state" in before:
        problem.state = ProblemState(before["state"])
        problem.triaged_at = datetime.fromisoformat(before["triaged_at"]) if before["triaged_at"] else None
        problem.snoozed_until = date.fromisoformat(before["snoozed_until"]) if before["snoozed_until"] else None
    if decision.kind is DecisionKind.NOISE:
        nothing = {"is_noise": False, "noise_reason": "", "noise_by_id": None, "noise_at": None}
        set_incidents(before["judged"], nothing, Incident.noise_at == decision.made_at)
    other = problems.get(decision.other_id or 0)
    for incident_id, problem_id, was_by_hand in before.get("homes", ()):
        there = other if decision.kind is DecisionKind.SPLIT else problem
        home = {"problem_id": problem_id, "is_moved_by_hand": was_by_hand}
        set_incidents([incident_id], home, Incident.problem_id == (there or problem).id)
    if other is None:
        return frozenset()
    if decision.kind is DecisionKind.SPLIT:
        other.merged_into_id, other.triaged_at = problem.id, now
    return _unmerge(before, problem, other) if decision.kind is DecisionKind.MERGED else frozenset()


def _unmerge(before: dict[str, Any], problem: Problem, into: Problem) -> frozenset[int]:
    """Let a merged problem stand by itself again; what came since goes where it would have gone."""
    problem.merged_into_id, into.state = None, ProblemState(before["into_state"])
    into.triaged_at = datetime.fromisoformat(before["into_triaged_at"]) if before["into_triaged_at"] else None
    set_incidents(before["incidents"], {"problem_id": problem.id}, Incident.problem_id == into.id)
    members = sa.update(Problem).where(Problem.id.in_(before["followers"]))
    db.session.execute(members.values(merged_into_id=problem.id))
    followers.tell_unmerged(problem, into, before["followed"])
    since = sa.select(Incident).where(
        Incident.problem_id == into.id, Incident.id > before["newest"], Incident.is_moved_by_hand.is_(False)
    )
    touched: frozenset[int] = frozenset()
    sources = sa.select(Source).where(Source.id.in_(since.with_only_columns(Incident.source_id)))
    for source in db.session.scalars(sources).all():
        arrived = db.session.scalars(since.where(Incident.source_id == source.id).order_by(Incident.id)).all()
        touched |= put_where_they_belong(source, arrived)
    return touched
