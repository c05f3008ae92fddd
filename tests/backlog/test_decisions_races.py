"""Several people decide about the same problems at the same instant, and incidents come in meanwhile."""

from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from gamebash.backlog.decisions import merge_problem
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Decision, Incident, Problem, Source
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.undoing import undo_decision
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.people.models import Person
from gamebash.verify import verify
from tests.backlog.deciding import NOW, problem_of, record, where

ROUNDS = 8


def at_once(app, *deeds):
    """Do all at the same instant, each in a thread and a transaction; return what each came to."""
    heard, barrier = {}, Barrier(len(deeds))

    def one(place, deed):
        barrier.wait()
        with app.app_context():
            try:
                with unit_of_work():
                    deed()
                heard[place] = "yes"
            except DomainError as error:
                heard[place] = str(error)
            finally:
                db.session.remove()

    threads = [Thread(target=one, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [heard.get(place, "crash") for place in range(len(deeds))]


def merging(name, into, by_id):
    def deed():
        person = db.session.get_one(Person, by_id)
        merge_problem(problem_of(name), problem_of(into), by=person, now=NOW)

    return deed


def arriving(*records):
    def deed():
        source = db.session.scalars(sa.select(Source)).one()
        refresh_problems(write_incidents(source, records).problem_ids, now=NOW)

    return deed


@pytest.fixture
def by_id(ops):
    found = ops.id
    db.session.rollback()
    return found


def test_of_two_who_merge_the_same_pair_in_both_directions_one_wins(app, by_id):
    heard = at_once(app, merging("disk", "memory", by_id), merging("memory", "disk", by_id))
    assert sorted(word == "yes" for word in heard) == [False, True], heard
    assert any("was merged into P-" in word for word in heard)
    assert len(set(where().values())) == 2
    assert verify() == []


def test_a_ring_of_merges_leaves_one_standing_problem(app, by_id):
    at_once(
        app, merging("disk", "memory", by_id), merging("memory", "cpu", by_id), merging("cpu", "disk", by_id)
    )  # fmt: skip
    standing = db.session.scalar(sa.select(sa.func.count()).where(Problem.merged_into_id.is_(None)))
    assert standing == len(set(where().values()))
    assert verify() == []


def test_incidents_that_come_in_during_a_merge_and_its_undoing_are_in_no_merged_problem(app, by_id):
    number = 20
    for _ in range(ROUNDS):
        decided = []

        def merge(decided=decided):
            person = db.session.get_one(Person, by_id)
            decided.append(merge_problem(problem_of("disk"), problem_of("memory"), by=person, now=NOW))
            decided[0] = decided[0].id

        records = [record(number + one) for one in range(5)]
        assert at_once(app, merge, arriving(*records), arriving(*records)) == ["yes"] * 3
        db.session.rollback()
        assert verify() == []
        db.session.rollback()

        def undo(number=decided[0]):
            decision = db.session.get_one(Decision, number)
            undo_decision(decision, by=db.session.get_one(Person, by_id), now=NOW)

        assert at_once(app, undo, arriving(record(number + 6), record(number + 7))) == ["yes"] * 2
        db.session.rollback()
        number += 10
        assert {found for key, found in where().items() if key in {f"i{n}" for n in range(20, number)}} == {"disk"}
        assert verify() == []
        db.session.rollback()


def test_two_workers_and_two_people_agree_on_every_count(app, by_id):
    deeds = [arriving(record(40 + n), record(50 + n, "memory"), record(60 + n, "cpu")) for n in range(3)]
    heard = at_once(app, *deeds, merging("disk", "memory", by_id), merging("cpu", "memory", by_id))
    assert heard == ["yes"] * 5
    assert verify() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 15
