"""The list of problems with its Pareto, and the page of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog import second_person
from gamebash.backlog.models import Incident, Problem, ProblemState, ProblemWeek, Service
from gamebash.backlog.problems import monday_of
from gamebash.backlog.queries.incidents import service_choices
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.core.search import has_words

WEEKS = 26
BARS = 12
VITAL_SHARE = 0.8
INCIDENTS_SHOWN = 8
MEASURES = {"count": Problem.incident_count, "minutes": Problem.impact_minutes, "weight": Problem.weight}
SORTS: dict[str, sa.ColumnElement[Any]] = {
    "value": Problem.value.desc(),
    "count": Problem.incident_count.desc(),
    "recent": Problem.last_seen_at.desc(),
    "minutes": Problem.impact_minutes.desc(),
}


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """What of the problems is asked for."""

    words: str = ""
    service: str = ""
    state: str = ""
    sort: str = "value"
    by: str = "weight"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Pareto:
    """The causes that make most of the trouble: bars with the running total, and how many make up 80 %."""

    bars: tuple[tuple[str, str, int], ...]
    total: int
    vital: int
    problems: int


@dataclass(frozen=True, slots=True)
class ProblemsPage:
    """One page of problems, with the Pareto over all of them."""

    filter: ProblemFilter
    problems: Paged[Problem]
    pareto: Pareto
    incidents: int
    noise: int
    services: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """One problem: how often, how bad, what is expected, why its incidents are together.

    ``second_person`` says who decides about it only with somebody else; empty where anybody may.
    """

    problem: Problem
    weeks: tuple[int, ...]
    labels: tuple[str, ...]
    incidents: tuple[Incident, ...]
    nights: int
    second_person: str


def problems_page(chosen: ProblemFilter) -> ProblemsPage:
    """Return one page of problems."""
    rows, total = fetch_page(_query(chosen), chosen.page)
    counts = db.session.execute(sa.select(sa.func.sum(Problem.incident_count), sa.func.sum(Problem.noise_count))).one()
    return ProblemsPage(
        filter=chosen,
        problems=Paged(tuple(row[0] for row in rows), chosen.page, total),
        pareto=pareto(chosen.by),
        incidents=int(counts[0] or 0),
        noise=int(counts[1] or 0),
        services=service_choices(),
    )


def pareto(by: str, which: sa.ColumnElement[bool] | None = None) -> Pareto:
    """Return the largest problems by a measure, and how many of all make up 80 % of it; the database adds up. One query."""
    measure = MEASURES.get(by, Problem.weight)
    running = sa.func.sum(measure).over(order_by=measure.desc(), rows=(None, 0))
    each = (
        sa.select(
            Problem.id, Problem.key, Problem.title, measure.label("amount"), (running - measure).label("before"),
            sa.func.sum(measure).over().label("total"),
        )
        .where(sa.true() if which is None else which)
        .subquery()
    )  # fmt: skip
    counts = each.c.amount > 0
    is_vital = sa.and_(counts, each.c.before < VITAL_SHARE * each.c.total)
    # What is counted over all of them stands beside each of the bars.
    query = (
        sa.select(
            each.c.key, each.c.title, each.c.amount, each.c.total,
            sa.func.count().filter(is_vital).over(), sa.func.count().filter(counts).over(),
        )
        .order_by(each.c.amount.desc(), each.c.id)
        .limit(BARS)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    total, vital, problems = rows[0][3:] if rows else (0, 0, 0)
    return Pareto(tuple((key, title, int(amount)) for key, title, amount, *_ in rows), int(total or 0), vital, problems)


def problem_page(problem: Problem, *, now: datetime) -> ProblemPage:
    """Return one problem."""
    newest = monday_of(now.date())
    days = [newest - timedelta(weeks=WEEKS - 1 - number) for number in range(WEEKS)]
    rows = db.session.execute(
        sa.select(ProblemWeek.week_on, ProblemWeek.incidents, ProblemWeek.at_night).where(
            ProblemWeek.problem_id == problem.id, ProblemWeek.week_on >= days[0]
        )
    ).all()
    counts = {week_on: incidents for week_on, incidents, _ in rows}
    months = [f"{day:%b}" for day in days]
    labels = tuple(month if not place or month != months[place - 1] else "" for place, month in enumerate(months))
    query = sa.select(Incident).where(Incident.problem_id == problem.id).options(joinedload(Incident.source))
    incidents = db.session.scalars(query.order_by(Incident.opened_at.desc()).limit(INCIDENTS_SHOWN))
    return ProblemPage(
        problem=problem,
        weeks=tuple(counts.get(day, 0) for day in days),
        labels=labels,
        incidents=tuple(incidents),
        nights=sum(row[2] for row in rows),
        second_person=second_person.says(problem, now=now),
    )


def _query(chosen: ProblemFilter) -> sa.Select[Any]:
    query = (
        sa.select(Problem)
        .where(Problem.merged_into_id.is_(None))
        .options(joinedload(Problem.service))
        .order_by(SORTS.get(chosen.sort, SORTS["value"]), Problem.id)
    )
    if chosen.words.strip():
        query = query.where(has_words(Problem, chosen.words))
    if chosen.service:
        query = query.where(Problem.service.has(Service.slug == chosen.service))
    if chosen.state in set(ProblemState):
        query = query.where(Problem.state == ProblemState(chosen.state))
    return query
