"""Order and repetition do no harm: records may come twice, late, in any chunks, by two workers, or from one that is killed."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamebash.backlog.imports import intake
from gamebash.backlog.imports.mapping import Mapping
from gamebash.backlog.imports.runs import confirm_run, receive_path
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import (
    Incident,
    IncidentVersion,
    Problem,
    ProblemWeek,
    RunState,
    Service,
    Source,
    SourceKind,
    SyncRun,
)
from gamebash.backlog.problems import refresh_stale_problems
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.severity import Severity
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.verify import verify
from tests.conftest import make_app

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
_numbers = itertools.count()
# Twice as many as are taken in at once, and some: a worker can be killed twice in the middle.
ROWS = 12_000
COLUMNS = [
    Incident.external_id, Incident.title, Incident.description, Service.name, Incident.symptom, Incident.severity, Incident.status,
    Incident.opened_at, Incident.resolved_at, Incident.reopen_count, Incident.version_at, Incident.content_hash, Incident.extra,
    Problem.fingerprint,
]  # fmt: skip


def end_state(source_id):
    """Return all that a source's incidents, their versions, problems and weeks say, without the numbers rows happened to get."""
    incidents = (
        sa.select(*COLUMNS)
        .select_from(Incident)
        .join(Service, Incident.service_id == Service.id)
        .join(Problem, Incident.problem_id == Problem.id)
    )
    versions = sa.select(
        Incident.external_id, IncidentVersion.digest, IncidentVersion.version_at, IncidentVersion.severity
    ).join(Incident, Incident.id == IncidentVersion.incident_id)
    rows = [*db.session.execute(incidents.where(Incident.source_id == source_id))]
    rows += db.session.execute(versions.where(Incident.source_id == source_id))
    return sorted(json.dumps(list(row), default=str) for row in rows)


def counted():
    """Return what all problems and weeks say."""
    problems = sa.select(
        Problem.fingerprint, Problem.title, Problem.incident_count, Problem.weight, Problem.impact_minutes, Problem.first_seen_at,
        Problem.last_seen_at, Problem.is_stale,
    )  # fmt: skip
    weeks = sa.select(Problem.fingerprint, ProblemWeek.week_on, ProblemWeek.incidents, ProblemWeek.weight).join(
        Problem, Problem.id == ProblemWeek.problem_id
    )
    rows = [*db.session.execute(problems.where(Problem.incident_count > 0)), *db.session.execute(weeks)]
    return sorted(json.dumps(list(row), default=str) for row in rows)


@st.composite
def deliveries(draw):
    """Draw versions of records, and their deliveries: every version at least once, in any order, some again, in chunks."""
    versions = draw(
        st.dictionaries(
            st.tuples(st.integers(1, 4), st.integers(0, 4)),
            st.tuples(
                st.sampled_from(["disk full", "disk 91 % full", "login fails"]),
                st.sampled_from(["mail", "shop"]),
                st.sampled_from(list(Severity)),
                st.sampled_from(["open", "resolved"]),
                st.integers(0, 2),
            ),
            min_size=1,
            max_size=12,
        )
    )
    records = [record(number, version, said) for (number, version), said in versions.items()]
    again = draw(st.lists(st.sampled_from(records), max_size=8))
    sequence = draw(st.permutations(records + again))
    cuts = sorted(draw(st.lists(st.integers(0, len(sequence)), max_size=5)))
    return records, [sequence[start:end] for start, end in itertools.pairwise([0, *cuts, len(sequence)])]


def record(number, version, said):
    title, service, severity, status, reopened = said
    opened = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return IncidentRecord(
        str(number),
        title,
        service,
        opened,
        severity=severity,
        severity_word=severity.value,
        status=status,
        reopen_count=reopened,
        resolved_at=opened + timedelta(hours=version + 1) if status == "resolved" else None,
        version_at=opened + timedelta(hours=version),
    )


def deliver(chunks):
    """Write chunks, each in a transaction of its own, counting now and then as workers do; return the source's id."""
    with unit_of_work():
        source = Source(slug=f"log-{next(_numbers)}", name="log", kind=SourceKind.FILE, created_at=NOW)
        db.session.add(source)
        db.session.flush()
        source_id = source.id
    for chunk in chunks:
        with unit_of_work():
            write_incidents(db.session.get_one(Source, source_id), chunk)
        refresh_stale_problems(now=NOW)
    while refresh_stale_problems(now=NOW):
        pass
    return source_id


@given(deliveries())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_any_delivery_ends_as_the_records_in_order_would(context, delivered):
    records, chunks = delivered
    in_order = sorted(records, key=lambda one: (one.version_at, one.external_id))
    assert end_state(deliver(chunks)) == end_state(deliver([in_order]))
    assert [finding.what for finding in verify() if finding.invariant in {5, 6}] == []


def test_the_newest_alone_gives_what_all_versions_give_but_for_what_was_said_before(context):
    versions = [record(1, n, (f"disk {n} % full", "mail", Severity.SEV2, "open", 0)) for n in range(5)]
    all_of_them, newest = deliver([versions[::-1], versions]), deliver([versions[-1:]])
    query = (
        sa.select(*COLUMNS)
        .join(Service, Incident.service_id == Service.id)
        .join(Problem, Incident.problem_id == Problem.id)
    )
    first, second = (db.session.execute(query.where(Incident.source_id == one)).all() for one in (all_of_them, newest))
    assert first == second


def write_log(path, rows=ROWS):
    with path.open("w") as file:
        file.write("id,opened_at,updated_at,service,title,priority,resolved_at\n")
        for number in range(rows):
            opened = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number % (rows // 2) * 20)
            times = (opened, opened + timedelta(minutes=number % 7), opened + timedelta(hours=1))
            at, updated, resolved = (one.strftime("%Y-%m-%d %H:%M") for one in times)
            what = ("disk", "login", "queue", "replica")[number % 4]
            file.write(
                f"I{number % (rows // 2)},{at},{updated},svc-{number % 13},{what} {number % 5} fails,P{number % 5 + 1},{resolved}\n"
            )


def begin(path, app):
    with app.app_context(), unit_of_work():
        run = receive_path(path, "log", by=None, now=clock.now())
        confirm_run(run, Mapping.from_document(run.mapping), by=None, now=clock.now())
        return run.reference


def state_of(app, reference):
    with app.app_context():
        run = db.session.scalars(sa.select(SyncRun).where(SyncRun.reference == reference)).one()
        found = run.state, run.rows_read
        db.session.remove()
        return found


def work(app):
    """Work until nothing waits: of two workers that reach for the same run one goes away empty, and asks again."""
    with app.app_context():
        waiting = sa.select(sa.func.count()).select_from(SyncRun).where(SyncRun.state == RunState.WAITING)
        while db.session.scalar(waiting):
            db.session.rollback()
            intake.work_off_runs(now=clock.now())
        db.session.remove()


def dump(app):
    with app.app_context():
        found = end_state(db.session.scalars(sa.select(Source.id)).one()), counted()
        findings = [finding.what for finding in verify() if finding.invariant in {5, 6}]
        db.session.remove()
    assert findings == []
    return found


def start_worker(uri, folder):
    return subprocess.Popen(
        [sys.executable, "-m", "gamebash", "worker"],
        env={
            **os.environ,
            "DATABASE_URL": uri,
            "GAMEBASH_DATA": str(folder),
            "GAMEBASH_SECRET_KEY": "a key for the tests, long enough to be taken",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(condition, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("It did not come about in time.")


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """A file to take in, which each import takes a copy of."""
    path = tmp_path_factory.mktemp("log") / "log.csv"
    write_log(path)
    return path


@pytest.fixture(scope="module")
def undisturbed(sqlite_template, once, log):
    """What an import that nobody disturbs leaves."""
    return once("undisturbed", lambda folder: import_alone(sqlite_template, folder, log))


def import_alone(template, folder, log):
    path = folder / "undisturbed.sqlite3"
    path.write_bytes(template.read_bytes())
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(folder))
    begin(log, app)
    work(app)
    return dump(app)


# Three workers start and take in the whole file between them, which on a busy machine takes long.
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_killed_in_the_middle_leaves_nothing_behind_that_another_cannot_finish(
    app, database, tmp_path, log, undisturbed
):
    reference = begin(log, app)
    for times in range(2):
        worker = start_worker(database, tmp_path)
        try:
            wait_for(lambda: state_of(app, reference)[1] >= intake.ROWS_AT_ONCE * (times + 1))  # noqa: B023
            os.kill(worker.pid, signal.SIGKILL)
        finally:
            worker.kill()
            worker.wait()
        assert state_of(app, reference)[0] is RunState.RUNNING
        with app.app_context(), unit_of_work():
            # The lease of a dead worker runs out by itself after two minutes; the test does not wait for that.
            db.session.execute(sa.update(SyncRun).values(leased_until=clock.now() - timedelta(seconds=1)))
    worker = start_worker(database, tmp_path)
    try:
        wait_for(lambda: state_of(app, reference)[0] is RunState.DONE)
    finally:
        worker.kill()
        worker.wait()
    assert dump(app) == undisturbed


@pytest.mark.slow
def test_two_workers_on_one_source_leave_what_one_would(app, log, undisturbed):
    # The same file twice, as two runs of one source at once.
    references = [begin(log, app) for _ in range(2)]
    workers = [threading.Thread(target=work, args=(app,)) for _ in references]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [state_of(app, reference)[0] for reference in references] == [RunState.DONE] * 2
    work(app)
    with app.app_context():
        while refresh_stale_problems(now=clock.now()):
            pass
    assert dump(app) == undisturbed
