"""Whatever the order of imports, re-syncs, merges, splits, moves and sweeps: the verdict depends on opened times alone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamebash.backlog import decisions
from gamebash.backlog.models import Incident, Problem
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.people.models import Person
from gamebash.verify import verify
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from gamebash.watch.watches import step_watch
from tests.factories import make_person
from tests.watch.playing import ACCEPTED, DAY, END, LATER, past, play, problem_of, record, sweep, take_in

OLD = ACCEPTED - 3 * DAY


def import_late(by, now):
    take_in(*(record(OLD + timedelta(hours=number), key=f"late-{number}") for number in range(4)))


def import_at_the_deploy(by, now):
    take_in(record(ACCEPTED, key="on-the-second"))


def import_after_the_end(by, now):
    take_in(record(END, key="at-the-end"), record(END + DAY, key="after"))


def sync_again(by, now):
    take_in(*past()[:5], *past("mail")[:5])


def merge_in(by, now):
    decisions.merge_problem(problem_of("mail"), problem_of("disk"), by=by, now=now)


def merge_away(by, now):
    decisions.merge_problem(problem_of("disk"), problem_of("mail"), by=by, now=now)


def old_of(symptom, count):
    home = sa.select(sa.func.coalesce(Problem.merged_into_id, Problem.id)).where(Problem.id == problem_of(symptom).id)
    query = sa.select(Incident).where(Incident.problem_id == home.scalar_subquery(), Incident.opened_at < OLD)
    return db.session.scalars(query.order_by(Incident.opened_at).limit(count)).all()


def split_old(by, now):
    some = old_of("disk", 2)
    decisions.split_problem(some[0].problem, some, "An older cause", by=by, now=now)


def move_old(by, now):
    decisions.move_incidents(old_of("disk", 3), problem_of("mail"), by=by, now=now)


def move_in(by, now):
    decisions.move_incidents(old_of("mail", 3), problem_of("disk"), by=by, now=now)


def recur(by, now):
    take_in(record(ACCEPTED + 12 * DAY, key="true"))


CHANGES = (
    import_late, import_at_the_deploy, import_after_the_end, sync_again, merge_in, merge_away, split_old, move_old, move_in,
)  # fmt: skip


@pytest.fixture
def played(context):
    play()
    take_in(*past("mail"))
    make_person("Outsider", "developer", handle="outsider")
    sweep(ACCEPTED)
    watch_id = db.session.scalars(sa.select(Watch.id)).one()
    db.session.rollback()
    return watch_id


days = st.floats(0.1, 40)
turns = st.lists(st.tuples(st.sampled_from(CHANGES), days), max_size=7)


@given(turns, st.none() | days)
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_only_what_was_opened_while_it_was_watched_decides(played, turns, arrives):
    """``arrives``: on which day the one true recurrence is heard of, long after it was opened or after the verdict."""
    schedule = sorted([*turns, *([(recur, arrives)] if arrives else [])], key=lambda turn: turn[1])
    by = db.session.scalars(sa.select(Person).where(Person.handle == "outsider")).one()
    try:
        for change, day in schedule:
            now = ACCEPTED + day * DAY
            try:
                with db.session.begin_nested():
                    change(by, now)
            except DomainError:
                db.session.expire_all()
            step_watch(played, now=now)
        for number in range(4):
            step_watch(played, now=LATER + (10 + number) * DAY)
        expected = WatchState.HELD if arrives is None else WatchState.RECURRED
        assert db.session.get_one(Watch, played).state is expected
        assert verify() == []
    finally:
        db.session.rollback()
