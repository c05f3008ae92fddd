"""Ending a hypercare: by evidence, or by a manager's decision; and letting it go on. Neither early nor endless."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.rotation.membership import team_on
from gamebash.rotation.refusals import words
from gamebash.staffing.hypercare import telling
from gamebash.staffing.hypercare.evidence import Criterion, missing
from gamebash.staffing.hypercare.kinds import DecisionKind
from gamebash.staffing.hypercare.models import Hypercare, HypercareDecision
from gamebash.staffing.hypercare.queries.evidence import evidence_of
from gamebash.staffing.hypercare.running import EndedHypercareError, ended_words, is_l3, lock_hypercare
from gamebash.staffing.hypercare.seats import end_seats

_ONE_END = next(
    index for index in db.metadata.tables["hypercare_decisions"].indexes if index.name == "uq_hypercare_decisions_end"
)


class MissingEvidenceError(DomainError):
    """Something that has to be there before it ends is not; the message says what."""


class NotYetDueError(DomainError):
    """It may still run without a decision; the message says until when."""


def exit_hypercare(hypercare: Hypercare, *, by: Person, now: datetime) -> HypercareDecision:
    """End a hypercare by evidence: somebody of ops or SRE, or a manager, signs that they can do without.

    Raises:
        EndedHypercareError: where it is over.
        MissingEvidenceError: where something is missing; names each.
        NotAllowedError: where one is L3 here oneself, or neither in ops or SRE nor a manager.
    """
    hypercare = lock_hypercare(hypercare)
    if is_l3(hypercare, by) or not may_sign_exit(by, now=now):
        raise NotAllowedError(
            "Those who take over sign this: somebody in ops or SRE, or a manager, who is not L3 here."
        )
    criteria = evidence_of(hypercare, today=now.date())
    if lacking := missing(criteria):
        listed = "; ".join(f"{one.words} ({one.have})" for one in lacking)
        raise MissingEvidenceError(f"Not yet: {listed}.")
    return _end(hypercare, DecisionKind.EVIDENCE, "", criteria, by=by, now=now)


def end_hypercare(hypercare: Hypercare, *, reason: str, by: Person, now: datetime) -> HypercareDecision:
    """End a hypercare as a manager though something is missing; the reason and what was missing stay to be read.

    Raises:
        EndedHypercareError: where it is over.
        InvalidError: without a reason.
    """
    hypercare = lock_hypercare(hypercare)
    if not reason.strip():
        raise InvalidError("Say why it ends now. The reason stays beside it.")
    criteria = evidence_of(hypercare, today=now.date())
    return _end(hypercare, DecisionKind.ENDED, reason.strip(), criteria, by=by, now=now)


def prolong_hypercare(hypercare: Hypercare, *, reason: str, by: Person, now: datetime) -> HypercareDecision:
    """Let a hypercare go on as a manager, once its longest time is over, for as many days as it usually lasts.

    Raises:
        EndedHypercareError: where it is over.
        InvalidError: without a reason.
        NotYetDueError: before its longest time is over.
    """
    hypercare = lock_hypercare(hypercare)
    today = now.date()
    if not reason.strip():
        raise InvalidError("Say why it goes on. The reason stays beside it.")
    if today < hypercare.longest_on:
        raise NotYetDueError(f"It runs until {words(hypercare.longest_on)} without a decision.")
    until = today + timedelta(days=hypercare.asks.days)
    hypercare.longest_on = hypercare.expected_on = until
    criteria = evidence_of(hypercare, today=today)
    decision = HypercareDecision(
        hypercare_id=hypercare.id, kind=DecisionKind.PROLONGED, person_id=by.id, decided_at=now, reason=reason.strip(),
        evidence=_documents(criteria), until_on=until,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    audit.record("hypercare:prolonged", str(hypercare.number), by_id=by.id, now=now, until=until.isoformat())
    telling.tell_prolonged(hypercare, by, now=now)
    return decision


def link_runbook(hypercare: Hypercare, *, url: str, alerts: str, by: Person, now: datetime) -> Hypercare:
    """Keep where the runbook is, and which alerts wake somebody.

    Raises:
        EndedHypercareError: where it is over.
        InvalidError: where the runbook is no web address.
        NotAllowedError: where one is neither L3 here, nor in ops or SRE, nor a manager.
    """
    hypercare = lock_hypercare(hypercare)
    if not is_l3(hypercare, by) and not may_sign_exit(by, now=now):
        raise NotAllowedError("Who is L3 here, ops, SRE and managers keep the runbook and the alerts.")
    if url.strip() and not url.strip().startswith(("https://", "http://")):
        raise InvalidError("Give the runbook as a web address that begins with https://.")
    hypercare.runbook_url, hypercare.alerts = url.strip(), alerts.strip()
    audit.record("hypercare:runbook_linked", str(hypercare.number), by_id=by.id, now=now)
    return hypercare


def may_sign_exit(person: Person, *, now: datetime) -> bool:
    """Say whether somebody is among those who take over: in ops or SRE today, or a manager."""
    if is_allowed(person.roles, Permission.LOG_MOVES):
        return True
    team = team_on(person.id, now.date())
    return team is not None and team.is_ops


def _end(  # noqa: PLR0913  (what an end is made of)
    hypercare: Hypercare, kind: DecisionKind, reason: str, criteria: tuple[Criterion, ...], *, by: Person, now: datetime
) -> HypercareDecision:
    decision = HypercareDecision(
        hypercare_id=hypercare.id,
        kind=kind,
        person_id=by.id,
        decided_at=now,
        reason=reason,
        evidence=_documents(criteria),
    )
    try:
        with db.session.begin_nested():
            db.session.add(decision)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_END):
            raise
        raise EndedHypercareError(ended_words(hypercare)) from error
    hypercare.ended_on = max(hypercare.begins_on, now.date())
    end_seats(hypercare, hypercare.ended_on)
    audit.record("hypercare:ended", str(hypercare.number), by_id=by.id, now=now, how=kind.value)
    telling.tell_ended(hypercare, by, now=now)
    return decision


def _documents(criteria: tuple[Criterion, ...]) -> list[dict[str, Any]]:
    return [one.to_document() for one in criteria]
