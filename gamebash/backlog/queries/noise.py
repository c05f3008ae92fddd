"""Noise: how much of it there is, what it costs, the rules against it, and what else looks like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Incident, NoiseRule, Problem, ProblemWeek, RuleState, Service
from gamebash.backlog.noise_rules import SEVERE, condition
from gamebash.core.db import db
from gamebash.core.sql_times import minutes_between
from gamebash.rotation.models import Team, TeamKind

WEEKS, SHOWN, EXAMPLES = 26, 8, 5
LOOKED_BACK = timedelta(days=28)
# Many short ones that come and go by themselves are flapping.
SHORT_MINUTES, LEAST_SHORT, SHORT_SHARE = 15, 6, 0.6
MOST_MINUTES, USUAL_MINUTES = 60.0, 15.0
SHIELD_KINDS = (TeamKind.OPS, TeamKind.SRE)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have hidden in the past: incidents, the hours they took, the severe ones, by service, some of them."""

    incidents: int
    hours: float
    severe: int
    services: tuple[tuple[str, int], ...]
    severe_examples: tuple[Incident, ...]
    examples: tuple[Incident, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, what it marks now, and how many days it has left."""

    rule: NoiseRule
    hidden: int
    days_left: int | None

    @property
    def is_ended(self) -> bool:
        """Whether its last day is over."""
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class NoisyService:
    """A service's noise in half a year: how many incidents it had, how many were noise, the hours those took."""

    name: str
    incidents: int
    noise: int
    hours: float

    @property
    def share(self) -> float:
        """Noise as a share of all."""
        return self.noise / self.incidents if self.incidents else 0.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A problem whose incidents look like noise, and by what."""

    problem: Problem
    incidents: int
    short: int


@dataclass(frozen=True, slots=True)
class NoisePage:
    """Noise in half a year, by service and week, the rules, what looks like noise, and the shield rate by month."""

    services: tuple[NoisyService, ...]
    weeks: tuple[int, ...]
    labels: tuple[str, ...]
    noisy: tuple[Problem, ...]
    rules: tuple[RuleLine, ...]
    suggestions: tuple[Suggestion, ...]
    shield: tuple[tuple[str, float, int], ...]

    @property
    def incidents(self) -> int:
        """All incidents of the half year."""
        return sum(one.incidents for one in self.services)

    @property
    def noise(self) -> int:
        """Those that were noise."""
        return sum(one.noise for one in self.services)

    @property
    def hours(self) -> float:
        """The hours that noise took."""
        return sum(one.hours for one in self.services)


def noise_page(*, now: datetime) -> NoisePage:
    """Return the page of noise."""
    newest = now.date() - timedelta(days=now.weekday())
    days = [newest - timedelta(weeks=WEEKS - 1 - number) for number in range(WEEKS)]
    counts = _noise_by_week(days[0])
    noisy = sa.select(Problem).where(Problem.noise_count > 0).options(joinedload(Problem.service))
    return NoisePage(
        services=_services(now),
        weeks=tuple(counts.get(day, 0) for day in days),
        labels=tuple(f"{day:%b}" if day.day <= 7 else "" for day in days),  # noqa: PLR2004 the first week of a month
        noisy=tuple(db.session.scalars(noisy.order_by(Problem.noise_count.desc(), Problem.id).limit(SHOWN))),
        rules=rule_lines(now.date()),
        suggestions=_suggestions(now),
        shield=_shield(days[0]),
    )


def dry_run(rule: NoiseRule) -> DryRun:
    """Return what a rule would have hidden of all that is there; what people called real is left out."""
    found = sa.and_(condition(rule), sa.or_(Incident.noise_by_id.is_(None), Incident.is_noise))
    minutes = sa.func.sum(minutes_between(Incident.opened_at, Incident.resolved_at))
    is_severe = Incident.severity.in_(SEVERE)
    count, severe, lasted = db.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(is_severe), minutes).where(found)
    ).one()
    services = db.session.execute(
        sa.select(Service.name, sa.func.count())
        .join(Incident, Incident.service_id == Service.id)
        .where(found)
        .group_by(Service.name)
        .order_by(sa.func.count().desc(), Service.name)
        .limit(SHOWN)
    )
    some = (
        sa.select(Incident)
        .where(found)
        .options(joinedload(Incident.source))
        .order_by(Incident.opened_at.desc())
        .limit(EXAMPLES)
    )
    return DryRun(
        incidents=int(count),
        hours=float(lasted or 0) / 60,
        severe=int(severe),
        services=tuple((name, number) for name, number in services),
        severe_examples=tuple(db.session.scalars(some.where(is_severe))),
        examples=tuple(db.session.scalars(some)),
    )


def rule_lines(today: date) -> tuple[RuleLine, ...]:
    """Return all rules, those that mark first."""
    marked = sa.select(Incident.noise_rule_id, sa.func.count()).where(Incident.noise_rule_id.is_not(None))
    hidden = {found: count for found, count in db.session.execute(marked.group_by(Incident.noise_rule_id))}  # noqa: C416
    order = sa.case((NoiseRule.state == RuleState.ACTIVE, 0), (NoiseRule.state == RuleState.DRAFT, 1), else_=2)
    rules = db.session.scalars(
        sa.select(NoiseRule)
        .options(joinedload(NoiseRule.owner), joinedload(NoiseRule.service))
        .order_by(order, NoiseRule.id)
    )
    return tuple(
        RuleLine(rule, hidden.get(rule.id, 0), (rule.expires_on - today).days if rule.expires_on else None)
        for rule in rules
    )


def _services(now: datetime) -> tuple[NoisyService, ...]:
    """Return services by noise; an alert counts with an hour at most, since nobody watches it over a weekend."""
    lasted = minutes_between(Incident.opened_at, Incident.resolved_at)
    bounded = sa.case(
        (lasted > MOST_MINUTES, MOST_MINUTES), (lasted < 0, 0.0), else_=sa.func.coalesce(lasted, USUAL_MINUTES)
    )
    query = (
        sa.select(
            Service.name, sa.func.count(), sa.func.count().filter(Incident.is_noise),
            sa.func.sum(sa.case((Incident.is_noise, bounded), else_=0.0)),
        )
        .join(Incident, Incident.service_id == Service.id)
        .where(Incident.opened_at >= now - timedelta(weeks=WEEKS))
        .group_by(Service.name)
    )  # fmt: skip
    rows = [
        NoisyService(name, count, noise, float(minutes or 0) / 60)
        for name, count, noise, minutes in db.session.execute(query)
    ]
    return tuple(sorted(rows, key=lambda one: (-one.noise, one.name)))


def _noise_by_week(since: date) -> dict[date, int]:
    query = sa.select(ProblemWeek.week_on, sa.func.sum(ProblemWeek.noise)).where(ProblemWeek.week_on >= since)
    return {week_on: int(noise) for week_on, noise in db.session.execute(query.group_by(ProblemWeek.week_on))}


def _suggestions(now: datetime) -> tuple[Suggestion, ...]:
    """Return problems whose latest incidents mostly went away by themselves within minutes, and are not noise yet."""
    short = sa.func.count().filter(minutes_between(Incident.opened_at, Incident.resolved_at) < SHORT_MINUTES)
    query = (
        sa.select(Incident.problem_id, sa.func.count(), short)
        .where(Incident.opened_at >= now - LOOKED_BACK, Incident.is_noise.is_(False), Incident.noise_by_id.is_(None))
        .group_by(Incident.problem_id)
        .having(short >= LEAST_SHORT, short >= SHORT_SHARE * sa.func.count())
        .order_by(short.desc(), Incident.problem_id)
        .limit(SHOWN)
    )
    rows = db.session.execute(query).all()
    problems = _problems([problem_id for problem_id, _, _ in rows if problem_id is not None])
    return tuple(Suggestion(problems[found], count, brief) for found, count, brief in rows if found in problems)


def _problems(ids: Sequence[int]) -> dict[int, Problem]:
    query = sa.select(Problem).where(Problem.id.in_(ids)).options(joinedload(Problem.service))
    return {problem.id: problem for problem in db.session.scalars(query)}


def _shield(since: date) -> tuple[tuple[str, float, int], ...]:
    """Return by month what share of incidents never reached a scrum team: noise, and those of services that ops or SRE own."""
    shielded = sa.case((Team.kind.in_(SHIELD_KINDS), ProblemWeek.incidents), else_=0)
    query = (
        sa.select(
            ProblemWeek.week_on,
            sa.func.sum(ProblemWeek.noise + shielded),
            sa.func.sum(ProblemWeek.noise + ProblemWeek.incidents),
        )
        .join(Problem, Problem.id == ProblemWeek.problem_id)
        .join(Service, Service.id == Problem.service_id)
        .join(Team, Team.id == Service.team_id, isouter=True)
        .where(ProblemWeek.week_on >= since)
        .group_by(ProblemWeek.week_on)
        .order_by(ProblemWeek.week_on)
    )
    months: dict[str, tuple[int, int]] = {}
    for week_on, absorbed, count in db.session.execute(query):
        before = months.get(f"{week_on:%b %Y}", (0, 0))
        months[f"{week_on:%b %Y}"] = (before[0] + int(absorbed), before[1] + int(count))
    return tuple((month, absorbed / count if count else 0.0, count) for month, (absorbed, count) in months.items())
