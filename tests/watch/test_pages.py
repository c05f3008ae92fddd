"""What people see of watches: the list, the queue of a second person, the problem's and the story's page."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from gamebash.backlog.incidents import judge_noise
from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.db import db, unit_of_work
from gamebash.events.queries.found import get_event
from gamebash.people.models import Person
from gamebash.watch.models import Proposal, Watch
from tests.factories import make_person
from tests.support.signing_in import sign_in
from tests.watch.playing import ACCEPTED, DAY, LATER, incident, play, record, sweep, take_in


@pytest.fixture
def played(app):
    """An event with a watched fix, as keys and handles: each page is got in a context of its own."""
    with app.app_context(), unit_of_work():
        found = play()
        make_person("Outsider", "developer", handle="outsider")
        keys = SimpleNamespace(
            story=found.story.key, problem=found.problem.key, event=found.event.slug, mara=found.mara.person.handle
        )
    let_pass(app, ACCEPTED)
    return keys


def let_pass(app, until, *records):
    with app.app_context():
        if records:
            with unit_of_work():
                take_in(*records)
        sweep(until)
        db.session.remove()


def get(client, who, address="/watches"):
    return sign_in(client, who).get(address).text


def test_the_list_says_what_is_watched_until_when_and_what_was_expected(played, client):
    page = get(client, "outsider")
    assert "1 fix is watched" in page
    for words in (played.story, played.problem, "Mara Lindqvist", played.event, "Thu 19 Nov to Sat 19 Dec"):
        assert words in page


def test_nothing_watched_says_what_will_be(app, client):
    with app.app_context(), unit_of_work():
        make_person("Nobody Special", handle="nobody")
    assert "No fix is watched yet" in get(client, "nobody")


def test_what_came_back_shows_to_its_fixer_alone_until_the_hour_is_over(app, played, client):
    let_pass(app, ACCEPTED + DAY, record(ACCEPTED + DAY, key="back"))
    assert "Came back, only you know" in get(client, played.mara)
    assert "Disk trouble" not in get(client, "outsider")
    assert played.story not in get(client, "outsider", "/watches?show=recurred")
    assert "It came back" not in get(client, "outsider", f"/stories/{played.story}")
    let_pass(app, ACCEPTED + 2 * DAY)
    page = get(client, "outsider", "/watches?show=recurred")
    assert "Disk trouble" in page
    assert "Goes on as" in page
    assert "It came back" in get(client, "outsider", f"/stories/{played.story}")
    with app.app_context():
        again = db.session.scalars(sa.select(Watch)).one().new_story.key
    page = get(client, "outsider", f"/stories/{again}")
    assert "Tried before" in page
    assert "Retry with jitter." in page


def test_the_list_narrows_by_state_service_event_and_words(played, client):
    for address, is_there in (
        ("/watches?show=watched", True), ("/watches?show=held", False), ("/watches?service=database", True),
        ("/watches?service=x", False), (f"/watches?event={played.event}", True), ("/watches?q=printer", False),
        ("/watches?show=mine", True),
    ):  # fmt: skip
        assert (played.story in get(client, played.mara, address)) is is_there, address
    assert played.story not in get(client, "outsider", "/watches?show=mine")


def test_a_held_story_says_so_on_its_page(app, played, client):
    let_pass(app, LATER)
    assert "It stayed away" in get(client, "outsider", f"/stories/{played.story}")
    assert "1 stayed away, 0 came back" in get(client, "outsider")


def test_a_watched_problem_says_who_needs_a_second_person(played, client):
    assert "decides about its incidents only with somebody else" in get(
        client, "outsider", f"/backlog/problems/{played.problem}"
    )


def test_the_fixer_hears_that_it_is_kept_and_an_outsider_confirms(app, played, client):
    let_pass(app, ACCEPTED, record(ACCEPTED + DAY, key="back"))
    sign_in(client, played.mara)
    answer = client.post("/backlog/noise/pager/back", data={"noise": "1", "reason": "flapping"}, follow_redirects=True)
    assert "Kept as proposed" in answer.text
    assert "You proposed it, so somebody else decides" in client.get("/watches/proposals").text
    with app.app_context():
        reference = db.session.scalar(sa.select(Proposal.reference))
    assert client.post(f"/watches/proposals/{reference}/confirm").status_code == 403
    assert "/confirm" in get(client, "outsider", "/watches/proposals")
    assert "Confirmed: back" in client.post(f"/watches/proposals/{reference}/confirm", follow_redirects=True).text
    with app.app_context():
        assert incident("back").is_noise


def test_a_refusal_needs_a_reason_and_stands_in_the_list(app, played, client):
    let_pass(app, ACCEPTED, record(ACCEPTED + DAY, key="back"))
    with app.app_context(), unit_of_work():
        mara = db.session.scalars(sa.select(Person).where(Person.handle == played.mara)).one()
        judge_noise(incident("back"), is_noise=True, reason="x", by=mara, now=ACCEPTED + DAY)
        address = f"/watches/proposals/{db.session.scalar(sa.select(Proposal.reference))}/refuse"
    sign_in(client, "outsider")
    assert client.post(address, data={"reason": ""}).status_code == 422
    assert "It was real." in client.post(address, data={"reason": "It was real."}, follow_redirects=True).text


def test_the_list_takes_at_most_as_many_queries_as_a_page_may(app, played, client):
    statements = []

    def note(*args):
        statements.append(args[2])

    sign_in(client, "outsider").get("/watches")
    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    client.get("/watches")
    sa.event.remove(engine, "before_cursor_execute", note)
    asked = [one for one in statements if one.startswith(("SELECT", "WITH"))]
    assert len(asked) <= 14, asked


def test_what_an_event_changed_shows_when_its_results_are_out(app, played, client):
    address = f"/events/{played.event}/effect"
    assert sign_in(client, "outsider").get(address).status_code == 409
    with app.app_context(), unit_of_work():
        event, organiser = get_event(played.event), make_person("Aisha Bello", "organiser", handle="aisha")
        over = event.reviews_end_at
        judge_event(event, by=organiser, now=over)
        close_event(event, by=organiser, now=over)
    let_pass(app, LATER)
    page = get(client, "outsider", address)
    assert "Raised by Ingrid Solberg" in page
    assert "None. Nobody called an incident" in page


def test_repeat_rates_are_told_by_event_and_service(app, played, client):
    let_pass(app, LATER)
    page = get(client, "outsider", "/watches/repeats")
    assert "database" in page
    assert "too few to tell" in page
