"""A story with all that speaks for it: how often it struck, what it is worth and why, notes, and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import sqlalchemy as sa
from markupsafe import Markup

from gamebash.backlog.models import Incident
from gamebash.backlog.severity import Severity
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.text import markdown
from gamebash.people.models import Person
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.stories.grades import USUAL_POINTS, Grade
from gamebash.stories.grounds import Evidence
from gamebash.stories.history import words_of
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin, Story, StoryNote
from gamebash.stories.queries.recurrence import HALF_YEAR, Week, counts, months_below, weeks_of
from gamebash.stories.readiness import Check
from gamebash.stories.value import Value

INCIDENTS_SHOWN = 5
INCIDENTS_READ = 200
HISTORY_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Fact:
    """One big number and what it counts."""

    value: float
    words: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident behind a story; ``minutes`` from opening to resolving, none while it is open."""

    external_id: str
    title: str
    url: str
    severity: Severity
    opened_at: datetime
    minutes: int | None
    is_noise: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A note that stays with the story."""

    author: str
    at: datetime
    html: Markup


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the story's history, in words."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class StoryEvidence:
    """The middle of a story's page; ``effort_hours`` in hours, ``points`` as its grade usually has."""

    key: str
    title: str
    why: str
    description: Markup
    acceptance_criteria: Markup
    service: str
    service_slug: str
    team: TeamBadge | None
    grade: Grade
    points: int
    effort_hours: float
    state: StoryState
    origin: Origin
    dropped_reason: str
    problem_key: str
    problem_title: str
    problem_why: str
    value: Value
    facts: tuple[Fact, ...]
    weeks: tuple[Week, ...]
    incidents: tuple[IncidentLine, ...]
    incident_count: int
    checks: tuple[Check, ...]
    notes: tuple[Note, ...]
    history: tuple[Change, ...]

    @property
    def bars(self) -> tuple[int, ...]:
        """How often it struck, a number a week."""
        return counts(self.weeks, of_noise=self.origin is Origin.NOISE)

    @property
    def bar_labels(self) -> tuple[str, ...]:
        """What stands below the bars."""
        return months_below(self.weeks)


def story_evidence(story: Story, *, now: datetime) -> StoryEvidence:
    """Return a story with what speaks for it, in four queries whatever the number of its incidents."""
    weeks = weeks_of([story.problem_id], now=now, weeks=HALF_YEAR)[story.problem_id] if story.problem_id else ()
    evidence = Evidence(story.problem, story.incident, story.origin is Origin.NOISE)
    newest = incidents_behind(evidence, INCIDENTS_READ)
    recoveries = [line.minutes for line in newest if line.minutes is not None]
    problem = story.problem
    return StoryEvidence(
        key=story.key,
        title=story.title,
        why=story.why,
        description=markdown(story.description),
        acceptance_criteria=markdown(story.acceptance_criteria),
        service=story.service.name,
        service_slug=story.service.slug,
        team=badge(story.team) if story.team else None,
        grade=story.grade,
        points=USUAL_POINTS[story.grade],
        effort_hours=story.effort_hours,
        state=story.state,
        origin=story.origin,
        dropped_reason=story.dropped_reason,
        problem_key=problem.key if problem else "",
        problem_title=problem.title if problem else "",
        problem_why=problem.why if problem else "",
        value=Value.from_document(story.value_parts),
        facts=_facts(story, weeks, recoveries),
        weeks=weeks,
        incidents=newest[:INCIDENTS_SHOWN],
        incident_count=_count(story),
        checks=story.ready_checks,
        notes=_notes(story),
        history=_history(story),
    )


def incidents_behind(evidence: Evidence, limit: int = INCIDENTS_SHOWN) -> tuple[IncidentLine, ...]:
    """Return the newest incidents that a story is about."""
    columns = (Incident.external_id, Incident.title, Incident.url, Incident.severity, Incident.opened_at)
    query = sa.select(*columns, Incident.resolved_at, Incident.is_noise).where(_behind(evidence))
    query = query.order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(limit)
    return tuple(
        IncidentLine(
            external_id=row.external_id,
            title=row.title,
            url=row.url,
            severity=row.severity,
            opened_at=row.opened_at,
            minutes=_minutes(row.opened_at, row.resolved_at),
            is_noise=row.is_noise,
        )
        for row in db.session.execute(query)
    )


def _behind(evidence: Evidence) -> sa.ColumnElement[bool]:
    """Return the condition for the incidents that a story is about."""
    if evidence.problem is not None:
        is_noise = Incident.is_noise if evidence.is_noise else ~Incident.is_noise
        return sa.and_(Incident.problem_id == evidence.problem.id, is_noise)
    return Incident.id == evidence.incident.id if evidence.incident is not None else sa.false()


def _minutes(opened_at: datetime, resolved_at: datetime | None) -> int | None:
    return max(0, int((resolved_at - opened_at).total_seconds() // 60)) if resolved_at else None


def _facts(story: Story, weeks: Sequence[Week], recoveries: Sequence[int]) -> tuple[Fact, ...]:
    is_noise = story.origin is Origin.NOISE
    quarter = weeks[len(weeks) // 2 :]
    facts = []
    if quarter:
        words = "false alarms in 13 weeks" if is_noise else "incidents in 13 weeks"
        facts.append(Fact(sum(counts(quarter, of_noise=is_noise)), words))
        if not is_noise:
            facts.append(Fact(sum(week.at_night for week in quarter), "of them at night"))
        if not is_noise and (impact := sum(week.impact_minutes for week in quarter)):
            facts.append(Fact(impact / 60, "customer impact", "h"))
    if recoveries:
        facts.append(Fact(median(recoveries), "median time to close" if is_noise else "median time to recover", "min"))
    return tuple(facts)


def _count(story: Story) -> int:
    if story.problem is None:
        return int(story.incident_id is not None)
    return story.problem.noise_count if story.origin is Origin.NOISE else story.problem.incident_count


def _notes(story: Story) -> tuple[Note, ...]:
    query = (
        sa.select(StoryNote.text, StoryNote.written_at, Person.alias, Person.name)
        .join(Person, Person.id == StoryNote.person_id)
        .where(StoryNote.story_id == story.id)
        .order_by(StoryNote.id)
    )
    return tuple(Note(alias or name, at, markdown(text)) for text, at, alias, name in db.session.execute(query))


def _history(story: Story) -> tuple[Change, ...]:
    query = (
        sa.select(AuditEntry.at, AuditEntry.tag, AuditEntry.detail, Person.alias, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(AuditEntry.subject_kind.in_(("story", "event_story")), AuditEntry.subject_key == story.key)
        .order_by(AuditEntry.id.desc())
        .limit(HISTORY_SHOWN)
    )
    return tuple(
        Change(at, alias or name or "gamebash", words_of(tag, detail))
        for at, tag, detail, alias, name in db.session.execute(query)
    )
