"""Looking for recurrences: incidents of a watched problem that were opened while it was watched."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.backlog.models import Incident, Problem, RunState, Source, SyncRun
from gamebash.core.db import db
from gamebash.watch.models import Watch

# A source that brought none of a problem's incidents for so long is not waited for.
SOURCES_FROM = timedelta(days=364)


def home_id() -> sa.ScalarSelect[int]:
    """Return the problem that a watch is about now, wherever its own one was merged."""
    problem = aliased(Problem)
    home = sa.func.coalesce(problem.merged_into_id, problem.id)
    return sa.select(home).where(problem.id == Watch.problem_id).correlate(Watch).scalar_subquery()


def is_recurrence() -> sa.ColumnElement[bool]:
    """Say of a watch and an incident whether that is a recurrence.

    What is called noise is none; for an automation story, which promises less noise, it is the other way round.
    """
    return sa.and_(
        Incident.problem_id == home_id(),
        Incident.opened_at > Watch.starts_at,
        Incident.opened_at < Watch.ends_at,
        Incident.is_noise == Watch.is_about_noise,
    )


def find_recurrence(watch: Watch) -> Incident | None:
    """Return the first recurrence of a watch as its incidents stand now, if there is any."""
    query = sa.select(Incident).join(Watch, is_recurrence()).where(Watch.id == watch.id)
    return db.session.scalar(query.order_by(Incident.opened_at, Incident.id).limit(1))


def came_otherwise(watch: Watch) -> bool:
    """Say whether the problem came back within the days of the watch by another incident than the one that ended it."""
    query = sa.select(Incident.id).join(Watch, is_recurrence()).where(Watch.id == watch.id)
    return db.session.scalar(query.where(Incident.id != watch.recurrence_id).limit(1)) is not None


def home_of(watch: Watch) -> Problem | None:
    """Return the problem that a watch is about now."""
    problem = watch.problem
    return problem.merged_into or problem if problem is not None else None


def is_delivered(problem: Problem, ends_at: datetime) -> bool:
    """Say whether every source of a problem was asked, or sent a file, after a moment."""
    of_source = Incident.problem_id == problem.id, Incident.source_id == Source.id
    since = Incident.opened_at >= ends_at - SOURCES_FROM
    heard = sa.exists().where(
        SyncRun.source_id == Source.id, SyncRun.state == RunState.DONE, SyncRun.started_at >= ends_at
    )
    silent = sa.select(Source.id).where(sa.exists().where(*of_source, since), ~heard)
    return db.session.scalar(silent.limit(1)) is None
