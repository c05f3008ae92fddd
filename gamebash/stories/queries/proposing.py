"""What a new story can start from, what speaks for it, and what its form offers."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Incident, Problem, Service, Source
from gamebash.core.db import db
from gamebash.rotation.models import Team
from gamebash.stories.grounds import Evidence
from gamebash.stories.models import Origin
from gamebash.stories.queries.evidence import IncidentLine, incidents_behind
from gamebash.stories.queries.recurrence import HALF_YEAR, Week, counts, months_below, weeks_of
from gamebash.stories.refusals import NoSuchEvidenceError
from gamebash.stories.valuation import value_of_evidence
from gamebash.stories.value import Value

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is known before a story is written: where it comes from, its value, and words to begin with."""

    origin: Origin
    title: str
    service_slug: str
    problem_key: str
    problem_why: str
    value: Value
    weeks: tuple[Week, ...]
    incidents: tuple[IncidentLine, ...]

    @property
    def bars(self) -> tuple[int, ...]:
        """How often it struck, a number a week."""
        return counts(self.weeks, of_noise=self.origin is Origin.NOISE)

    @property
    def bar_labels(self) -> tuple[str, ...]:
        """What stands below the bars."""
        return months_below(self.weeks)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: services by slug and teams by code."""

    services: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]


def get_evidence(*, problem: str = "", noise: str = "", incident: str = "") -> Evidence:
    """Return what an address names: a problem's key, the same for its noise, or an incident as ``source:id``.

    Raises:
        NoSuchEvidenceError: where that does not exist.
    """
    if problem or noise:
        return Evidence(problem=_problem(problem or noise), is_noise=not problem)
    return Evidence(incident=_incident(incident)) if incident else Evidence()


def proposal_of(evidence: Evidence, *, now: datetime) -> Proposal:
    """Return what speaks for a story that is not written yet, and words to begin with."""
    problem = evidence.problem
    about = problem or evidence.incident
    weeks = weeks_of([problem.id], now=now, weeks=HALF_YEAR)[problem.id] if problem else ()
    return Proposal(
        origin=evidence.origin,
        title=about.title[:LONGEST_TITLE] if about else "",
        service_slug=about.service.slug if about else "",
        problem_key=problem.key if problem else "",
        problem_why=problem.why if problem else "",
        value=value_of_evidence(evidence),
        weeks=weeks,
        incidents=incidents_behind(evidence),
    )


def form_choices() -> Choices:
    """Return what the form offers. Two queries."""
    services = db.session.execute(sa.select(Service.slug, Service.name).order_by(Service.name))
    teams = db.session.execute(sa.select(Team.code, Team.name).where(Team.is_active).order_by(Team.code))
    return Choices(
        services=tuple((slug, name) for slug, name in services),
        teams=tuple((code, f"{code} {name}") for code, name in teams),
    )


def get_service(slug: str) -> Service:
    """Return a service by the name it has in addresses.

    Raises:
        NoSuchEvidenceError: where there is none.
    """
    service: Service | None = db.session.scalar(sa.select(Service).where(Service.slug == slug))
    return service or _missing("service", slug)


def find_team(code: str) -> Team | None:
    """Return a team by its code, if there is one."""
    team: Team | None = db.session.scalar(sa.select(Team).where(Team.code == code))
    return team


def _problem(key: str) -> Problem:
    query = sa.select(Problem).where(Problem.key == key).options(joinedload(Problem.service))
    problem: Problem | None = db.session.scalar(query)
    return problem or _missing("problem", key)


def _incident(reference: str) -> Incident:
    source, _, external_id = reference.partition(":")
    query = (
        sa.select(Incident)
        .join(Source, Source.id == Incident.source_id)
        .where(Source.slug == source, Incident.external_id == external_id)
        .options(joinedload(Incident.service))
    )
    incident: Incident | None = db.session.scalar(query)
    return incident or _missing("incident", reference)


def _missing(what: str, name: str) -> NoReturn:
    message = f"There is no {what} {name[:80]}. Look for it in the backlog, or write the story by hand."
    raise NoSuchEvidenceError(message)
