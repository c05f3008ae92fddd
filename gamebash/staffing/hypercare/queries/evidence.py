"""What is there and what is missing before a hypercare may end, read as it is now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.backlog.models import Incident
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.staffing.hypercare.evidence import Criterion, Record, evidence
from gamebash.staffing.hypercare.models import Hypercare, Release, TeachConfirmation, TeachEntry

# What wakes somebody; minor trouble and noise leave it quiet.
COUNTS = (Severity.SEV1, Severity.SEV2, Severity.SEV3)


@dataclass(frozen=True, slots=True)
class Standing:
    """A hypercare as it stands: everything that has to be there, and the incidents of the service since the release."""

    criteria: tuple[Criterion, ...]
    incidents: int

    @property
    def met(self) -> int:
        """How much is there."""
        return sum(one.is_met for one in self.criteria)


def evidence_of(hypercare: Hypercare, *, today: date) -> tuple[Criterion, ...]:
    """Return what is met and missing of one. One query."""
    return standings([hypercare], today=today)[hypercare.id].criteria


def standings(hypercares: Collection[Hypercare], *, today: date) -> Mapping[int, Standing]:
    """Return how each of some stands on a day, by id; one that runs. One query for all of them."""
    if not hypercares:
        return {}
    query = sa.select(
        Hypercare.id, _last_release(), _incidents(sa.func.max(Incident.opened_at), COUNTS), _incidents(sa.func.count(), None),
        _confirmed(),
    ).where(Hypercare.id.in_([one.id for one in hypercares]))  # fmt: skip
    facts = {row[0]: row[1:] for row in db.session.execute(query)}
    return {one.id: _standing(one, facts[one.id], today) for one in hypercares}


def _standing(hypercare: Hypercare, facts: tuple[datetime | None, datetime | None, int, int], today: date) -> Standing:
    released, last, incidents, confirmed = facts
    record = Record(
        last_release_on=released.date() if released else hypercare.begins_on,
        last_incident_on=last.date() if last else None,
        has_runbook=bool(hypercare.runbook_url),
        has_alerts=bool(hypercare.alerts),
        confirmed=confirmed,
    )
    return Standing(evidence(record, hypercare.asks, today), incidents)


def _last_release() -> sa.ScalarSelect[datetime]:
    query = sa.select(sa.func.max(Release.deployed_at)).where(Release.hypercare_id == Hypercare.id)
    return query.correlate(Hypercare).scalar_subquery()


def _incidents(what: sa.ColumnElement, severities: Collection[Severity] | None) -> sa.ScalarSelect:  # type: ignore[type-arg]
    """Return a figure over the incidents of the service since its first release of this hypercare, noise left out."""
    first = sa.select(sa.func.min(Release.deployed_at)).where(Release.hypercare_id == Hypercare.id)
    query = (
        sa.select(what)
        .select_from(Incident)
        .where(
            Incident.service_id == Hypercare.service_id,
            Incident.opened_at >= first.correlate(Hypercare).scalar_subquery(),
            ~Incident.is_noise,
        )
    )
    if severities is not None:
        query = query.where(Incident.severity.in_(severities))
    return query.correlate(Hypercare).scalar_subquery()


def _confirmed() -> sa.ScalarSelect[int]:
    query = (
        sa.select(sa.func.count())
        .select_from(TeachConfirmation)
        .join(TeachEntry, TeachEntry.id == TeachConfirmation.entry_id)
        .where(TeachEntry.hypercare_id == Hypercare.id)
    )
    return query.correlate(Hypercare).scalar_subquery()
