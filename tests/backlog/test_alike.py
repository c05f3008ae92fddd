"""What was seen before: alike by rare words, and a threshold for the same thing told twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gamebash.backlog.alike import likeness, terms, weighed
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Incident, Source, SourceKind
from gamebash.backlog.records import IncidentRecord
from gamebash.core.db import db
from gamebash.policy import Role
from gamebash.stories.queries.alike import alike_page
from tests.factories import make_person
from tests.support.signing_in import sign_in

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def test_words_are_taken_apart_where_programmers_put_them_together_and_lose_their_endings():
    found = terms("NodeManager failed", "nodemanager fails to restart")
    assert {"nodemanag", "node", "manag", "fail", "restart"} <= set(found)
    assert found["fail"] > found["restart"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_even_and_between_nothing_and_all(one, other):
    counts = Counter([*terms(one), *terms(other)])
    a, b = weighed(terms(one), 2, counts), weighed(terms(other), 2, counts)
    assert abs(likeness(a, b).score - likeness(b, a).score) < 1e-9
    assert -1e-9 <= likeness(a, b).score <= 1 + 1e-9


def test_the_page_finds_the_one_that_is_alike_and_says_by_which_words(client, work):
    with work():
        source = Source(slug="s", name="S", kind=SourceKind.FILE, created_at=NOW)
        db.session.add(source)
        db.session.flush()
        titles = [
            "ResourceManager loses leases after failover",
            "Leases lost when ResourceManager fails over",
            "Disk is full",
            "Mail is slow",
            "Login answers late",
        ]
        records = [
            IncidentRecord(external_id=str(place), title=title, service="yarn", opened_at=NOW - timedelta(days=place))
            for place, title in enumerate(titles)
        ]
        write_incidents(source, records)
        handle = make_person("Mara Lindqvist", Role.DEVELOPER).handle
        db.session.flush()
    page = alike_page(db.session.scalars(sa.select(Incident).where(Incident.external_id == "0")).one())
    assert [line.incident.external_id for line in page.lines] == ["1"]
    assert "leas" in page.lines[0].words
    db.session.rollback()
    sign_in(client, handle)
    assert "Leases lost when" in client.get("/backlog/alike/s/0").text
    assert client.get("/backlog/alike/s/0", headers={"HX-Request": "true"}).text.strip().startswith('<div id="alike">')
    assert client.get("/backlog/alike/s/nothing").status_code == 404
