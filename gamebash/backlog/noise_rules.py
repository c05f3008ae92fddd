"""Noise rules: written, tried on the past, switched on and off; and the marks they leave on incidents.

Marks are set wherever the incidents of a problem are counted anew, for all incidents of the problem at once, so that they
do not depend on the order in which incidents came. A person's verdict is never touched. Of two rules the older one marks.
A rule past its last day marks nothing new, and what it marked stays.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.backlog.models import Incident, NoiseRule, Problem, RuleState, Service
from gamebash.backlog.second_person import Deed, Kept, Verb, keep_always, kept_from
from gamebash.backlog.severity import Severity
from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.rows import lock_row, one_row
from gamebash.core.sql_times import minutes_before, minutes_between
from gamebash.people.models import Person

SEVERE = (Severity.SEV1, Severity.SEV2)
MOST_MINUTES = 7 * 24 * 60


class RuleRefusedError(DomainError):
    """A rule cannot be changed this way now; the message says why."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule looks for. ``title`` is a part of the title, in which ``*`` stands for anything."""

    service: Service | None = None
    title: str = ""
    severities: tuple[Severity, ...] = ()
    shorter_minutes: int | None = None
    repeats_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """What a rule is called, why such incidents are noise, and the last day on which it marks."""

    name: str
    reason: str
    expires_on: date | None = None


def write_rule(wording: Wording, conditions: Conditions, *, by: Person, now: datetime) -> NoiseRule:
    """Write a rule as a draft, which marks nothing yet.

    Raises:
        InvalidError: where it has no name, reason or condition, or ends in the past.
    """
    if not wording.name.strip() or not wording.reason.strip():
        raise InvalidError("Give the rule a name, and say why such incidents are noise.")
    if wording.expires_on is not None and wording.expires_on <= now.date():
        raise InvalidError("The last day has to be in the future.")
    _check(conditions)
    rule = NoiseRule(
        key=f"N-{next_number('noise_rules')}",
        name=wording.name.strip()[:120],
        reason=wording.reason.strip()[:200],
        state=RuleState.DRAFT,
        service_id=conditions.service.id if conditions.service else None,
        title_pattern=conditions.title.strip()[:200],
        severities=sorted(one.value for one in conditions.severities),
        shorter_minutes=conditions.shorter_minutes,
        repeats_minutes=conditions.repeats_minutes,
        owner_id=by.id,
        created_at=now,
        expires_on=wording.expires_on,
    )
    db.session.add(rule)
    db.session.flush()
    audit.record("rule:written", rule.key, by_id=by.id, now=now)
    return rule


def switch_on(rule: NoiseRule, *, knows_severe: bool, by: Person, now: datetime) -> NoiseRule | Kept:
    """Switch a rule on; a worker then goes through what is there.

    A rule that could hide incidents of a problem on which its writer decides nothing alone is kept until somebody confirms it.

    Raises:
        RuleRefusedError: where it is on, has ended, or would hide sev1 or sev2 incidents and nobody said that this is known.
    """
    rule = lock_row(NoiseRule, rule.id)
    if rule.state is RuleState.ACTIVE:
        raise RuleRefusedError(f"{rule.key} is on already.")
    if rule.expires_on is not None and rule.expires_on < now.date():
        raise RuleRefusedError(f"{rule.key} ended on {rule.expires_on}. Write it anew with a later day.")
    severe = count_severe(rule)
    if severe and not knows_severe:
        raise RuleRefusedError(
            f"{rule.key} would have hidden {severe} sev1 or sev2 incidents. Narrow it, or confirm that they were noise."
        )
    if reached := _reached(rule, kept_from(by, before_deploy=True, now=now)):
        content = {"rule": rule.key, "knows_severe": knows_severe}
        summary = f"{rule.key}, {rule.name}, switched on: {rule.reason}"
        return keep_always(Deed(Verb.RULE, reached, summary, content), by=by, now=now)
    rule.state, rule.applied_to = RuleState.ACTIVE, 0
    audit.record("rule:switched_on", rule.key, by_id=by.id, now=now, severe=severe)
    return rule


def _reached(rule: NoiseRule, problem_ids: frozenset[int]) -> frozenset[int]:
    """Return which of these problems a rule could hide incidents of: those it did, and all in the service it looks at."""
    if not problem_ids:
        return problem_ids
    is_hit = sa.exists().where(Incident.problem_id == Problem.id, condition(rule))
    of_service = sa.true() if rule.service_id is None else Problem.service_id == rule.service_id
    query = sa.select(Problem.id).where(Problem.id.in_(problem_ids), sa.or_(of_service, is_hit))
    return frozenset(db.session.scalars(query))


def switch_off(rule: NoiseRule, *, by: Person, now: datetime) -> NoiseRule:
    """Switch a rule off; what it marked counts again.

    Raises:
        RuleRefusedError: where it is not on.
    """
    rule = lock_row(NoiseRule, rule.id)
    if rule.state is not RuleState.ACTIVE:
        raise RuleRefusedError(f"{rule.key} is not on.")
    rule.state, rule.applied_to = RuleState.OFF, 0
    audit.record("rule:switched_off", rule.key, by_id=by.id, now=now)
    return rule


def mark_noise(problem_ids: Collection[int], *, now: datetime) -> None:
    """Set the marks of rules on the incidents of these problems; called where they are counted anew."""
    rules = db.session.scalars(
        sa.select(NoiseRule).where(NoiseRule.state != RuleState.DRAFT).order_by(NoiseRule.id)
    ).all()
    if not rules:
        return
    marking = [rule for rule in rules if _is_marking(rule, now.date())]
    ended = [rule.id for rule in rules if rule.state is RuleState.ACTIVE and rule not in marking]
    kept = sa.case((Incident.noise_rule_id.in_(ended), Incident.noise_rule_id), else_=sa.null())
    rule_id: Any = sa.case(*((condition(rule), rule.id) for rule in marking), else_=kept) if marking else kept
    chosen = (
        sa.select(Incident.id.label("id"), sa.cast(rule_id, sa.Integer).label("rule_id"))
        .where(Incident.problem_id.in_(list(problem_ids)), Incident.noise_by_id.is_(None))
        .subquery()
    )
    changed = sa.select(chosen.c.id, chosen.c.rule_id, Incident.noise_rule_id).join(
        Incident, Incident.id == chosen.c.id
    )
    changed = changed.where(chosen.c.rule_id.is_distinct_from(Incident.noise_rule_id))
    reasons = {rule.id: f"{rule.key}: {rule.reason}"[:200] for rule in rules}
    rows = [
        {
            "id": incident_id,
            "noise_rule_id": found,
            "is_noise": found is not None,
            "noise_reason": reasons.get(found or 0, ""),
        }
        for incident_id, found, _ in db.session.execute(changed)
    ]
    if rows:
        db.session.execute(sa.update(Incident), rows)


def _is_marking(rule: NoiseRule, today: date) -> bool:
    return rule.state is RuleState.ACTIVE and (rule.expires_on is None or rule.expires_on >= today)


def condition(rule: NoiseRule) -> sa.ColumnElement[bool]:
    """Return a rule as a condition on incidents."""
    parts: list[sa.ColumnElement[bool]] = []
    if rule.service_id is not None:
        parts.append(Incident.service_id == rule.service_id)
    if rule.title_pattern:
        parts.append(sa.func.lower(Incident.title).like(like_pattern(rule.title_pattern), escape="\\"))
    if rule.severities:
        parts.append(Incident.severity.in_([Severity(one) for one in rule.severities]))
    if rule.shorter_minutes is not None:
        lasted = minutes_between(Incident.opened_at, Incident.resolved_at)
        parts.append(sa.and_(Incident.resolved_at.is_not(None), lasted < rule.shorter_minutes))
    if rule.repeats_minutes is not None:
        parts.append(_repeats(rule.repeats_minutes))
    return sa.and_(*parts)


def like_pattern(text: str) -> str:
    """Return a part of a title as a LIKE pattern: ``*`` stands for anything, other signs for themselves."""
    escaped = text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped.replace('*', '%')}%"


def _repeats(minutes: int) -> sa.ColumnElement[bool]:
    """Say whether another incident of the same problem was opened at most so long before; of the same moment the first stays."""
    other = aliased(Incident)
    is_before = sa.or_(
        other.opened_at < Incident.opened_at,
        sa.and_(other.opened_at == Incident.opened_at, other.external_id < Incident.external_id),
    )
    return (
        sa.exists()
        .where(
            other.problem_id == Incident.problem_id,
            other.opened_at >= minutes_before(Incident.opened_at, minutes),
            other.opened_at <= Incident.opened_at,
            is_before,
        )
        .correlate(Incident)
    )


def count_severe(rule: NoiseRule) -> int:
    """Return how many sev1 and sev2 incidents a rule would have hidden."""
    query = sa.select(sa.func.count()).select_from(Incident).where(condition(rule), Incident.severity.in_(SEVERE))
    return int(db.session.scalar(query) or 0)


def get_rule(key: str) -> NoiseRule:
    """Return a rule by its key.

    Raises:
        NotFoundError: where there is none.
    """
    return one_row(sa.select(NoiseRule).where(NoiseRule.key == key.upper()), f"There is no noise rule {key}.")


def problems_to_go_through(rule: NoiseRule, most: int) -> Sequence[int]:
    """Return the next problems that a rule which was switched has to go through."""
    query = sa.select(Problem.id).where(Problem.id > (rule.applied_to or 0)).order_by(Problem.id).limit(most)
    if rule.service_id is not None:
        query = query.where(
            sa.exists().where(Incident.problem_id == Problem.id, Incident.service_id == rule.service_id)
        )
    return db.session.scalars(query).all()


def _check(conditions: Conditions) -> None:
    minutes = [one for one in (conditions.shorter_minutes, conditions.repeats_minutes) if one is not None]
    if not (conditions.service or conditions.title.strip() or conditions.severities or minutes):
        raise InvalidError("Name at least one condition: without any, everything would be noise.")
    if any(not 0 < one <= MOST_MINUTES for one in minutes):
        raise InvalidError("Minutes go from 1 to a week.")
    if conditions.title and not conditions.title.replace("*", "").strip():
        raise InvalidError("The title has to hold more than stars.")
