"""Files go in once, whatever their shape and order; bad rows are named, good ones stay in."""

import gzip
import io
import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamebash.backlog.imports.dates import DateOrder, UnreadableDateError, moment, order_of
from gamebash.backlog.imports.files import read_rows, shape_of
from gamebash.backlog.imports.intake import work_off_runs
from gamebash.backlog.imports.mapping import Mapping, guess
from gamebash.backlog.imports.runs import confirm_run, get_run, preview_of, receive_file
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.incidents import judge_noise
from gamebash.backlog.models import Incident, Problem, RejectedRow, RunState, Source, SourceKind
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.records import IncidentRecord, UnreadableFileError
from gamebash.backlog.severity import severity_of
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError
from gamebash.verify import verify
from tests.factories import make_person
from tests.support.signing_in import sign_in

FACTS = Path(__file__).parents[2] / "seeds" / "data" / "github_status.jsonl"
UTC_ZONE = ZoneInfo("UTC")
_numbers = itertools.count()
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def rows_of(tmp_path, content, name="file"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path))


def take_in(content, source="Tracker", name="file.csv", mapping=None):
    with unit_of_work():
        run = receive_file(
            io.BytesIO(content if isinstance(content, bytes) else content.encode()), name, source, by=None, now=NOW
        )
        confirm_run(run, mapping or Mapping.from_document(run.mapping), by=None, now=NOW)
        reference = run.reference
    assert work_off_runs(now=NOW)
    db.session.expire_all()
    return get_run(reference)


def counts(run):
    return run.rows_read, run.rows_created, run.rows_updated, run.rows_unchanged, run.rows_rejected


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("29/2/2016 01:16", DateOrder.DAY_FIRST, "2016-02-29T01:16"),
        ("2/29/2016 1:16 PM", DateOrder.MONTH_FIRST, "2016-02-29T13:16"),
        ("30/Sep/21 17:20", DateOrder.UNNEEDED, "2021-09-30T17:20"),
        ("2026-11-19T10:00:00+02:00", DateOrder.UNNEEDED, "2026-11-19T08:00"),
        ("2026-11-19T10:00:00Z", DateOrder.UNNEEDED, "2026-11-19T10:00"),
        ("1763546400", DateOrder.UNNEEDED, "2025-11-19T10:00"),
        ("1763546400000", DateOrder.UNNEEDED, "2025-11-19T10:00"),
        ("12/31/99", DateOrder.MONTH_FIRST, "1999-12-31T00:00"),
    ],
)
def test_dates_are_read_in_the_order_that_was_said(text, order, expected):
    assert moment(text, order=order, zone=UTC_ZONE).strftime("%Y-%m-%dT%H:%M") == expected


def test_a_time_without_offset_is_in_the_given_zone():
    assert moment("2026-07-01 12:00", order=DateOrder.UNNEEDED, zone=ZoneInfo("America/Toronto")).hour == 16


@pytest.mark.parametrize("text", ["31/31/2020", "yesterday-ish", "2026-13-45", "99999999999999999999"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(UnreadableDateError):
        moment(text, order=DateOrder.DAY_FIRST, zone=UTC_ZONE)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["29/2/2016", "1/3/2016"], DateOrder.DAY_FIRST),
        (["2/29/2016", "3/1/2016"], DateOrder.MONTH_FIRST),
        (["1/2/2016", "3/4/2016"], DateOrder.AMBIGUOUS),
        (["29/2/2016", "2/29/2016"], DateOrder.AMBIGUOUS),
        (["2016-02-29"], DateOrder.UNNEEDED),
    ],
)
def test_the_order_of_dates_is_asked_when_the_file_does_not_tell(texts, expected):
    assert order_of(texts) is expected


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", "sev1"),
        ("P2", "sev2"),
        ("3 - Moderate", "sev3"),
        ("minor", "sev4"),
        ("Blocker", "sev1"),
        ("sev5", "sev5"),
        ("?", None),
        ("6", None),
    ],
)
def test_severities_are_known_by_many_words(word, severity):
    assert severity_of(word) == severity


@pytest.mark.parametrize(
    "content",
    [
        "id;title\n1;one\n2;two\n",
        "\ufeffid,title\r\n1,one\r\n2,two\r\n",
        "id\ttitle\n1\tone\n2\ttwo\n",
        '[{"id": 1, "title": "one"}, {"id": 2, "title": "two"}]',
        '{"incidents": [{"id": 1, "title": "one"}, {"id": 2, "title": "two"}]}',
        '{"id": 1, "title": "one"}\n{"id": 2, "title": "two"}\n',
        gzip.compress(b"id,title\n1,one\n2,two\n", mtime=0),
        "id,title\n1,one\n2,two\n".encode("utf-16"),
    ],
)
def test_rows_come_out_of_every_usual_shape(tmp_path, content):
    rows = rows_of(tmp_path, content)
    assert [(str(row.values["id"]), row.values["title"]) for row in rows] == [("1", "one"), ("2", "two")]


def test_other_encodings_are_recognised(tmp_path):
    text = "id,title\n" + "".join(f"{number},Störung an der Straße größer als üblich\n" for number in range(40))
    assert rows_of(tmp_path, text.encode("cp1252"))[0].values["title"].startswith("Störung an der Straße")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b"   \n", "The file is empty"),
        (b"a,b\n\x00\x00\x00,1\n", "NUL bytes"),
        (
            ",".join(f"c{number}" for number in range(20_001)).encode() + b"\n",
            "20,001 columns; 20,000 are read at most",
        ),
        (b'[{"id": 1}, {"id": 2', "stops being readable after item 1"),
        (gzip.compress(b"id,title\n" + b"1,one\n" * 90_000, mtime=0)[:-9], "cut off or damaged"),
    ],
)
def test_what_cannot_be_read_says_where_and_how_to_mend_it(tmp_path, content, message):
    with pytest.raises(UnreadableFileError, match=message):
        rows_of(tmp_path, content)


def test_a_json_list_is_read_a_piece_at_a_time(tmp_path):
    items = [{"id": number, "title": "x" * 500} for number in range(2_000)]
    assert len(rows_of(tmp_path, json.dumps(items))) == 2_000


def test_a_broken_line_is_rejected_and_the_others_go_in(context):
    text = '{"id": 1, "title": "a", "opened_at": "2026-01-01"}\n{"id": 2, oops\n{"id": 3, "title": "c", "opened_at": "2026-01-03"}\n'
    run = take_in(text, name="x.jsonl")
    assert counts(run) == (3, 2, 0, 0, 1)
    rejected = db.session.scalars(sa.select(RejectedRow)).one()
    assert rejected.line == 2
    assert rejected.reason.startswith("not JSON")


HEADERS = {
    "servicenow": (
        "number,incident_state,reopen_count,opened_at,sys_updated_at,category,u_symptom,cmdb_ci,impact,priority,closed_code,resolved_at\n"  # noqa: ISC004
        "INC1,New,0,29/2/2016 01:16,29/2/2016 01:23,Category 55,Symptom 72,?,2 - Medium,3 - Moderate,code 5,29/2/2016 11:29\n",
        {
            "external_id": "number",
            "service": "category",
            "symptom": "u_symptom",
            "severity": "priority",
            "opened_at": "opened_at",
            "version_at": "sys_updated_at",
        },
    ),
    "metro": (
        "Date,Time,Day,Station,Code,Min Delay,Min Gap,Bound,Line,Vehicle\n"  # noqa: ISC004
        "2014-01-01,00:21,Wednesday,VICTORIA PARK STATION,MUPR1,55,60,W,BD,5111\n",
        {
            "opened_at": "Date",
            "opened_time": "Time",
            "service": "Station",
            "symptom": "Code",
            "impact_minutes": "Min Delay",
        },
    ),
    "bugs": (
        "Summary,Issue id,Status,Priority,Resolution,Created,Resolved,Description\n"  # noqa: ISC004
        '"NPE in x",1,Resolved,Major,Fixed,30/Sep/21 17:20,1/Oct/21 10:00,"a\nb"\n',
        {
            "external_id": "Issue id",
            "title": "Summary",
            "severity": "Priority",
            "opened_at": "Created",
            "resolved_at": "Resolved",
        },
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_mapping_of_real_logs_is_guessed(tmp_path, name):
    text, expected = HEADERS[name]
    found = guess(rows_of(tmp_path, text)).columns
    assert {field: found.get(field) for field in expected} == expected


def test_the_real_log_goes_in_and_a_second_time_changes_nothing(context):
    first = take_in(FACTS.read_bytes(), source="Status page", name="facts.jsonl")
    assert counts(first) == (801, 801, 0, 0, 0)
    second = take_in(FACTS.read_bytes(), source="Status page", name="facts.jsonl")
    assert counts(second) == (801, 0, 0, 801, 0)
    assert [finding for finding in verify() if finding.invariant in {5, 6}] == []


def test_bad_rows_are_named_with_line_and_reason(context):
    text = (
        "id,title,opened_at,resolved_at\n"
        "1,good,2026-01-01,2026-01-02\n"
        ",no id,2026-01-01,\n"
        "3,future,2031-01-01,\n"
        "4,no time,,\n"
        "5,odd time,the other day,\n"
        "6,ends before it starts,2026-01-05,2026-01-01\n"
    )
    run = take_in(text)
    assert counts(run) == (6, 2, 0, 0, 4)
    reasons = {row.line: row.reason for row in db.session.scalars(sa.select(RejectedRow))}
    assert "no id in the column 'id'" in reasons[3]
    assert "opened in the future (2031-01-01" in reasons[4]
    assert "no time in the column 'opened_at'" in reasons[5]
    assert "'the other day' is not a date" in reasons[6]
    kept = db.session.scalars(sa.select(Incident).where(Incident.external_id == "6")).one()
    assert kept.resolved_at is None


def test_duplicate_ids_in_one_file_leave_one_incident(context):
    text = "id,title,opened_at,updated_at\n7,old,2026-01-01,2026-01-01\n7,new,2026-01-01,2026-01-03\n7,middle,2026-01-01,2026-01-02\n"
    run = take_in(text)
    assert run.rows_created == 1
    assert db.session.scalars(sa.select(Incident.title)).one() == "new"
    assert counts(take_in(text)) == (3, 0, 0, 3, 0)


def test_ambiguous_dates_are_not_taken_in_before_somebody_says(context):
    with pytest.raises(InvalidError, match="whether the day or the month comes first"):
        take_in("id,title,opened_at\n1,a,1/2/2026\n")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 0


@pytest.mark.parametrize("text", ["colour,size\nred,1\n", "title\nonly a title\n"])
def test_wrong_columns_are_refused_with_what_is_missing(context, text):
    with pytest.raises(InvalidError, match="No column says"):
        take_in(text)


def test_a_file_larger_than_allowed_is_refused(app, context):
    app.config["GAMEBASH_UPLOAD_BYTES"] = 1024
    with pytest.raises(InvalidError, match="larger than"):
        take_in("id,title\n" + "1,x\n" * 1000)


def test_more_rows_than_allowed_stop_the_run(app, context):
    app.config["GAMEBASH_UPLOAD_ROWS"] = 1500
    run = take_in("id,title,opened_at\n" + "".join(f"{number},x,2026-01-01\n" for number in range(4000)))
    assert run.state is RunState.FAILED
    assert "more than 1,500 rows" in run.message


def test_a_verdict_of_noise_survives_the_next_import(context):
    take_in("id,title,service,opened_at,updated_at\n1,flapping,mail,2026-01-01,2026-01-01\n")
    with unit_of_work():
        incident = db.session.scalars(sa.select(Incident)).one()
        judge_noise(incident, is_noise=True, reason="flapping", by=make_person(), now=NOW)
    take_in("id,title,service,opened_at,updated_at\n1,flapping again,mail,2026-01-01,2026-01-02\n")
    incident = db.session.scalars(sa.select(Incident)).one()
    assert (incident.title, incident.is_noise, incident.noise_reason) == ("flapping again", True, "flapping")
    assert db.session.scalars(sa.select(Problem.noise_count).where(Problem.noise_count > 0)).one() == 1


def record(number, version, title):
    opened = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return IncidentRecord(str(number), title, "mail", opened, version_at=opened + timedelta(hours=version))


deliveries = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.sampled_from(["a", "b"])), min_size=1, max_size=12
)


@given(deliveries, st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_end_state_is_the_same_in_any_order_and_repetition(context, delivered, size, chance):
    records = [record(*one) for one in delivered]

    def end_state(sequence, name):
        with unit_of_work():
            source = Source(slug=f"{name}-{next(_numbers)}", name=name, kind=SourceKind.FILE, created_at=NOW)
            db.session.add(source)
            db.session.flush()
            touched = set()
            for start in range(0, len(sequence), size):
                touched |= write_incidents(source, sequence[start : start + size]).problem_ids
            refresh_problems(touched, now=NOW)
        query = sa.select(Incident.external_id, Incident.title, Incident.version_at).where(
            Incident.source_id == source.id
        )
        return sorted(map(tuple, db.session.execute(query)))

    shuffled = records * 2
    chance.shuffle(shuffled)
    assert end_state(records, "once") == end_state(shuffled, "often")


def test_a_run_that_a_killed_worker_left_is_finished_by_another(context):
    with unit_of_work():
        text = "id,title,opened_at\n" + "".join(f"{number},x,2026-01-01\n" for number in range(2500))
        run = receive_file(io.BytesIO(text.encode()), "x.csv", "Tracker", by=None, now=NOW)
        confirm_run(run, Mapping.from_document(run.mapping), by=None, now=NOW)
        run.state, run.rows_read, run.leased_until = RunState.RUNNING, 1000, NOW - timedelta(minutes=1)
    assert work_off_runs(now=NOW)
    db.session.expire_all()
    run = get_run(run.reference)
    assert (run.state, run.rows_read, run.rows_created) == (RunState.DONE, 2500, 2500)
    assert not work_off_runs(now=NOW)


def test_a_file_goes_in_by_hand_without_scripts(client, app):
    with app.app_context(), unit_of_work():
        make_person("Aisha Bello", "organiser", handle="aisha")
    sign_in(client, "aisha")
    upload = {
        "file": (io.BytesIO(b"id,title,service,opened_at\n1,Down,mail,2026-01-01\n2,Bad,mail,nonsense\n"), "x.csv"),
        "source": "Tracker",
    }
    page = client.post("/backlog/imports/new", data=upload, content_type="multipart/form-data")
    assert page.status_code == 303
    where = page.headers["Location"]
    assert "Is this what the columns mean?" in client.get(where).get_data(as_text=True)
    columns = {
        "external_id": "id",
        "title": "title",
        "service": "service",
        "opened_at": "opened_at",
        "date_order": "unneeded",
        "zone": "UTC",
    }
    assert client.post(f"{where}/confirm", data=columns).status_code == 303
    with app.app_context():
        assert work_off_runs(now=NOW)
    text = client.get(where).get_data(as_text=True)
    assert "2 rows read, 1 new" in text
    assert "&#39;nonsense&#39; is not a date" in text
    assert "mail" in client.get("/backlog").get_data(as_text=True)
    assert client.get("/backlog/incidents?format=csv").get_data(as_text=True).count("\r\n") == 2


def test_an_empty_upload_says_what_is_wrong(client, app):
    with app.app_context(), unit_of_work():
        make_person("Aisha Bello", "organiser", handle="aisha")
    sign_in(client, "aisha")
    page = client.post(
        "/backlog/imports/new",
        data={"file": (io.BytesIO(b""), "x.csv"), "source": "T"},
        content_type="multipart/form-data",
    )
    assert page.status_code == 422
    assert "The file is empty" in page.get_data(as_text=True)


def test_a_developer_may_not_import(client, app):
    with app.app_context(), unit_of_work():
        make_person("Mara Lindqvist", "developer", handle="mara")
    sign_in(client, "mara")
    assert client.get("/backlog/imports").status_code == 403


def test_the_shape_of_a_file_does_not_depend_on_its_name(tmp_path):
    path = tmp_path / "report.csv"
    path.write_text('{"id": 1}\n{"id": 2}\n')
    assert shape_of(path).kind == "jsonl"


def test_a_preview_shows_rows_as_read_and_what_would_be_rejected(context):
    with unit_of_work():
        run = receive_file(
            io.BytesIO(b"id,title,opened_at\n1,a,2026-01-01\n,b,2026-01-01\n"), "x.csv", "T", by=None, now=NOW
        )
    preview = preview_of(run, Mapping.from_document(run.mapping), now=NOW)
    assert [one.title for one in preview.records] == ["a"]
    assert "no id" in preview.rejections[0].reason
