"""Before a file goes in, its page says what it is taken for; what a person says then holds for the source's next file."""

import io
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from gamebash.backlog.imports.dates import DateOrder
from gamebash.backlog.imports.intake import work_off_runs
from gamebash.backlog.imports.mapping import Mapping
from gamebash.backlog.imports.runs import confirm_run, get_run, preview_of, receive_file
from gamebash.backlog.models import Incident, RunState
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError
from tests.factories import make_person
from tests.support.signing_in import sign_in

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def received(text, source="Tracker"):
    with unit_of_work():
        run = receive_file(
            io.BytesIO(text.encode() if isinstance(text, str) else text), "x.csv", source, by=None, now=NOW
        )
        return run, preview_of(run, Mapping.from_document(run.mapping), now=NOW)


def worked_off(run, mapping=None):
    with unit_of_work():
        confirm_run(run, mapping or Mapping.from_document(run.mapping), by=None, now=NOW)
        reference = run.reference
    assert work_off_runs(now=NOW)
    db.session.expire_all()
    return get_run(reference)


def test_an_event_log_is_recognised_and_its_last_state_counts(context):
    rows = [
        f"I{number},{'Closed' if version == 3 else 'New'},2026-01-{number + 1:02d},2026-02-0{version + 1},{min(version, 2)}"
        for number in range(20)
        for version in range(4)
    ]
    run, preview = received(
        "number,state,opened_at,sys_updated_at,reopen_count,title\n" + "".join(f"{row},down\n" for row in rows)
    )
    assert "It looks like an event log: 80 rows of about 20 incidents" in " ".join(preview.notes)
    run = worked_off(run)
    assert (run.rows_read, run.rows_created) == (80, 20)
    assert db.session.execute(sa.select(Incident.status, Incident.reopen_count).distinct()).all() == [("resolved", 2)]


def test_one_row_far_down_proves_the_order_of_all_dates(context):
    early = "".join(f"{number},a,{number % 12 + 1}/{number % 12 + 1}/2026\n" for number in range(900))
    run, preview = received(f"id,title,opened_at\n{early}900,a,13/2/2026\n")
    assert Mapping.from_document(run.mapping).date_order is DateOrder.DAY_FIRST
    assert "The day comes first: line 902 proves it." in preview.notes


def test_dates_that_contradict_each_other_are_said_to_with_their_lines_and_asked(context):
    run, preview = received("id,title,opened_at\n1,a,13/2/2026\n2,a,2/13/2026\n3,a,1/3/2026\n")
    assert "line 2 has the day first, line 3 the month" in preview.notes[0]
    with pytest.raises(InvalidError, match="say which"):
        worked_off(run)
    run, _ = received("id,title,opened_at\n1,a,13/2/2026\n2,a,2/13/2026\n3,a,1/3/2026\n")
    run = worked_off(
        run, Mapping({"external_id": "id", "title": "title", "opened_at": "opened_at"}, DateOrder.DAY_FIRST)
    )
    assert (run.state, run.rows_created, run.rows_rejected) == (RunState.DONE, 2, 1)


def test_a_guessed_encoding_is_shown(context):
    text = "id,title,opened_at\n" + "".join(f"{n},Störung größer als üblich,2026-01-01\n" for n in range(50))
    assert "which is a guess" in " ".join(received(text.encode("cp1252"))[1].notes)


def test_a_word_for_severity_is_mapped_by_hand_and_kept_for_the_next_file(client, app):
    with app.app_context(), unit_of_work():
        make_person("Aisha Bello", "organiser", handle="aisha")
    sign_in(client, "aisha")
    text = "id,title,severity,opened_at\n1,a,critical,2026-01-01\n2,b,gruesome,2026-01-02\n3,c,low,2026-01-03\n4,d,mauve,2026-01-03\n"

    def upload():
        file = {"file": (io.BytesIO(text.encode()), "x.csv"), "source": "Tracker"}
        return client.post("/backlog/imports/new", data=file, content_type="multipart/form-data").headers["Location"]

    where = upload()
    page = client.get(where).get_data(as_text=True)
    assert "gruesome (1 row)" in page
    columns = {"external_id": "id", "title": "title", "severity": "severity", "opened_at": "opened_at"}
    chosen = {
        **columns,
        "date_order": "unneeded",
        "zone": "UTC",
        "word-0": "gruesome",
        "means-0": "sev1",
        "word-1": "mauve",
        "means-1": "",
    }
    assert client.post(f"{where}/confirm", data=chosen).status_code == 303
    with app.app_context():
        assert work_off_runs(now=NOW)
        query = sa.select(Incident.external_id, Incident.severity)
        assert {row[0]: row[1] for row in db.session.execute(query)} == {
            "1": "sev1",
            "2": "sev1",
            "3": "sev4",
            "4": "sev4",
        }
    assert "“mauve” (1 row)" in client.get(where).get_data(as_text=True)
    with app.app_context():
        kept = Mapping.from_document(get_run(upload().rpartition("/")[2]).mapping)
    assert kept.severities == {"gruesome": "sev1"}
