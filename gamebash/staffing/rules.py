"""Setting the rules of staffing. Nothing is overwritten: a change is a further version, with who and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError
from gamebash.people.models import Person
from gamebash.staffing.models import StaffingRule
from gamebash.staffing.rulebook import EligibilityRule, HandoverRule, HypercareRule, KnowledgeRule, RuleKind, faults

_ONE_OF_A_NUMBER = next(
    constraint
    for constraint in db.metadata.tables["staffing_rules"].constraints
    if isinstance(constraint, sa.UniqueConstraint)
)


class RuleChangedError(DomainError):
    """Somebody changed the rule after it was read; the message says who and when."""


@dataclass(frozen=True, slots=True)
class Version:
    """A rule as it holds now: its number (0 before anybody set it), who set it and when."""

    number: int
    document: dict[str, Any]
    set_by: str
    set_at: datetime | None


def present_rule(kind: RuleKind) -> Version:
    """Return the version of a rule that holds. One query."""
    query = (
        sa.select(StaffingRule.number, StaffingRule.document, Person.name, StaffingRule.set_at)
        .outerjoin(Person, Person.id == StaffingRule.set_by_id)
        .where(StaffingRule.kind == kind)
        .order_by(StaffingRule.number.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return Version(row[0], row[1], row[2] or "", row[3]) if row else Version(0, {}, "", None)


def knowledge_rule() -> KnowledgeRule:
    """Return how fast knowledge fades now."""
    return KnowledgeRule.from_document(present_rule(RuleKind.KNOWLEDGE).document)


def eligibility_rule() -> EligibilityRule:
    """Return what is asked of somebody now before they may leave ops."""
    return EligibilityRule.from_document(present_rule(RuleKind.ELIGIBILITY).document)


def handover_rule() -> HandoverRule:
    """Return the items with which a checklist begins now."""
    return HandoverRule.from_document(present_rule(RuleKind.HANDOVER).document)


def hypercare_rule() -> HypercareRule:
    """Return how long hypercare lasts now, and what ends it."""
    return HypercareRule.from_document(present_rule(RuleKind.HYPERCARE).document)


def set_rule(kind: RuleKind, document: Mapping[str, Any], *, seen: int, by: Person, now: datetime) -> StaffingRule:
    """Set a rule anew; ``seen`` is the version that was read before it was changed.

    Raises:
        InvalidError: where a figure is out of its bounds; names each.
        RuleChangedError: where somebody set another version meanwhile.
    """
    if found := faults(kind, document):
        raise InvalidError(" ".join(found))
    version = present_rule(kind)
    if version.number != seen:
        raise _changed(version)
    rule = StaffingRule(kind=kind, number=seen + 1, document=dict(document), set_by_id=by.id, set_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(rule)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_OF_A_NUMBER):
            raise
        raise _changed(present_rule(kind)) from error
    audit.record(
        "staffing_rule:set",
        kind.value,
        by_id=by.id,
        now=now,
        number=rule.number,
        was=version.document,
        to=rule.document,
    )
    return rule


def _changed(version: Version) -> RuleChangedError:
    at = f" on {version.set_at.day} {version.set_at:%B at %H:%M} UTC" if version.set_at else ""
    return RuleChangedError(f"{version.set_by or 'Somebody'} changed this rule{at}. Look at it again, then change it.")
