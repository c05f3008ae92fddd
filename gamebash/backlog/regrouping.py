"""Choosing what identifies a problem in a source's log, and putting its incidents into the problems that gives.

The choice is kept with the source, so that incidents join on arrival by it. It is made anew only when somebody asks, and
what people moved by hand stays where they put it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from gamebash.backlog.forecast import WEEKS_A_QUARTER
from gamebash.backlog.granularity import LEAST_SEEN
from gamebash.backlog.grouping import facets_of_record
from gamebash.backlog.imports.upsert import problems_of
from gamebash.backlog.keys import GroupingKey
from gamebash.backlog.models import Incident, Source
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.queries.history import day_of, lives
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.replay import CHOSEN_FROM, Life, State, choose_key
from gamebash.backlog.severity import WEIGHTS
from gamebash.core import audit
from gamebash.core.db import db, unit_of_work
from gamebash.people.models import Person

QUARTER_DAYS = 7.0 * WEEKS_A_QUARTER
AT_ONCE = 2_000


def key_from_records(records: Iterable[IncidentRecord], *, now: datetime) -> GroupingKey | None:
    """Return the key that the first of these records tell; none where they are too few. Needs no transaction."""
    known: dict[str, Life] = {}
    for record in islice(records, CHOSEN_FROM):
        state = State(day_of(record.opened_at), float(WEIGHTS[record.severity]), facets_of_record(record))
        known.setdefault(record.external_id, Life(record.external_id, day_of(record.opened_at), (state,)))
    return choose_key(list(known.values()), day_of(now), QUARTER_DAYS) if len(known) >= LEAST_SEEN else None


def keep_first_choice(source: Source, key: GroupingKey, *, now: datetime) -> None:
    """Keep a key for a source unless it got one meanwhile; the source has to be locked."""
    if source.grouping is None:
        _keep(source, key, by=None, now=now)


def regroup_whole(source_id: int, *, by: Person | None, now: datetime) -> GroupingKey:
    """Choose the key of a source anew and put all its incidents into the problems that gives, some at a time.

    Stopped in the middle, it can be begun again and ends the same.
    """
    with unit_of_work():
        key = choose_anew(db.session.get_one(Source, source_id), by=by, now=now)
    after: int | None = 0
    while after is not None:
        with unit_of_work():
            after, touched = regroup(db.session.get_one(Source, source_id), after)
            refresh_problems(touched, now=now)
    return key


def choose_anew(source: Source, *, by: Person | None, now: datetime) -> GroupingKey:
    """Choose the key of a source by all that is known of its log now; its incidents are put into their problems after."""
    key = choose_key(lives(source, most=CHOSEN_FROM), day_of(now), QUARTER_DAYS)
    return _keep(source, key, by=by, now=now)


def regroup(source: Source, after: int) -> tuple[int | None, frozenset[int]]:
    """Put the next incidents of a source, by id from ``after`` on, into the problems of its key.

    Returns the last id looked at, or None where there are no more, and the problems whose incidents changed.
    """
    query = sa.select(Incident).where(
        Incident.source_id == source.id, Incident.id > after, Incident.is_moved_by_hand.is_(False)
    )
    incidents: Sequence[Incident] = db.session.scalars(query.order_by(Incident.id).limit(AT_ONCE)).all()
    if not incidents:
        return None, frozenset()
    return incidents[-1].id, put_where_they_belong(source, incidents)


def put_where_they_belong(source: Source, incidents: Sequence[Incident]) -> frozenset[int]:
    """Put incidents of a source into the problems of its key; return the problems whose incidents changed."""
    found = problems_of(source, [_record(incident) for incident in incidents])
    touched: set[int] = set()
    for incident, problem_id in zip(incidents, found, strict=True):
        if incident.problem_id != problem_id:
            touched |= {problem_id} | ({incident.problem_id} if incident.problem_id is not None else set())
            incident.problem_id = problem_id
    return frozenset(touched)


def _record(incident: Incident) -> IncidentRecord:
    return IncidentRecord(
        external_id=incident.external_id,
        title=incident.title,
        service=incident.service.name,
        opened_at=incident.opened_at,
        symptom=incident.symptom,
        description=incident.description,
        extra=incident.extra,
    )


def _keep(source: Source, key: GroupingKey, *, by: Person | None, now: datetime) -> GroupingKey:
    source.grouping = key.to_document()
    audit.record("source:grouping_chosen", source.slug, by_id=by.id if by else None, now=now, fields=list(key.fields))
    db.session.flush()
    return key
