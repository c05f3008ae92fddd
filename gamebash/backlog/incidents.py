"""Incidents: what a person decides about one stays, whatever later imports say."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.models import Incident, Problem, RootCause, Source
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.second_person import Deed, Kept, Verb, keep
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError, NotFoundError
from gamebash.people.models import Person

LONGEST = 400


def judge_noise(incident: Incident, *, is_noise: bool, reason: str, by: Person, now: datetime) -> Incident | Kept:
    """Say that nobody should have been woken for an incident, or that they should; it stays counted either way.

    What needs a second person is kept instead, and nothing changes until that one confirms it.

    Raises:
        InvalidError: without a reason.
    """
    if not reason.strip():
        raise InvalidError("Say why: flapping, false alarm, nothing to do, duplicate, or why it was none.")
    if incident.problem_id is not None:
        words = "noise" if is_noise else "no noise"
        deed = Deed(
            Verb.JUDGE,
            frozenset({incident.problem_id}),
            f"{incident.external_id}, {incident.title}: {words}, {reason.strip()}"[:LONGEST],
            {"incident": incident.id, "is_noise": is_noise, "reason": reason},
        )
        if kept := keep(deed, by=by, now=now):
            return kept
    incident.is_noise, incident.noise_reason = is_noise, reason.strip()[:200]
    incident.noise_by_id, incident.noise_at, incident.noise_rule_id = by.id, now, None
    db.session.flush()
    if incident.problem_id is not None:
        refresh_problems([incident.problem_id], now=now)
    tag = "incident:called_noise" if is_noise else "incident:called_real"
    audit.record(tag, incident.external_id, by_id=by.id, now=now, reason=reason.strip())
    return incident


def name_root_cause(problem: Problem, cause: RootCause | None, *, by: Person, now: datetime) -> Problem:
    """Name what had to be different for a problem not to happen."""
    problem.root_cause = cause
    audit.record("problem:cause_named", problem.key, by_id=by.id, now=now, cause=cause.value if cause else "none")
    return problem


def get_incident(source_slug: str, external_id: str) -> Incident:
    """Return an incident by its source and id.

    Raises:
        NotFoundError: where there is none.
    """
    query = (
        sa.select(Incident).join(Incident.source).where(Source.slug == source_slug, Incident.external_id == external_id)
    )
    incident = db.session.scalar(query)
    if incident is None:
        raise NotFoundError(f"There is no incident {external_id} from {source_slug}.")
    return incident


def get_problem(key: str) -> Problem:
    """Return a problem by its key.

    Raises:
        NotFoundError: where there is none.
    """
    problem = db.session.scalar(sa.select(Problem).where(Problem.key == key.upper()))
    if problem is None:
        raise NotFoundError(f"There is no problem {key}.")
    return problem


def incidents_of(problem: Problem, external_ids: Sequence[str]) -> list[Incident]:
    """Return those incidents of a problem that are named."""
    query = sa.select(Incident).where(Incident.problem_id == problem.id, Incident.external_id.in_(external_ids))
    return list(db.session.scalars(query.order_by(Incident.id)))
