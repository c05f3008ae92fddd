"""What people decide about problems: merge, split, move, noise, accept, later, solved. No machine takes any of it back.

A person can, within ten minutes, as long as nothing decided since stands on it. What needs a second person is kept instead of
made (``second_person``). Problems are locked in the order of their
ids, so that two people who merge each other's problems at once get one merge and one refusal.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gamebash.backlog import followers
from gamebash.backlog.models import Decision, DecisionKind, Incident, Problem, ProblemState, RootCause
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.second_person import Deed, Kept, Verb, keep
from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.people.models import Person

IN_WORK = (ProblemState.BEING_FIXED, ProblemState.WATCHED)


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


def merge_problem(problem: Problem, into: Problem, *, by: Person, now: datetime) -> Decision | Kept:
    """Say that two problems have one cause: the incidents of one join the other, and so do those that come.

    Raises:
        DecisionRefusedError: where they are one, either was merged already, or both have an open story.
    """
    problem, into = lock_problems(problem, into)
    if problem.id == into.id:
        raise DecisionRefusedError(f"{problem.key} is one problem already. Choose another one to merge it into.")
    _refuse_merged(problem)
    _refuse_merged(into)
    summary, content = f"{problem.title} merged into {into.key}", {"problem": problem.key, "into": into.key}
    if kept := keep(Deed(Verb.MERGE, frozenset({problem.id, into.id}), summary, content), by=by, now=now):
        return kept
    moved = _incident_ids(problem)
    members = list(db.session.scalars(sa.select(Problem.id).where(Problem.merged_into_id == problem.id)))
    before = {
        **_state(problem),
        "incidents": moved,
        "followers": members,
        "newest": db.session.scalar(sa.select(sa.func.max(Incident.id))) or 0,
        "into_state": into.state.value,
        "into_triaged_at": into.triaged_at.isoformat() if into.triaged_at else None,
        "followed": followers.tell_merged(problem, into),
    }
    _put(moved, into.id)
    db.session.execute(sa.update(Problem).where(Problem.id.in_(members)).values(merged_into_id=into.id))
    if problem.state in IN_WORK and into.state is ProblemState.OPEN:
        into.state = problem.state
    before["into_state_after"] = into.state.value
    problem.merged_into_id, problem.triaged_at = into.id, now
    made = _Made(DecisionKind.MERGED, problem, summary, before, into)
    return _keep(made, by=by, now=now)


def split_problem(
    problem: Problem, incidents: Sequence[Incident], title: str, *, by: Person, now: datetime
) -> Decision | Kept:
    """Say that some incidents of a problem have a cause of their own: they become a problem, and stay there.

    Raises:
        InvalidError: without a title or incidents, with all of them, or with some of another problem.
    """
    (problem,) = lock_problems(problem)
    _refuse_merged(problem)
    ids = _reread(incidents)
    if not ids or not title.strip():
        raise InvalidError("Choose the incidents that have a cause of their own, and say what it does.")
    if any(one.problem_id != problem.id for one in incidents):
        raise InvalidError(f"Not all of these belong to {problem.key}. Open it again and choose anew.")
    if len(ids) == len(_incident_ids(problem)):
        raise InvalidError("These are all its incidents. Leave at least one, or give the problem another title.")
    content = {"problem": problem.key, "incidents": ids, "title": title}
    wanted = f"{len(ids)} split from {problem.key}: {title.strip()}"
    if kept := keep(Deed(Verb.SPLIT, frozenset({problem.id}), wanted, content), by=by, now=now):
        return kept
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


def move_incidents(incidents: Sequence[Incident], to: Problem, *, by: Person, now: datetime) -> Decision | Kept:
    """Say that incidents belong to another problem; they stay there, whatever their source says later.

    Raises:
        InvalidError: without incidents, or with some of several problems.
        DecisionRefusedError: where the other one was merged, or they are there already.
    """
    if not incidents:
        raise InvalidError("Choose the incidents to move.")
    home = _one_home(incidents)
    to, home = lock_problems(to, home)
    _refuse_merged(to)
    ids = _reread(incidents)
    if to.id == home.id or any(one.problem_id != home.id for one in incidents):
        where = f"are in {to.key} already" if to.id == home.id else f"are not all in {home.key} any more"
        raise DecisionRefusedError(f"They {where}. Open {home.key} again and choose anew.")
    summary = f"{len(incidents)} moved from {home.key} to {to.key}"
    deed = Deed(Verb.MOVE, frozenset({home.id, to.id}), summary, {"incidents": ids, "to": to.key})
    if kept := keep(deed, by=by, now=now):
        return kept
    made = _Made(DecisionKind.MOVED, to, summary, _moved(incidents), home)
    _put(ids, to.id, by_hand=True)
    return _keep(made, by=by, now=now)


def call_problem_noise(problem: Problem, reason: str, *, by: Person, now: datetime) -> Decision | Kept:
    """Say of all incidents of a problem that nobody should have been woken; what people called real stays real.

    Raises:
        InvalidError: without a reason.
    """
    if not reason.strip():
        raise InvalidError("Say why: flapping, false alarm, nothing to do, poor detail or duplicate.")
    (problem,) = lock_problems(problem)
    _refuse_merged(problem)
    summary = f"{problem.title}: noise, {reason.strip()}"[:400]
    if kept := _kept(Verb.NOISE, problem, summary, {"reason": reason}, by=by, now=now):
        return kept
    query = sa.select(Incident.id).where(
        Incident.problem_id == problem.id, Incident.is_noise.is_(False), Incident.noise_by_id.is_(None)
    )
    ids = list(db.session.scalars(query.order_by(Incident.id)))
    verdict = {"is_noise": True, "noise_reason": reason.strip()[:200], "noise_by_id": by.id, "noise_at": now}
    set_incidents(ids, verdict)
    made = _Made(
        DecisionKind.NOISE,
        problem,
        summary,
        {**_state(problem), "judged": ids},
    )
    problem.triaged_at = now
    return _keep(made, by=by, now=now)


def accept_problem(problem: Problem, *, by: Person, now: datetime) -> Decision | Kept:
    """Say that a problem is lived with.

    Raises:
        DecisionRefusedError: while somebody is on it, or where it was merged.
    """
    (problem,) = lock_problems(problem)
    _refuse_merged(problem)
    if problem.state in IN_WORK:
        raise DecisionRefusedError(
            f"{problem.key} is {state_words(problem)}. Wait for its story, or let go of that first."
        )
    if kept := _kept(Verb.ACCEPT, problem, f"{problem.title}: accepted", {}, by=by, now=now):
        return kept
    made = _Made(DecisionKind.ACCEPTED, problem, f"{problem.title}: accepted", _state(problem))
    problem.state, problem.triaged_at = ProblemState.ACCEPTED, now
    return _keep(made, by=by, now=now)


def snooze_problem(problem: Problem, until: date, *, by: Person, now: datetime) -> Decision | Kept:
    """Put a problem off until a day.

    Raises:
        InvalidError: where the day is not in the future.
    """
    if until <= now.date():
        raise InvalidError("Choose a day from tomorrow on.")
    (problem,) = lock_problems(problem)
    _refuse_merged(problem)
    if kept := _kept(
        Verb.SNOOZE, problem, f"{problem.title}: later, on {until}", {"until": str(until)}, by=by, now=now
    ):
        return kept
    made = _Made(DecisionKind.SNOOZED, problem, f"{problem.title}: later, on {until}", _state(problem))
    problem.snoozed_until = until
    return _keep(made, by=by, now=now)


def solve_problem(problem: Problem, *, by: Person, now: datetime) -> Decision | Kept:
    """Say that a problem is solved.

    Raises:
        DecisionRefusedError: where nobody named its root cause yet, or somebody is on it.
    """
    (problem,) = lock_problems(problem)
    _refuse_merged(problem)
    if problem.root_cause is None or problem.root_cause is RootCause.UNKNOWN:
        raise DecisionRefusedError(f"Name the root cause of {problem.key} first: what nobody understood comes back.")
    if problem.state in {ProblemState.SOLVED, ProblemState.BEING_FIXED}:
        what = (
            "Nothing to do" if problem.state is ProblemState.SOLVED else "Wait for its story, or let go of that first"
        )
        raise DecisionRefusedError(f"{problem.key} is {state_words(problem)}. {what}.")
    if kept := _kept(Verb.SOLVE, problem, f"{problem.title}: solved", {}, by=by, now=now):
        return kept
    made = _Made(DecisionKind.SOLVED, problem, f"{problem.title}: solved", _state(problem))
    problem.state, problem.triaged_at = ProblemState.SOLVED, now
    return _keep(made, by=by, now=now)


def note_story(problem: Problem, *, now: datetime) -> None:
    """Count a problem as decided since a story about it is proposed.

    Raises:
        DecisionRefusedError: where it was merged.
    """
    (problem,) = lock_problems(problem)
    _refuse_merged(problem)
    problem.triaged_at = now


def note_dropped_story(problem: Problem) -> None:
    """Let a problem wait for a decision again since the story about it is dropped."""
    (problem,) = lock_problems(problem)
    problem.triaged_at = None


def _kept(  # noqa: PLR0913  (one line at each of four places)
    verb: Verb, problem: Problem, summary: str, content: dict[str, Any], *, by: Person, now: datetime
) -> Kept | None:
    """Keep a decision about one problem that needs a second person."""
    return keep(Deed(verb, frozenset({problem.id}), summary, {"problem": problem.key, **content}), by=by, now=now)


def _keep(made: _Made, *, by: Person, now: datetime) -> Decision:
    decision = Decision(
        reference=secrets.token_hex(6),
        kind=made.kind,
        problem_id=made.problem.id,
        other_id=made.other.id if made.other else None,
        made_at=now,
        by_id=by.id,
        summary=made.summary[:400],
        before={**made.before, "state_after": made.problem.state.value} if "state" in made.before else made.before,
    )
    db.session.add(decision)
    db.session.flush()
    refresh_problems(touched_by(decision), now=now)
    audit.record(f"problem:{made.kind.value}", made.problem.key, by_id=by.id, now=now, what=made.summary)
    return decision


def touched_by(decision: Decision) -> set[int]:
    """Return the problems whose incidents a decision changed."""
    homes = {problem_id for _, problem_id, _ in decision.before.get("homes", ()) if problem_id is not None}
    return homes | {one for one in (decision.problem_id, decision.other_id) if one is not None}


def lock_problems(*problems: Problem) -> list[Problem]:
    """Return the problems as they are now, locked in the order of their ids."""
    ids = sorted({problem.id for problem in problems})
    # The lock that arrivals take too. A stronger one would wait for their references, and they for it.
    query = sa.select(Problem).where(Problem.id.in_(ids)).order_by(Problem.id)
    query = query.with_for_update(of=Problem, key_share=True)
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


def _reread(incidents: Sequence[Incident]) -> list[int]:
    """Hold incidents and read where they are now; return their ids."""
    ids = sorted(one.id for one in incidents)
    query = sa.select(Incident).where(Incident.id.in_(ids)).order_by(Incident.id).with_for_update(of=Incident)
    db.session.scalars(query, execution_options={"populate_existing": True}).all()
    return ids


def _one_home(incidents: Sequence[Incident]) -> Problem:
    homes = {one.problem_id: one.problem for one in incidents}
    home = next(iter(homes.values()))
    if len(homes) != 1 or home is None:
        raise InvalidError("Choose incidents of one problem at a time.")
    return home


def state_words(problem: Problem) -> str:
    """Return how a problem stands, in words."""
    return problem.state.value.replace("_", " ")


def _incident_ids(problem: Problem) -> list[int]:
    return list(
        db.session.scalars(sa.select(Incident.id).where(Incident.problem_id == problem.id).order_by(Incident.id))
    )


def _put(ids: Sequence[int], problem_id: int, *, by_hand: bool = False) -> None:
    set_incidents(ids, {"problem_id": problem_id, **({"is_moved_by_hand": True} if by_hand else {})})


def set_incidents(ids: Sequence[int], values: dict[str, Any], where: sa.ColumnElement[bool] | None = None) -> None:
    """Set values of incidents, some at a time; where there is a condition, of those only for which it holds."""
    for start in range(0, len(ids), 500):
        some = sa.update(Incident).where(Incident.id.in_(list(ids[start : start + 500])))
        db.session.execute((some if where is None else some.where(where)).values(**values))
