"""Triage: the groups nobody decided about yet, the one to decide now with its evidence, and what was decided lately."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Decision, Incident, Problem, ProblemState, Service
from gamebash.backlog.queries.problems import Pareto, pareto
from gamebash.backlog.undoing import UNDO_FOR
from gamebash.core.db import UtcDateTime, db
from gamebash.core.sql_times import minutes_between
from gamebash.people.models import Person, PersonRole
from gamebash.policy import Permission, roles_with
from gamebash.rotation.models import Team

GROUPS, DECIDED, EXAMPLES, LIKELY, INBOXES = 12, 8, 5, 5, 8
LOOKED_AT = 200
HOURS_A_DAY = 24
MINUTES_A_DAY = 24 * 60
SHORT_MINUTES = 15.0
MOSTLY = 0.7


@dataclass(frozen=True, slots=True)
class TriageFilter:
    """Which groups are asked for: of a service, of what a team owns or built; ``at`` is the group to decide now."""

    service: str = ""
    team: str = ""
    by: str = "weight"
    at: str = ""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group to decide: how often, at which hours, how long it has waited, and whether that is too long."""

    problem: Problem
    owner: str
    waiting_days: int
    is_late: bool
    hours: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits at one service: how many groups, how many of them too long, and who decides."""

    slug: str
    name: str
    owner: str
    days: int
    waiting: int
    late: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the group to decide now: when it strikes, how long it lasts, and what that suggests."""

    hours: tuple[int, ...]
    short_share: float
    nobody_share: float
    titles: tuple[str, ...]
    incidents: tuple[Incident, ...]
    suggestion: str
    reason: str


@dataclass(frozen=True, slots=True)
class TriagePage:
    """The page of triage."""

    filter: TriageFilter
    pareto: Pareto
    groups: tuple[GroupLine, ...]
    undecided: int
    late: int
    current: GroupLine | None
    evidence: Evidence | None
    likely: tuple[Problem, ...]
    decided: tuple[Decision, ...]
    undo_since: datetime
    undoable: Decision | None
    inboxes: tuple[Inbox, ...]
    service: Service | None
    deciders: tuple[tuple[str, str], ...]
    noise_share: float
    services: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]


def triage_page(chosen: TriageFilter, *, viewer: Person, now: datetime) -> TriagePage:
    """Return the groups to decide, most pain first, with the evidence of one. At most ten queries."""
    undecided = _undecided(chosen, now.date())
    query = sa.select(Problem).where(undecided).options(joinedload(Problem.service).joinedload(Service.triage_owner))
    problems = list(db.session.scalars(query.order_by(Problem.value.desc(), Problem.id).limit(GROUPS)))
    strips = _strips([problem.id for problem in problems])
    lines = [_line(problem, strips[problem.id], now) for problem in problems]
    current = next((line for line in lines if line.problem.key == chosen.at), lines[0] if lines else None)
    waiting = _waiting(undecided, now)
    inboxes, services = _inboxes(waiting), [service for service, *_ in waiting]
    sums = db.session.execute(sa.select(sa.func.sum(Problem.incident_count), sa.func.sum(Problem.noise_count))).one()
    decided = _decided()
    return TriagePage(
        filter=chosen,
        pareto=pareto(chosen.by, sa.and_(sa.true(), *_of(chosen))),
        groups=tuple(lines),
        undecided=sum(one.waiting for one in inboxes),
        late=sum(one.late for one in inboxes),
        current=current,
        evidence=_evidence(current.problem) if current else None,
        likely=_likely(current.problem) if current else (),
        decided=decided,
        undo_since=now - UNDO_FOR,
        undoable=_undoable(decided, viewer, now),
        inboxes=inboxes[:INBOXES],
        service=next((one for one in services if one.slug == chosen.service), None),
        deciders=_deciders() if chosen.service else (),
        noise_share=int(sums[1] or 0) / max(1, int(sums[0] or 0) + int(sums[1] or 0)),
        services=tuple((one.slug, one.name) for one in services),
        teams=tuple(
            (code, name) for code, name in db.session.execute(sa.select(Team.code, Team.name).order_by(Team.name))
        ),
    )


def _undecided(chosen: TriageFilter, today: date) -> sa.ColumnElement[bool]:
    parts: list[sa.ColumnElement[bool]] = [
        Problem.triaged_at.is_(None),
        Problem.merged_into_id.is_(None),
        Problem.state == ProblemState.OPEN,
        Problem.incident_count > 0,
        sa.or_(Problem.snoozed_until.is_(None), Problem.snoozed_until <= today),
    ]
    return sa.and_(*parts, *_of(chosen))


def _of(chosen: TriageFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for a service's problems, and for those of what a team owns or built."""
    parts: list[sa.ColumnElement[bool]] = []
    if chosen.service:
        parts.append(Problem.service_id.in_(sa.select(Service.id).where(Service.slug == chosen.service)))
    if chosen.team:
        team = sa.select(Team.id).where(Team.code == chosen.team.upper()).scalar_subquery()
        own = sa.select(Service.id).where(sa.or_(Service.team_id == team, Service.builder_team_id == team))
        parts.append(Problem.service_id.in_(own))
    return parts


def _waiting(undecided: sa.ColumnElement[bool], now: datetime) -> list[tuple[Service, int, int]]:
    """Return every service by name, with how many groups wait there, and how many of them too long, in one query.

    A group waits too long from the day that it was first seen.
    """
    waited: Any = minutes_between(Problem.first_seen_at, sa.literal(now, UtcDateTime()))
    is_late = waited > Service.triage_days * MINUTES_A_DAY
    counts = (
        sa.select(Problem.service_id, sa.func.count().label("waiting"), sa.func.count().filter(is_late).label("late"))
        .join(Service, Service.id == Problem.service_id)
        .where(undecided)
        .group_by(Problem.service_id)
        .subquery()
    )
    query = (
        sa.select(Service, sa.func.coalesce(counts.c.waiting, 0), sa.func.coalesce(counts.c.late, 0))
        .outerjoin(counts, counts.c.service_id == Service.id)
        .options(joinedload(Service.triage_owner))
        .order_by(Service.name)
    )
    return [(service, waiting, late) for service, waiting, late in db.session.execute(query)]


def _inboxes(services: Sequence[tuple[Service, int, int]]) -> tuple[Inbox, ...]:
    """Return what waits by service, most first."""
    found = [
        Inbox(
            slug=one.slug,
            name=one.name,
            owner=one.triage_owner.name if one.triage_owner else "",
            days=one.triage_days,
            waiting=waiting,
            late=late,
        )
        for one, waiting, late in services
        if waiting
    ]
    return tuple(sorted(found, key=lambda one: (-one.waiting, one.name)))


def _deciders() -> tuple[tuple[str, str], ...]:
    """Return handle and name of those who may decide."""
    may = sa.select(PersonRole.person_id).where(PersonRole.role.in_(sorted(roles_with(Permission.TRIAGE))))
    rows = db.session.execute(
        sa.select(Person.handle, Person.name).where(Person.is_active, Person.id.in_(may)).order_by(Person.name)
    )
    return tuple((handle, name) for handle, name in rows)


def _strips(ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return by problem at which hours of the day its newest incidents came, in one query."""
    hours = {problem_id: [0] * HOURS_A_DAY for problem_id in ids}
    zone = ZoneInfo(str(current_app.config["GAMEBASH_TIMEZONE"]))
    newest = [
        sa.select(
            sa.select(Incident.problem_id, Incident.opened_at)
            .where(Incident.problem_id == problem_id)
            .order_by(Incident.opened_at.desc())
            .limit(LOOKED_AT)
            .subquery()
        )
        for problem_id in ids
    ]
    for problem_id, opened_at in db.session.execute(sa.union_all(*newest)) if newest else ():
        hours[problem_id][opened_at.astimezone(zone).hour] += 1
    return {problem_id: tuple(counts) for problem_id, counts in hours.items()}


def _line(problem: Problem, hours: tuple[int, ...], now: datetime) -> GroupLine:
    waiting = (now - problem.first_seen_at).days if problem.first_seen_at else 0
    owner = problem.service.triage_owner
    return GroupLine(problem, owner.name if owner else "", waiting, waiting > problem.service.triage_days, hours)


def _evidence(problem: Problem) -> Evidence:
    """Look at the newest incidents of a group for what they have in common."""
    query = sa.select(Incident).where(Incident.problem_id == problem.id).options(joinedload(Incident.source))
    newest = db.session.scalars(query.order_by(Incident.opened_at.desc()).limit(LOOKED_AT)).all()
    zone = ZoneInfo(str(current_app.config["GAMEBASH_TIMEZONE"]))
    hours = Counter(one.opened_at.astimezone(zone).hour for one in newest)
    short = sum(_minutes(one) < SHORT_MINUTES for one in newest if one.resolved_at) / max(1, len(newest))
    nobody = sum(not one.assignee for one in newest) / max(1, len(newest))
    suggestion, reason = _suggestion(problem, newest, short)
    titles = [title for title, _ in Counter(one.title for one in newest).most_common(3)]
    strip = tuple(hours[hour] for hour in range(HOURS_A_DAY))
    return Evidence(strip, short, nobody, tuple(titles), tuple(newest[:EXAMPLES]), suggestion, reason)


def _suggestion(problem: Problem, newest: Sequence[Incident], short: float) -> tuple[str, str]:
    if problem.is_broad:
        return (
            "broad",
            "A part of what tells problems apart is missing, so it may be several. Split what has a cause of its own.",
        )
    if short >= MOSTLY and all(one.severity.value > "sev2" for one in newest):
        return "noise", f"{short:.0%} were over within {SHORT_MINUTES:.0f} minutes, none was severe."
    if problem.forecast >= 1:
        return "story", f"About {problem.forecast:.0f} more expected next quarter if nobody fixes it."
    return "later", "It has been quiet lately: fewer than one more expected next quarter."


def _minutes(incident: Incident) -> float:
    return (incident.resolved_at - incident.opened_at).total_seconds() / 60 if incident.resolved_at else SHORT_MINUTES


def _likely(problem: Problem) -> tuple[Problem, ...]:
    """Return the problems of the same service that it is likeliest one with: the largest."""
    query = sa.select(Problem).where(
        Problem.service_id == problem.service_id,
        Problem.id != problem.id,
        Problem.merged_into_id.is_(None),
        Problem.incident_count > 0,
    )
    return tuple(db.session.scalars(query.order_by(Problem.value.desc(), Problem.id).limit(LIKELY)))


def _decided() -> tuple[Decision, ...]:
    query = (
        sa.select(Decision)
        .where(Decision.undone_at.is_(None))
        .options(joinedload(Decision.by), joinedload(Decision.problem))
    )
    return tuple(db.session.scalars(query.order_by(Decision.id.desc()).limit(DECIDED)))


def _undoable(decided: Sequence[Decision], viewer: Person, now: datetime) -> Decision | None:
    """Return the viewer's own latest decision that can still be taken back."""
    return next((one for one in decided if one.by_id == viewer.id and now - one.made_at <= UNDO_FOR), None)
