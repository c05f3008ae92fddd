"""What people decide about problems: kept against machines, undone by people, one at a time."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.decisions import (
    DecisionRefusedError,
    accept_problem,
    call_problem_noise,
    merge_problem,
    move_incidents,
    snooze_problem,
    solve_problem,
    split_problem,
)
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.incidents import name_root_cause
from gamebash.backlog.models import Incident, Problem, ProblemState, RootCause, Source, SourceKind
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.queries.triage import TriageFilter, triage_page
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.undoing import undo_decision
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError
from gamebash.policy import Role
from gamebash.verify import verify
from tests.factories import make_person, make_team
from tests.support.signing_in import sign_in

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def record(number, symptom="disk"):
    opened = NOW - timedelta(days=number)
    return IncidentRecord(
        external_id=f"{symptom}{number}",
        title=f"{symptom} {number}",
        service="database",
        opened_at=opened,
        symptom=symptom,
        version_at=opened,
    )


@pytest.fixture
def ops(context, work):
    with work():
        person = make_person("Mara Lindqvist", Role.DEVELOPER)
        db.session.add(Source(slug="s", name="S", kind=SourceKind.FILE, created_at=NOW))
        db.session.flush()
    take_in(work, *(record(number, symptom) for symptom in ("disk", "mail", "login") for number in range(1, 5)))
    return person


def take_in(work, *records):
    with work():
        source = db.session.scalars(sa.select(Source)).one()
        refresh_problems(write_incidents(source, records).problem_ids, now=NOW)


def problem(symptom):
    return db.session.scalars(
        sa.select(Problem).where(Problem.symptom == symptom, Problem.why.not_like("split%"))
    ).one()


def key_of(symptom):
    """Return a problem's key, and let go of the lock that reading in a test takes."""
    key = problem(symptom).key
    db.session.rollback()
    return key


def ids_of(found):
    return set(db.session.scalars(sa.select(Incident.external_id).where(Incident.problem_id == found.id)))


def some(*names):
    return list(db.session.scalars(sa.select(Incident).where(Incident.external_id.in_(names))))


def test_what_was_merged_stays_merged_when_more_comes_and_what_is_there_comes_again(ops, work):
    with work():
        merge_problem(problem("disk"), problem("mail"), by=ops, now=NOW)
    take_in(work, record(1), record(9))
    assert ids_of(problem("disk")) == set()
    assert {"disk1", "disk9", "mail1"} <= ids_of(problem("mail"))
    assert (problem("mail").incident_count, problem("disk").incident_count) == (9, 0)
    assert verify() == []


def test_a_merge_is_undone_with_all_that_it_moved(ops, work):
    before = ids_of(problem("disk"))
    with work():
        made = merge_problem(problem("disk"), problem("mail"), by=ops, now=NOW)
    with work():
        undo_decision(made, by=ops, now=NOW + timedelta(minutes=9))
    assert ids_of(problem("disk")) == before
    assert problem("disk").merged_into_id is None
    assert problem("disk").triaged_at is None
    with pytest.raises(DecisionRefusedError, match="undone already"), work():
        undo_decision(made, by=ops, now=NOW)


def test_a_chain_of_merges_ends_in_one_and_is_undone_from_its_end(ops, work):
    with work():
        first = merge_problem(problem("disk"), problem("mail"), by=ops, now=NOW)
        second = merge_problem(problem("mail"), problem("login"), by=ops, now=NOW)
    take_in(work, record(8))
    assert "disk8" in ids_of(problem("login"))
    with pytest.raises(DecisionRefusedError, match="Undo that first"), work():
        undo_decision(first, by=ops, now=NOW)
    with work():
        undo_decision(second, by=ops, now=NOW)
        undo_decision(first, by=ops, now=NOW)
    assert problem("disk").merged_into_id is None
    assert len(ids_of(problem("mail"))) == 4


def test_after_ten_minutes_nothing_is_undone(ops, work):
    with work():
        made = accept_problem(problem("disk"), by=ops, now=NOW)
    with pytest.raises(DecisionRefusedError, match="ten minutes"), work():
        undo_decision(made, by=ops, now=NOW + timedelta(minutes=11))


def test_what_was_split_off_stays_there(ops, work):
    with work():
        made = split_problem(problem("disk"), some("disk1", "disk2"), "Backup fills the disk", by=ops, now=NOW)
    part = db.session.get_one(Problem, made.other_id)
    take_in(
        work,
        record(1),
        IncidentRecord(
            external_id="disk2", title="new", service="database", opened_at=NOW, symptom="mail", version_at=NOW
        ),
    )
    assert ids_of(part) == {"disk1", "disk2"}
    assert (part.incident_count, problem("disk").incident_count) == (2, 2)
    with work():
        undo_decision(made, by=ops, now=NOW)
    assert ids_of(part) == set()


def test_what_was_moved_stays_there(ops, work):
    with work():
        move_incidents(some("disk1"), problem("mail"), by=ops, now=NOW)
    take_in(
        work,
        IncidentRecord(
            external_id="disk1", title="later", service="database", opened_at=NOW, symptom="disk", version_at=NOW
        ),
    )
    assert "disk1" in ids_of(problem("mail"))


@pytest.mark.parametrize(
    ("names", "title", "says"),
    [
        ((), "x", "Choose the incidents"),
        (("disk1",), " ", "say what it does"),
        (("mail1",), "x", "belong to"),
        (("disk1", "disk2", "disk3", "disk4"), "x", "all its"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(names, title, says, ops, work):
    with pytest.raises(InvalidError, match=says), work():
        split_problem(problem("disk"), some(*names), title, by=ops, now=NOW)


def test_a_problem_is_not_merged_into_itself_nor_twice(ops, work):
    with pytest.raises(DecisionRefusedError, match="one problem already"), work():
        merge_problem(problem("disk"), problem("disk"), by=ops, now=NOW)
    with work():
        merge_problem(problem("disk"), problem("mail"), by=ops, now=NOW)
    with pytest.raises(DecisionRefusedError, match="was merged into"), work():
        accept_problem(problem("disk"), by=ops, now=NOW)


def test_a_problem_is_solved_only_when_its_cause_is_named(ops, work):
    with pytest.raises(DecisionRefusedError, match="Name the root cause"), work():
        solve_problem(problem("disk"), by=ops, now=NOW)
    with work():
        name_root_cause(problem("disk"), RootCause.CAPACITY, by=ops, now=NOW)
        solve_problem(problem("disk"), by=ops, now=NOW)
    assert problem("disk").state is ProblemState.SOLVED


def test_noise_is_said_of_all_and_taken_back_of_all(ops, work):
    with work():
        made = call_problem_noise(problem("disk"), "Flapping", by=ops, now=NOW)
    assert (problem("disk").incident_count, problem("disk").noise_count) == (0, 4)
    with work():
        undo_decision(made, by=ops, now=NOW)
    assert (problem("disk").incident_count, problem("disk").noise_count) == (4, 0)


def test_what_was_put_off_comes_back_on_its_day(ops, work):
    with work():
        snooze_problem(problem("disk"), date(2026, 11, 25), by=ops, now=NOW)
    keys = {line.problem.symptom for line in triage_page(TriageFilter(), viewer=ops, now=NOW).groups}
    assert keys == {"mail", "login"}
    later = triage_page(TriageFilter(), viewer=ops, now=NOW + timedelta(days=6))
    assert {line.problem.symptom for line in later.groups} == {"disk", "mail", "login"}
    with pytest.raises(InvalidError, match="tomorrow"), work():
        snooze_problem(problem("mail"), NOW.date(), by=ops, now=NOW)


def test_two_who_merge_each_others_problems_get_one_merge_and_one_refusal(app, ops, work):
    pairs, results = [(problem("disk").id, problem("mail").id), (problem("mail").id, problem("disk").id)], []
    person_id, gate = ops.id, threading.Barrier(2)
    db.session.commit()

    def run(a, b):
        with app.app_context():
            gate.wait()
            try:
                with unit_of_work():
                    by = db.session.get_one(type(ops), person_id)
                    merge_problem(db.session.get_one(Problem, a), db.session.get_one(Problem, b), by=by, now=NOW)
                results.append("merged")
            except DecisionRefusedError as error:
                results.append(str(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert sorted(one == "merged" for one in results) == [False, True], results
    assert sum(one.merged_into_id is not None for one in (problem("disk"), problem("mail"))) == 1


def test_people_decide_on_the_page_one_group_after_the_other(client, ops, work):
    handle = ops.handle
    db.session.rollback()
    sign_in(client, handle)
    page = client.get("/backlog/triage").text
    assert "3 groups to decide" in page, page[page.find("<h1") :][:300]
    key = key_of("disk")
    assert client.post("/backlog/triage/noise", data={"problem": key, "reason": "Flapping"}).status_code == 303
    page = client.get("/backlog/triage").text
    assert "2 groups to decide" in page
    assert "Undo" in page
    fragment = client.post("/backlog/triage/later", data={"problem": key_of("mail")}, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert fragment.text.strip().startswith('<div id="triage">')
    sent = {"problem": key_of("login"), "until": "2031-01-01"}
    assert client.post("/backlog/triage/later", data=sent).status_code == 303
    assert problem("login").snoozed_until == date(2031, 1, 1)
    assert client.post("/backlog/triage/merge", data={"problem": key_of("login"), "into": "P-999"}).status_code == 404
    assert client.post("/backlog/triage/noise", data={}).status_code == 422
    assert client.post("/backlog/triage/nonsense", data={"problem": key}).status_code == 404


def test_several_are_decided_at_once_or_none(client, ops, work):
    handle = ops.handle
    db.session.rollback()
    sign_in(client, handle)
    keys = [key_of("disk"), key_of("mail")]
    assert client.post("/backlog/triage/accept", data={"problem": keys}).status_code == 303
    db.session.expire_all()
    assert problem("mail").state is ProblemState.ACCEPTED
    db.session.rollback()
    with work():
        merge_problem(problem("login"), problem("disk"), by=ops, now=NOW)
    assert client.post("/backlog/triage/later", data={"problem": [keys[1], key_of("login")]}).status_code == 409
    db.session.expire_all()
    assert problem("mail").snoozed_until is None


def test_a_problem_is_split_on_its_page(client, ops, work):
    handle = ops.handle
    db.session.rollback()
    sign_in(client, handle)
    key = key_of("disk")
    sent = {"incident": ["disk1"], "title": "Backup fills the disk"}
    assert client.post(f"/backlog/triage/problems/{key}/split", data=sent).status_code == 303
    assert client.post(f"/backlog/triage/problems/{key}/solve").status_code == 409
    assert client.get(f"/backlog/problems/{key}").status_code == 200


def test_a_service_has_somebody_who_decides_and_an_age_limit(client, ops, work):
    handle = ops.handle
    with work():
        make_person("Only Looking", handle="looking")
    db.session.rollback()
    sign_in(client, handle)
    page = client.get("/backlog/triage?service=database").text
    assert "Who decides here" in page
    assert "Only Looking" not in page
    address = "/backlog/triage/services/database"
    assert client.post(address, data={"owner": handle, "days": "3"}).status_code == 303
    assert ", <b>3 over 3 days</b>, Mara Lindqvist" in client.get("/backlog/triage").text
    assert triage_page(TriageFilter(), viewer=ops, now=NOW).late == 3
    assert triage_page(TriageFilter(), viewer=ops, now=NOW - timedelta(days=2)).late == 0
    db.session.rollback()
    for sent in ({"owner": "looking", "days": "3"}, {"owner": "", "days": "5"}):
        assert client.post(address, data=sent).status_code == 422
    assert client.post("/backlog/triage/services/none", data={"days": "3"}).status_code == 404


def test_a_team_sees_what_it_built_and_nothing_else(client, ops, work):
    handle = ops.handle
    with work():
        team = make_team("CHK")
        service = problem("disk").service
        service.builder_team_id = team.id
        make_team("PAY")
    db.session.rollback()
    sign_in(client, handle)
    assert "3 groups to decide" in client.get("/backlog/triage?team=chk").text
    page = client.get("/backlog/triage?team=PAY").text
    assert "Everything is decided" in page
    assert "database: disk" not in page
