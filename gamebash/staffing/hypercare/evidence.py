"""What has to be there before a hypercare ends by evidence: quiet, a runbook, named alerts, confirmed lessons. Plain values.

Quiet counts from the last incident of severity 1 to 3, and from the last release, whichever is later: so it ends neither
on the day of a release nor while production still has trouble.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from gamebash.staffing.rulebook import HypercareRule


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a hypercare on a day: last release, last incident that counts, runbook, alerts, confirmed lessons."""

    last_release_on: date
    last_incident_on: date | None
    has_runbook: bool
    has_alerts: bool
    confirmed: int

    @property
    def quiet_since(self) -> date:
        """The day from which it has been quiet."""
        return max(self.last_release_on, self.last_incident_on or self.last_release_on)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that has to be there, what there is, and whether that is enough."""

    words: str
    have: str
    is_met: bool

    def to_document(self) -> dict[str, Any]:
        """Return it as plain values, to be kept with a decision."""
        return asdict(self)


def evidence(record: Record, rule: HypercareRule, on: date) -> tuple[Criterion, ...]:
    """Return everything that has to be there on a day, met or missing."""
    quiet = max(0, (on - record.quiet_since).days)
    ready_on = record.quiet_since + timedelta(days=rule.quiet_days)
    after = (
        "the last incident"
        if record.last_incident_on and record.quiet_since == record.last_incident_on
        else "the release"
    )
    quiet_words = f"{quiet} since {after}" + (
        f", {rule.quiet_days} on {ready_on.day} {ready_on:%B}" if on < ready_on else ""
    )
    criteria = [
        Criterion(
            f"{_counted(rule.quiet_days, 'day')} without an incident of severity 1 to 3",
            quiet_words,
            quiet >= rule.quiet_days,
        ),
        Criterion("The runbook is linked", "linked" if record.has_runbook else "not yet", record.has_runbook),
        Criterion("The alerts are named", "named" if record.has_alerts else "not yet", record.has_alerts),
    ]
    if rule.taught:
        words = f"{_counted(rule.taught, 'lesson')} confirmed by the learner"
        criteria.append(Criterion(words, str(record.confirmed), record.confirmed >= rule.taught))
    return tuple(criteria)


def missing(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Return what is not there."""
    return tuple(one for one in criteria if not one.is_met)


def _counted(value: int, noun: str) -> str:
    return f"{value} {noun}" if value == 1 else f"{value} {noun}s"
