"""What people decide about problems: merge, split, move, noise, accept, later, solved. No machine takes any of it back.

A person can, within ten minutes, as long as nothing decided since stands on it. Problems are locked in the order of their
ids, so that two people who merge each other's problems at once get one merge and one refusal.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.models import Decision, DecisionKind, Incident, Problem, ProblemState, RootCause
from gamebash.backlog.problems import refresh_problems
from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.people.models import Person

UNDO_FOR = timedelta(minutes=10)
SETTLED = (ProblemState.SOLVED, ProblemState.ACCEPTED)


class DecisionRefusedError(DomainError):
    """A problem cannot be decided on this way now; the message says how it stands and what to do."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A decision to be kept: what it is about, in words, and what was before."""

    kind: DecisionKind
    problem: Problem
    summary: str
    before: dict[str, Any]
    other: Problem | None = None


def merge_problem(problem: Problem, into: Problem, *, by: Person, now: datetime) -> Decision:
    """Say that two problems have one cause: the incidents of one join the other, and so do those that come.

    Raises:
        DecisionRefusedError: where they are one, or either was merged already.
    """
    problem, into = _locked(problem, into)
    if problem.id == into.id:
        raise DecisionRefusedError(f"{problem.key} is one problem already. Choose another one to merge it into.")
    _refuse_merged(problem)
    _refuse_merged(into)
    moved = _incident_ids(problem)
    followers = list(db.session.scalars(sa.select(Problem.id).where(Problem.merged_into_id == problem.id)))
    _put(moved, into.id)
    db.session.execute(sa.update(Problem).where(Problem.id.in_(followers)).values(merged_into_id=into.id))
    problem.merged_into_id, before = into.id, {**_state(problem), "incidents": moved, "followers": followers}
    problem.triaged_at = now
    made = _Made(DecisionKind.MERGED, problem, f"{problem.title} merged into {into.key}", before, into)
    return _keep(made, by=by, now=now)


def split_problem(
    problem: Problem, incidents: Sequence[Incident], title: str, *, by: Person, now: datetime
) -> Decision:
    """Say that some incidents of a problem have a cause of their own: they become a problem, and stay there.

    Raises:
        InvalidError: without a title or incidents, with all of them, or with some of another problem.
    """
    (problem,) = _locked(problem)
    _refuse_merged(problem)
    ids = sorted(one.id for one in incidents)
    if not ids or not title.strip():
        raise InvalidError("Choose the incidents that have a cause of their own, and say what it does.")
    if any(one.problem_id != problem.id for one in incidents):
        raise InvalidError(f"Not all of these belong to {problem.key}. Open it again and choose anew.")
    if len(ids) == len(_incident_ids(problem)):
        raise InvalidError("These are all its incidents. Leave at least one, or give the problem another title.")
    part = Problem(
        key=f"P-{next_number('problems')}",
        fingerprint=f"split-{secrets.token_hex(8)}",
        why=f"split from {problem.key} by hand",
        title=title.strip()[:300],
        service_id=problem.service_id,
        symptom=problem.symptom,
        state=ProblemState.OPEN,
    )
    db.session.add(part)
    db.session.flush()
    made = _Made(
        DecisionKind.SPLIT, problem, f"{len(ids)} split from {problem.key} as {part.key}", _moved(incidents), part
    )
    _put(ids, part.id, by_hand=True)
    return _keep(made, by=by, now=now)


def move_incidents(incidents: Sequence[Incident], to: Problem, *, by: Person, now: datetime) -> Decision:
    """Say that incidents belong to another problem; they stay there, whatever their source says later.

    Raises:
        InvalidError: without incidents.
        DecisionRefusedError: where the other one was merged.
    """
    if not incidents:
        raise InvalidError("Choose the incidents to move.")
    (to,) = _locked(to)
    _refuse_merged(to)
    made = _Made(DecisionKind.MOVED, to, f"{len(incidents)} moved to {to.key}", _moved(incidents))
    _put(sorted(one.id for one in incidents), to.id, by_hand=True)
    return _keep(made, by=by, now=now)


def call_problem_noise(problem: Problem, reason: str, *, by: Person, now: datetime) -> Decision:
    """Say of all incidents of a problem that nobody should have been woken; what people called real stays real.

    Raises:
        InvalidError: without a reason.
    """
    if not reason.strip():
        raise InvalidError("Say why: flapping, false alarm, nothing to do, poor detail or duplicate.")
    (problem,) = _locked(problem)
    _refuse_merged(problem)
    query = sa.select(Incident.id).where(
        Incident.problem_id == problem.id, Incident.is_noise.is_(False), Incident.noise_by_id.is_(None)
    )
    ids = list(db.session.scalars(query.order_by(Incident.id)))
    verdict = {"is_noise": True, "noise_reason": reason.strip()[:200], "noise_by_id": by.id, "noise_at": now}
    _set(ids, verdict)
    made = _Made(
        DecisionKind.NOISE,
        problem,
        f"{problem.title}: noise, {reason.strip()}"[:400],
        {**_state(problem), "judged": ids},
    )
    problem.triaged_at = now
    return _keep(made, by=by, now=now)


def accept_problem(problem: Problem, *, by: Person, now: datetime) -> Decision:
    """Say that a problem is lived with."""
    (problem,) = _locked(problem)
    _refuse_merged(problem)
    made = _Made(DecisionKind.ACCEPTED, problem, f"{problem.title}: accepted", _state(problem))
    problem.state, problem.triaged_at = ProblemState.ACCEPTED, now
    return _keep(made, by=by, now=now)


def snooze_problem(problem: Problem, until: date, *, by: Person, now: datetime) -> Decision:
    """Put a problem off until a day.

    Raises:
        InvalidError: where the day is not in the future.
    """
    if until <= now.date():
        raise InvalidError("Choose a day from tomorrow on.")
    (problem,) = _locked(problem)
    _refuse_merged(problem)
    made = _Made(DecisionKind.SNOOZED, problem, f"{problem.title}: later, on {until}", _state(problem))
    problem.snoozed_until = until
    return _keep(made, by=by, now=now)


def solve_problem(problem: Problem, *, by: Person, now: datetime) -> Decision:
    """Say that a problem is solved.

    Raises:
        DecisionRefusedError: where nobody named its root cause yet.
    """
    (problem,) = _locked(problem)
    _refuse_merged(problem)
    if problem.root_cause is None or problem.root_cause is RootCause.UNKNOWN:
        raise DecisionRefusedError(f"Name the root cause of {problem.key} first: what nobody understood comes back.")
    if problem.state is ProblemState.SOLVED:
        raise DecisionRefusedError(f"{problem.key} is solved already.")
    made = _Made(DecisionKind.SOLVED, problem, f"{problem.title}: solved", _state(problem))
    problem.state, problem.triaged_at = ProblemState.SOLVED, now
    return _keep(made, by=by, now=now)


def undo_decision(decision: Decision, *, by: Person, now: datetime) -> Decision:
    """Take a decision back.

    Raises:
        DecisionRefusedError: after ten minutes, a second time, or where a later decision stands on it; names that.
    """
    query = sa.select(Decision).where(Decision.id == decision.id).with_for_update(of=Decision)
    decision = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    if decision.undone_at is not None:
        raise DecisionRefusedError(f"That was undone already, at {decision.undone_at:%H:%M} UTC.")
    if now - decision.made_at > UNDO_FOR:
        raise DecisionRefusedError(
            "It is more than ten minutes ago. Decide anew instead: what was decided since may stand on it."
        )
    problems = [one for one in (decision.problem_id, decision.other_id) if one is not None]
    is_about = sa.or_(Decision.problem_id.in_(problems), Decision.other_id.in_(problems))
    later = (
        sa.select(Decision)
        .where(Decision.id > decision.id, Decision.undone_at.is_(None), is_about)
        .order_by(Decision.id)
    )
    if (since := db.session.scalar(later.limit(1))) is not None:
        raise DecisionRefusedError(f"Since then this was decided: {since.summary}. Undo that first.")
    locked = _locked(*db.session.scalars(sa.select(Problem).where(Problem.id.in_(problems))))
    _restore(decision, {one.id: one for one in locked})
    decision.undone_at = now
    db.session.flush()
    refresh_problems(_touched(decision), now=now)
    audit.record("decision:undone", decision.reference, by_id=by.id, now=now, what=decision.summary)
    return decision


def get_decision(reference: str) -> Decision:
    """Return a decision by its reference.

    Raises:
        NotFoundError: where there is none.
    """
    decision = db.session.scalar(sa.select(Decision).where(Decision.reference == reference))
    if decision is None:
        raise NotFoundError("There is no such decision.")
    return decision


def _restore(decision: Decision, problems: dict[int, Problem]) -> None:
    before, problem = decision.before, problems[decision.problem_id]
    if "state" in before:
        problem.state = ProblemState(before["state"])
        problem.triaged_at = datetime.fromisoformat(before["triaged_at"]) if before["triaged_at"] else None
        problem.snoozed_until = date.fromisoformat(before["snoozed_until"]) if before["snoozed_until"] else None
    if decision.kind is DecisionKind.MERGED:
        problem.merged_into_id = None
        _put(before["incidents"], problem.id)
        db.session.execute(
            sa.update(Problem).where(Problem.id.in_(before["followers"])).values(merged_into_id=problem.id)
        )
    if decision.kind is DecisionKind.NOISE:
        nothing = {"is_noise": False, "noise_reason": "", "noise_by_id": None, "noise_at": None}
        _set(before["judged"], nothing)
    for incident_id, problem_id, was_by_hand in before.get("homes", ()):
        _set([incident_id], {"problem_id": problem_id, "is_moved_by_hand": was_by_hand})


def _keep(made: _Made, *, by: Person, now: datetime) -> Decision:
    decision = Decision(
        reference=secrets.token_hex(6),
        kind=made.kind,
        problem_id=made.problem.id,
        other_id=made.other.id if made.other else None,
        made_at=now,
        by_id=by.id,
        summary=made.summary[:400],
        before=made.before,
    )
    db.session.add(decision)
    db.session.flush()
    refresh_problems(_touched(decision), now=now)
    audit.record(f"problem:{made.kind.value}", made.problem.key, by_id=by.id, now=now, what=made.summary)
    return decision


def _touched(decision: Decision) -> set[int]:
    homes = {problem_id for _, problem_id, _ in decision.before.get("homes", ()) if problem_id is not None}
    return homes | {one for one in (decision.problem_id, decision.other_id) if one is not None}


def _locked(*problems: Problem) -> list[Problem]:
    """Return the problems as they are now, locked in the order of their ids."""
    ids = sorted({problem.id for problem in problems})
    query = sa.select(Problem).where(Problem.id.in_(ids)).order_by(Problem.id).with_for_update(of=Problem)
    found = {one.id: one for one in db.session.scalars(query, execution_options={"populate_existing": True})}
    return [found[problem.id] for problem in problems]


def _refuse_merged(problem: Problem) -> None:
    if problem.merged_into is not None:
        raise DecisionRefusedError(f"{problem.key} was merged into {problem.merged_into.key}. Decide there.")


def _state(problem: Problem) -> dict[str, Any]:
    return {
        "state": problem.state.value,
        "triaged_at": problem.triaged_at.isoformat() if problem.triaged_at else None,
        "snoozed_until": problem.snoozed_until.isoformat() if problem.snoozed_until else None,
    }


def _moved(incidents: Sequence[Incident]) -> dict[str, Any]:
    return {"homes": [[one.id, one.problem_id, one.is_moved_by_hand] for one in incidents]}


def _incident_ids(problem: Problem) -> list[int]:
    return list(
        db.session.scalars(sa.select(Incident.id).where(Incident.problem_id == problem.id).order_by(Incident.id))
    )


def _put(ids: Sequence[int], problem_id: int, *, by_hand: bool = False) -> None:
    _set(ids, {"problem_id": problem_id, **({"is_moved_by_hand": True} if by_hand else {})})


def _set(ids: Sequence[int], values: dict[str, Any]) -> None:
    for start in range(0, len(ids), 500):
        some = list(ids[start : start + 500])
        db.session.execute(sa.update(Incident).where(Incident.id.in_(some)).values(**values))
