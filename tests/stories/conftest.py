"""Services, problems and people for stories to be about."""

from datetime import datetime, timedelta

import pytest

from gamebash.backlog.models import Incident, IncidentStatus, Problem, ProblemWeek, Service, Source, SourceKind
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.people.models import Person, PersonRole
from gamebash.policy import Role
from gamebash.stories.stories import Content


class Things:
    """Makes what stories need, each with a number of its own."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.count = 0

    def _add(self, row):
        db.session.add(row)
        db.session.flush()
        return row

    def person(self, name="Mara Lindqvist", *roles):
        self.count += 1
        handle = f"person-{self.count}"
        person = Person(handle=handle, name=name, email=f"{handle}@example.org", created_at=self.now)
        person.role_rows = [PersonRole(role=role) for role in roles or (Role.DEVELOPER,)]
        return self._add(person)

    def service(self, name="checkout"):
        return self._add(Service(slug=name, name=name))

    def problem(self, service, *, weeks=(1, 0, 2, 1), noise=(), **values):
        self.count += 1
        usual = {
            "title": "Payment returns 504",
            "forecast": 10.0,
            "forecast_low": 6.0,
            "forecast_high": 14.0,
            "mean_weight": 4.0,
        }
        problem = self._add(
            Problem(
                key=f"PRB-{self.count}",
                fingerprint=f"print-{self.count}",
                service=service,
                **{**usual, **values},
            )
        )
        monday = self.now.date() - timedelta(days=self.now.weekday())
        for age in range(max(len(weeks), len(noise))):
            self._add(
                ProblemWeek(
                    problem_id=problem.id,
                    week_on=monday - timedelta(weeks=age),
                    incidents=weeks[age] if age < len(weeks) else 0,
                    noise=noise[age] if age < len(noise) else 0,
                )
            )
        return problem

    def source(self):
        source = db.session.query(Source).first()
        return source or self._add(Source(slug="log", name="Log", kind=SourceKind.FILE, created_at=self.now))

    def incident(self, service, *, problem=None, severity=Severity.SEV2, minutes=30, days_ago=1, **values):
        self.count += 1
        opened = self.now - timedelta(days=days_ago)
        return self._add(
            Incident(
                source=self.source(),
                external_id=f"INC-{self.count}",
                title="Payment returns 504",
                service=service,
                severity=severity,
                status=IncidentStatus.RESOLVED,
                opened_at=opened,
                resolved_at=opened + timedelta(minutes=minutes),
                problem=problem,
                content_hash=str(self.count),
                **values,
            )
        )

    def content(self, service, **values):
        usual = {"title": "Checkout returns 504", "effort_hours": 4.0, "acceptance_criteria": "- no 504 in a week"}
        return Content(service=service, **{**usual, **values})


@pytest.fixture
def things(context, now):
    return Things(now)
