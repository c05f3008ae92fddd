"""The pages of stories, as a browser without scripts and as htmx ask for them."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import g

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.policy import Role
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Crest, Team
from gamebash.stories.grounds import Evidence
from gamebash.stories.models import Story
from gamebash.stories.queries.listing import StoryFilter, story_list_page
from gamebash.stories.stories import make_ready, propose_story
from tests.support.signing_in import sign_in

FORM = {"title": "Labels print", "service": "checkout", "effort_hours": "3.5", "acceptance_criteria": "- they print"}


@pytest.fixture
def mara(things, work, client):
    with work():
        things.person("Mara Lindqvist", Role.DEVELOPER)
    sign_in(client, "person-1")


@pytest.fixture
def backlog(things, work, mara, now):
    """Three stories: GB-1 ready and worth most, GB-2 proposed, GB-3 by hand; a problem PRB-4 has none."""
    with work():
        checkout, search = things.service(), things.service("search")
        team = Team(code="CHK", name="Checkout", kind=TeamKind.SCRUM, crest=Crest.RING, colour="1", created_at=now)
        checkout.team = team
        for service, title, forecast in ((checkout, "Payment fails 100%", 20.0), (search, "Nothing_is found", 2.0)):
            problem = things.problem(service, title=title, forecast=forecast)
            story = propose_story(things.content(service, title=title), Evidence(problem), by=None, now=now)
            if forecast > 10:
                make_ready(story, by=None, now=now)
        propose_story(things.content(search, title="Write it down", effort_hours=1), by=None, now=now + timedelta(1))
        things.incident(checkout, problem=things.problem(checkout, title="Labels do not print"))


def keys(query, now):
    return [line.key for line in story_list_page(StoryFilter.from_address(query), 1, now=now).stories.items]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["GB-1", "GB-2", "GB-3"]),
        ({"sort": "recent"}, ["GB-3", "GB-2", "GB-1"]),
        ({"sort": "effort"}, ["GB-3", "GB-1", "GB-2"]),
        ({"sort": "nonsense", "show": "nonsense", "grade": "nonsense"}, ["GB-1", "GB-2", "GB-3"]),
        ({"show": "ready"}, ["GB-1"]),
        ({"show": "event"}, []),
        ({"service": "search"}, ["GB-2", "GB-3"]),
        ({"team": "CHK"}, ["GB-1"]),
        ({"grade": "blue"}, ["GB-3"]),
        ({"origin": "hand"}, ["GB-3"]),
        ({"q": "gb-2"}, ["GB-2"]),
        ({"q": "payment FAILS"}, ["GB-1"]),
        ({"q": "100%"}, ["GB-1"]),
        ({"q": "%"}, ["GB-1"]),
        ({"q": "nothing_"}, ["GB-2"]),
        ({"q": "search down"}, ["GB-3"]),
        ({"q": "\0"}, ["GB-1", "GB-2", "GB-3"]),
    ],
)
def test_the_address_narrows_and_orders_the_list(backlog, now, query, found):
    assert keys(query, now) == found


def test_the_list_says_what_is_ready_and_htmx_gets_only_the_rows(backlog, client):
    page = client.get("/stories").get_data(as_text=True)
    assert ">1 story is ready to be pulled</h1>" in page
    part = client.get("/stories?show=ready", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith('<div id="stories">')
    assert "GB-1" in part
    assert "GB-2" not in part


def test_empty_lists_say_what_to_do(mara, client):
    assert "No stories yet" in client.get("/stories").get_data(as_text=True)


def test_nothing_found_offers_all_stories(backlog, client):
    assert "No story matches “printer”" in client.get("/stories?q=printer").get_data(as_text=True)
    assert "This page is empty" in client.get("/stories?page=99").get_data(as_text=True)


def test_the_list_asks_the_database_no_more_for_many_stories(backlog, things, work, client, now):
    def asked():
        # The test's own application context outlives the request, and with it whom Flask-Login remembers.
        g.pop("_login_user", None)
        count = 0

        def listen(*_):
            nonlocal count
            count += 1

        with client.application.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", listen)
        client.get("/stories")
        sa.event.remove(engine, "before_cursor_execute", listen)
        return count

    few = asked()
    with work():
        for number in range(30):
            service = things.service(f"service-{number}")
            propose_story(things.content(service), Evidence(things.problem(service)), by=None, now=now)
    assert asked() <= few <= 12


def test_the_table_to_take_away_holds_what_the_address_asks_for_and_runs_nothing(backlog, work, client):
    with work():
        db.session.execute(sa.update(Story).where(Story.number == 1).values(title="=HYPERLINK(1)"))
    text = client.get("/stories/export.csv?show=ready").get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["story"], row["title"], row["value"]) for row in rows] == [("GB-1", "'=HYPERLINK(1)", "80.0")]


def test_a_story_is_proposed_from_a_problem_and_begins_with_its_words(backlog, client):
    page = client.get("/stories/new?problem=PRB-4").get_data(as_text=True)
    assert 'value="Labels do not print"' in page
    assert "More incidents expected".lower() in page
    answer = client.post("/stories/new?problem=PRB-4", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/stories/GB-4")
    again = client.get("/stories/new?problem=PRB-4")
    assert (again.status_code, again.location) == (302, "/stories/GB-4")
    late = client.post("/stories/new?problem=PRB-4", data=FORM)
    assert late.status_code == 409
    assert "GB-4 is about that problem already" in late.get_data(as_text=True)


def test_a_story_is_proposed_from_noise_and_from_an_incident(backlog, client, context):
    assert "ends this noise" in client.get("/stories/new?noise=PRB-4").get_data(as_text=True)
    assert "from one incident" in client.get("/stories/new?incident=log:INC-5").get_data(as_text=True)
    assert client.post("/stories/new?incident=log:INC-5", data=FORM).location == "/stories/GB-4"
    assert db.session.scalar(sa.select(Story.value).where(Story.number == 4)) == 8


@pytest.mark.parametrize("query", ["problem=PRB-99", "noise=x", "incident=log:none", "incident=none"])
def test_what_does_not_exist_cannot_be_the_evidence(backlog, client, query):
    assert client.get(f"/stories/new?{query}").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", " ", "Say in one line"),
        ("title", "x" * 201, "within 200 letters"),
        ("service", "nowhere", "Not a valid choice"),
        ("effort_hours", "long", "Type a number of hours"),
        ("effort_hours", "0", "Between a quarter"),
        ("effort_hours", "nan", "Between a quarter"),
        ("effort_hours", "inf", "Between a quarter"),
        ("grade", "green", "Not a valid choice"),
    ],
)
def test_bad_input_keeps_what_was_typed_and_says_what_to_mend(backlog, client, field, value, message):
    answer = client.post("/stories/new", data={**FORM, field: value})
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert "they print" in answer.get_data(as_text=True)


def test_editing_makes_ready_what_lacked_something(backlog, client):
    client.post("/stories/new", data={**FORM, "acceptance_criteria": ""})
    assert "GB-4 lacks acceptance criteria" in client.get("/stories/GB-4/edit").get_data(as_text=True)
    refused = client.post("/stories/GB-4/ready")
    assert refused.status_code == 409
    assert "Missing: acceptance criteria" in refused.get_data(as_text=True)
    assert client.post("/stories/GB-4/edit", data=FORM).status_code == 303
    assert client.post("/stories/GB-4/ready").location == "/stories/GB-4"


def test_an_edit_of_an_old_copy_is_refused_with_what_was_typed(backlog, client):
    old = (clock.now() - timedelta(days=9)).isoformat()
    answer = client.post("/stories/GB-2/edit", data={**FORM, "seen_at": old, "why": "typed by me"})
    assert answer.status_code == 409
    assert "GB-2 was changed at" in answer.get_data(as_text=True)
    assert "typed by me" in answer.get_data(as_text=True)


def test_dropping_asks_why(backlog, client):
    asked = client.post("/stories/GB-2/drop", data={"reason": ""})
    assert asked.status_code == 422
    assert "Say why" in asked.get_data(as_text=True)
    assert client.post("/stories/GB-2/drop", data={"reason": "superseded"}).status_code == 303
    assert "superseded" in client.get("/stories/GB-2").get_data(as_text=True)


def test_managers_read_and_propose_but_do_not_shape(backlog, things, work, client):
    with work():
        handle = things.person("Priya Raman", Role.MANAGER).handle
    sign_in(client, handle)
    assert client.get("/stories/new").status_code == 200
    assert client.get("/stories/GB-1").status_code == 200
    for path in ("edit", "ready", "drop"):
        assert client.post(f"/stories/GB-1/{path}", data=FORM).status_code == 403


@pytest.mark.parametrize("key", ["GB-99", "GB-1x", "gb-1"])
def test_a_story_that_is_not_there_is_a_plain_404(backlog, client, key):
    assert client.get(f"/stories/{key}/edit").status_code == 404
