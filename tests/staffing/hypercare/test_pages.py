"""Pages of releases and hypercare, and what deploy pipelines send: everybody sees the same facts, each may do their part."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.rotation.calendars import get_feed, make_feed
from gamebash.rotation.queries.calendars import feed_file
from gamebash.staffing.hypercare.ending import end_hypercare, exit_hypercare
from gamebash.staffing.hypercare.hooks import make_hook
from gamebash.staffing.hypercare.models import Hypercare, L3Seat, Release, TeachEntry
from gamebash.staffing.hypercare.queries.roster import hypercare_numbers
from gamebash.staffing.hypercare.releases import Registrar, ReleaseDraft, register_release
from gamebash.staffing.hypercare.seats import accept_seat, step_back
from tests.factories import make_service
from tests.rotation.test_pages import questions
from tests.staffing.hypercare.making import Launch
from tests.staffing.making import TODAY, switch
from tests.support.rfc5545 import events_of

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def launch(work):
    with work():
        made = Launch()
        made.release("2.0", "lena", "somebody@else.example")
    return made


def text_of(client, path, **kwargs):
    return client.get(path, **kwargs).get_data(as_text=True)


def test_a_release_is_registered_by_form_and_its_faults_are_said_on_it(client, work):
    with work():
        made = Launch()
        switch(client, made.priya)
    form = {
        "service": "checkout-api",
        "version": "2.0",
        "deployed_at": "2020-01-01T10:00",
        "authors": "lena, noor",
        "asks": "y",
    }
    now = made.now.strftime("%Y-%m-%dT%H:%M")
    assert "Register a release" in text_of(client, "/releases/new")
    assert client.post("/releases/new", data={**form, "version": ""}).status_code == 422
    assert client.post("/releases/new", data={**form, "deployed_at": "2099-01-01T10:00"}).status_code == 422
    answer = client.post("/releases/new", data={**form, "deployed_at": "2026-01-01T10:00"})
    assert answer.headers["Location"].endswith("/releases")
    answer = client.post("/releases/new", data={**form, "version": "2.1", "deployed_at": now})
    assert answer.headers["Location"].endswith("/hypercare/1")
    again = client.post("/releases/new", data={**form, "version": "2.1", "deployed_at": now})
    assert again.status_code == 409
    assert "was registered by Priya" in again.get_data(as_text=True)
    text = text_of(client, "/releases?q=2.1", headers=FRAGMENT)
    assert text.lstrip().startswith('<div id="releases">')
    assert "2.1" in text
    assert "nobody was asked" in text_of(client, "/releases")


def test_from_the_question_to_the_end_on_its_page(launch, client, work):
    with work():
        switch(client, launch.lena)
    assert "Will you stay as L3 for checkout-api?" in text_of(client, "/hypercare/1")
    assert "Will you stay as L3 for checkout-api?" in text_of(client, "/")
    lesson = {"what": "Replaying", "learner": "olga", "taught_on": TODAY.isoformat()}
    assert client.post("/hypercare/1/lessons", data=lesson).status_code == 403
    assert client.post("/hypercare/1/accept").status_code == 303
    assert client.post("/hypercare/1/accept").status_code == 409
    assert "You are L3 for checkout-api" in text_of(client, "/")
    assert client.post("/hypercare/1/lessons", data={**lesson, "what": ""}).status_code == 422
    assert client.post("/hypercare/1/lessons", data={**lesson, "learner": "noor"}).status_code == 422
    assert client.post("/hypercare/1/lessons", data=lesson).status_code == 303
    runbook = {"runbook_url": "https://wiki.example.org/x", "alerts": "CheckoutDown"}
    assert client.post("/hypercare/1/runbook", data=runbook).status_code == 303
    assert client.post("/hypercare/1/runbook", data={"runbook_url": "x" * 501}).status_code == 422
    assert client.post("/hypercare/1/exit").status_code == 403
    assert client.post("/hypercare/1/end", data={"reason": "x"}).status_code == 403
    assert client.get("/hypercare/rule").status_code == 403
    with work():
        switch(client, launch.noor)
    assert client.post("/hypercare/1/decline").status_code == 303
    with work():
        switch(client, launch.olga)
    assert "Lena says they taught you: Replaying" in text_of(client, "/")
    text = text_of(client, "/hypercare/1")
    assert "Noor" not in re.sub(r"(?s)<select.*?</select>", "", text)
    assert "1 person said no" in text
    entry = db.session.scalar(sa.select(TeachEntry.id))
    assert client.post(f"/hypercare/1/lessons/{entry}/confirm").status_code == 303
    assert client.post(f"/hypercare/1/lessons/{entry}/confirm").status_code == 409
    refused = client.post("/hypercare/1/exit")
    assert refused.status_code == 409
    with work():
        switch(client, launch.priya)
    assert client.post("/hypercare/1/ask", data={"person": "omar"}).status_code == 303
    assert client.post("/hypercare/1/prolong", data={"reason": "x"}).status_code == 409
    assert client.post("/hypercare/1/end", data={"reason": ""}).status_code == 422
    assert client.post("/hypercare/1/end", data={"reason": "Rolled back."}).status_code == 303
    text = text_of(client, "/hypercare/1")
    assert "Priya ended hypercare of checkout-api after 0 days" in text
    assert "Rolled back." in text
    assert client.get("/hypercare/2").status_code == 404


def test_who_said_no_may_stay_after_all_and_who_is_l3_may_step_back(launch, client, work):
    with work():
        switch(client, launch.lena)
    assert client.post("/hypercare/1/decline").status_code == 303
    assert "I stay after all" in text_of(client, "/hypercare/1")
    assert client.post("/hypercare/1/accept").status_code == 303
    assert "Step back" in text_of(client, "/hypercare/1")
    assert client.post("/hypercare/1/step-back").status_code == 303
    assert client.post("/hypercare/1/step-back").status_code == 409


def test_everything_since_the_release_is_listed_and_noise_is_not(launch, client, work):
    with work():
        launch.now -= timedelta(days=1)
        launch.incident(days=0)
        launch.now += timedelta(days=1)
        launch.incident(days=0.1)
        launch.incident(days=0.2, is_noise=True)
        switch(client, launch.olga)
    text = text_of(client, "/hypercare/1/since")
    assert "1 incident of checkout-api since the release" in text
    assert "1 more was called noise and does not count" in text
    assert "nobody here is known as somebody@else.example" in text
    assert 'hx-trigger="every 60s"' in text_of(client, "/hypercare/1/since", headers=FRAGMENT)


def test_the_roster_says_who_is_l3_until_when_and_numbers_of_what_ended(launch, client, work):
    with work():
        launch.make_ready()
        exit_hypercare(launch.hypercare, by=launch.olga, now=launch.now + timedelta(days=7))
        draft = ReleaseDraft(launch.labels, "1", launch.now, ("noor",))
        other = register_release(draft, Registrar(by=launch.priya), now=launch.now).hypercare
        accept_seat(other, by=launch.noor, now=launch.now)
        switch(client, launch.olga)
    text = text_of(client, "/hypercare")
    assert "1 builder stays beside ops after 1 release" in text
    assert "1 of 1" in text
    assert "Noor" in text
    assert "1 of 4 met" not in text
    ended = text_of(client, "/hypercare?show=ended&q=check", headers=FRAGMENT)
    assert ended.lstrip().startswith('<div id="roster">')
    assert "Ended by evidence" in ended
    assert "No hypercare matches" in text_of(client, "/hypercare?q=nobody")
    for path in ("/hypercare/near", "/handovers/team/CHK", "/handovers/team/WHS"):
        assert "/hypercare/2" in text_of(client, path), path
    assert "/hypercare/2" not in text_of(client, "/handovers/team/OPS")
    assert 'hx-get="/hypercare/near"' in text_of(client, "/rotation")


def test_being_l3_stands_in_the_timeline_and_the_calendar_and_the_team_stays(launch, client, work):
    with work():
        accept_seat(launch.hypercare, by=launch.lena, now=launch.now)
        accept_seat(launch.hypercare, by=launch.noor, now=launch.now)
        step_back(launch.hypercare, by=launch.noor, now=launch.now)
        switch(client, launch.olga)
    text = text_of(client, "/rotation/people/lena")
    assert "Lena is in Team CHK" in text
    assert "rot-beside" in text
    assert "beside the team" in text
    found = {}
    for person in (launch.lena, launch.noor):
        feed = get_feed(make_feed(person, None, now=launch.now))
        events = events_of(feed_file(feed, today=TODAY, base="https://bash.example.org/"))
        found[person.name] = [one for one in events if one["SUMMARY"] == "L3 for checkout-api"]
    ((lena,), (noor,)) = found.values()
    assert (lena["STATUS"], noor["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert int(noor["SEQUENCE"]) > int(lena["SEQUENCE"])


def send(client, token, payload):
    return client.post(f"/hooks/releases/{token}", json=payload)


def test_a_pipeline_sends_a_release_as_often_as_it_likes(client, work):
    with work():
        made = Launch()
        token = make_hook("Deploy", by=made.priya, now=made.now)
    payload = {"service": "Checkout-API", "version": "2.0", "authors": ["LENA@example.org", "nobody"]}
    first = send(client, token, payload)
    assert first.status_code == 201
    assert first.get_json() == {"message": "Registered.", "hypercare": "/hypercare/1"}
    again = send(client, token, {**payload, "deployed_at": "2020-01-01T00:00:00Z"})
    assert (again.status_code, again.get_json()["hypercare"]) == (200, "/hypercare/1")
    assert "was registered by a pipeline" in again.get_json()["message"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Release)) == 1
    silent = send(client, token, {**payload, "version": "2.1", "hypercare": False})
    assert (silent.status_code, silent.get_json()) == (201, {"message": "Registered."})
    assert db.session.scalars(sa.select(L3Seat.person_id)).all() == [made.lena.id, made.noor.id]


@pytest.mark.parametrize(
    ("payload", "status", "words"),
    [
        ({"service": "fax machine", "version": "1"}, 422, "No service is called fax machine"),
        ({"service": "checkout-api"}, 422, "Say which version"),
        ({"service": "checkout-api", "version": "1", "deployed_at": "yesterday"}, 422, "deployed_at is a time"),
        ({"service": "checkout-api", "version": "1", "deployed_at": "2099-01-01T00:00:00"}, 422, "lies ahead"),
        ({"service": "checkout-api", "version": "1", "authors": "lena"}, 422, "authors is a list"),
        ([1], 400, "one JSON object"),
    ],
)
def test_a_pipeline_hears_what_is_wrong(client, work, payload, status, words):
    with work():
        made = Launch()
        token = make_hook("Deploy", by=made.priya, now=made.now)
    answer = send(client, token, payload)
    assert (answer.status_code, db.session.scalar(sa.select(sa.func.count()).select_from(Release))) == (status, 0)
    assert words in answer.get_json()["message"]
    assert send(client, "guessed", payload).status_code == 404
    assert client.post(f"/hooks/releases/{token}", data=b"\xff{").status_code == 400


def test_addresses_of_pipelines_are_made_shown_once_and_ended(client, work):
    with work():
        made = Launch()
        switch(client, made.person("Ada", "admin"))
    assert client.post("/releases/hooks", data={"name": " "}).status_code == 422
    text = client.post("/releases/hooks", data={"name": "Deploy"}).get_data(as_text=True)
    token = re.search(r"/hooks/releases/([\w-]{20,})", text).group(1)
    assert token not in text_of(client, "/releases/hooks")
    assert send(client, token, {"service": "fax", "version": "1"}).status_code == 201
    for _ in range(2):
        assert client.post("/releases/hooks/1/end").status_code == 303
    assert client.post("/releases/hooks/9/end").status_code == 404
    assert send(client, token, {"service": "fax", "version": "2"}).status_code == 404
    with work():
        switch(client, made.lena)
    assert client.get("/releases/hooks").status_code == 403


def test_a_manager_sets_the_rule_on_its_page(launch, client, work):
    with work():
        switch(client, launch.priya)
    rule = {"days": 10, "quiet_days": 3, "taught": 1, "longest_days": 30, "seats": 1, "hours_per_day": 3, "seen": 0}
    assert "Quiet days before it can end" in text_of(client, "/hypercare/rule")
    assert client.post("/hypercare/rule", data={**rule, "quiet_days": 0}).status_code == 422
    assert client.post("/hypercare/rule", data=rule).status_code == 303
    assert client.post("/hypercare/rule", data=rule).status_code == 409


def test_incidents_before_and_after_count_only_once_both_fortnights_are_over(launch, work):
    with work():
        end_hypercare(launch.hypercare, reason="x", by=launch.priya, now=launch.now)
        for days in (-20, -3, -2, 1, 15):
            launch.incident(days=days)
    found = hypercare_numbers(today=TODAY + timedelta(days=13)).incidents
    assert (found.before, found.after) == (0, 0)
    found = hypercare_numbers(today=TODAY + timedelta(days=14)).incidents
    assert (found.before, found.after, found.finding) == (2, 1, "too_few")


def test_pages_ask_as_much_for_many(launch, client, work):
    with work():
        launch.make_ready()
        switch(client, launch.priya)
    paths = ("/hypercare", "/hypercare?show=ended", "/hypercare/1", "/hypercare/1/since", "/hypercare/near", "/releases",
             "/handovers/team/CHK", "/rotation/people/lena")  # fmt: skip
    few = [questions(client, path) for path in paths]
    with work():
        launch.teach(12)
        for number in range(12):
            service = make_service(f"service-{number}", launch.chk)
            draft = ReleaseDraft(service, "1", launch.now, ("lena", "noor"))
            made = register_release(draft, Registrar(by=launch.priya), now=launch.now).hypercare
            accept_seat(made, by=launch.lena, now=launch.now)
            launch.release(f"2.{number + 1}", "noor", "unknown")
            launch.incident(days=number / 100)
            if number % 2:
                end_hypercare(made, reason="x", by=launch.priya, now=launch.now)
    many = [questions(client, path) for path in paths]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hypercare)) == 13
    assert many[2:] == few[2:]
    assert max(many) <= 12
