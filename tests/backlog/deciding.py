"""What tests of decisions take in, and where it is then."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Incident, Problem, Source
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.records import IncidentRecord
from gamebash.core.db import db

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
START = datetime(2026, 11, 1, tzinfo=UTC)


def record(number, symptom="disk", *, version=0):
    opened = START + timedelta(hours=number)
    return IncidentRecord(
        external_id=f"i{number}", title=f"{symptom.title()} trouble", service="database", opened_at=opened,
        resolved_at=opened + timedelta(minutes=5), status="resolved", symptom=symptom,
        version_at=opened + timedelta(days=version),
    )  # fmt: skip


def take_in(work, *records):
    with work():
        source = db.session.scalars(sa.select(Source)).one()
        refresh_problems(write_incidents(source, records).problem_ids, now=NOW)


def problem_of(symptom):
    return db.session.scalars(sa.select(Problem).where(Problem.title == f"database: {symptom}")).one()


def where():
    """Return which problem each incident is in, by the problem's title."""
    query = sa.select(Incident.external_id, Problem.title).join(Problem, Problem.id == Incident.problem_id)
    return {key: title.removeprefix("database: ") for key, title in db.session.execute(query)}
