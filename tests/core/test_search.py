"""What people type is found on both databases, and never raises."""

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident, Source, SourceKind
from gamebash.core.db import db
from gamebash.core.search import has_any, has_words, snippet
from tests.backlog.deciding import NOW, record, take_in
from tests.factories import make_person
from tests.support.signing_in import sign_in

TEXTS = {
    1: ("Checkout times out", "at org.apache.hadoop.hdfs.DFSClient.close(DFSClient.java:631) on db-7.example.org"),
    2: ("HADOOP-17001: NullPointerException in v3.3.1", "disk_full /var/log/messages"),
    3: ("Überlastung „Zahlung“ gestört", "ошибка сервера"),
}


@pytest.fixture
def backlog(context, work):
    with work():
        make_person("Ada Okoro", handle="ada-okoro")
        db.session.add(Source(slug="s", name="S", kind=SourceKind.FILE, created_at=NOW))
    take_in(work, *(record(number) for number in TEXTS))
    with work():
        for one in db.session.scalars(sa.select(Incident)):
            one.title, one.description = TEXTS[int(one.external_id[1:])]
    return context


def found(text):
    keys = db.session.scalars(sa.select(Incident.external_id).where(has_words(Incident, text)))
    return {int(key[1:]) for key in keys}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("checkout", {1}), ("CHECK time", {1}), ("apache dfsclient", {1}), ("org.apache.hadoop.hdfs", {1}), ("db-7", {1}),
        ("java:631", {1}), ("hadoop", {1, 2}), ("HADOOP-17001", {2}), ("3.3.1", {2}), ("/var/log", {2}), ("disk full", {2}),
        ("überlast", {3}), ("zahlung", {3}), ("ОШИБКА", {3}), ("checkout nullpointer", set()), ("", set()), ("%%", set()),
    ],
)  # fmt: skip
def test_words_and_beginnings_of_words_are_found(backlog, text, ids):
    assert found(text) == ids


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'",
        "a OR",
        "NEAR(",
        "col:x",
        "* ^",
        "a & | !",
        "-x",
        "\\",
        "a\0b",
        "(",
        "':*",
        "x" * 5000,
        "a " * 500,
        "😀",
    ],
)
def test_what_people_type_never_raises(backlog, text):
    found(text)


def test_what_is_changed_or_gone_is_no_longer_found(backlog, work):
    with work():
        first = db.session.scalars(sa.select(Incident).where(Incident.external_id == "i1")).one()
        first.title = "Login fails"
    assert (found("login"), found("checkout")) == ({1}, set())
    with work():
        db.session.execute(sa.delete(Incident).where(Incident.external_id == "i1"))
    assert found("login") == set()


def test_any_of_some_words_is_found_by_whole_words_only(backlog):
    query = sa.select(Incident.external_id).where(has_any(Incident, ["checkout", "zahlung", "null"]))
    assert set(db.session.scalars(query)) == {"i1", "i3"}


def test_a_snippet_shows_and_marks_the_place():
    pieces = snippet("a" * 300 + " the disk is full " + "b" * 300, ["disk"], around=20)
    assert ("disk", True) in pieces
    assert sum(len(text) for text, _ in pieces) < 60


def test_the_search_page_groups_marks_and_narrows(backlog, client):
    sign_in(client, "ada-okoro")
    page = client.get("/search?q=hadoop").text
    assert "<mark>hadoop</mark>" in page
    assert "<mark>HADOOP</mark>" in page
    assert "found-incidents" in page
    assert "Nothing has all these words" in client.get("/search?q=hadoop&severity=sev1&in=incidents&page=3").text
    assert "Nothing has all these words" in client.get("/search?q=hadoop&from=2031-01-01&to=9999-12-31").text
    assert client.get("/search?q=%00%22&in=x&service=%00&from=z&page=-1").status_code == 200
    assert "HADOOP-17001" in client.get("/backlog/incidents?q=nullpointer").text
    assert client.get("/backlog?q=disk").status_code == client.get("/stories?q=disk").status_code == 200
