"""The pages of operating models: who may do what, the way of a switch, and what is counted before and after it."""

import csv
import io
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.kinds import RootCause
from gamebash.backlog.models import Problem
from gamebash.core import audit, clock
from gamebash.core.db import db
from gamebash.operating.kinds import OperatingModel
from gamebash.operating.queries.page import team_model_page
from gamebash.operating.switches import SwitchDraft, log_switch
from gamebash.play.models import Claim, ClaimEnd, Fix, FixState
from gamebash.stories.lifecycle import StoryState
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from tests.factories import add, make_event, make_player, make_service, make_story
from tests.rotation.making import Role, a_manager, a_person, sign_in, some_teams
from tests.watch.playing import record, take_in

SEPARATE, FIFTH, ROTATING, SRE = OperatingModel
NOW = clock.now()
TODAY = NOW.date()
ON = TODAY - timedelta(days=100)
WORDS = {
    "change_url": "https://git.example/1", "what_was_done": "Retry", "root_cause": RootCause.CODE_DEFECT, "prevention": "A test.",
}  # fmt: skip


def at(day):
    return datetime.combine(day, time(12), UTC)


@pytest.fixture
def world(work):
    """CHK owned a database; six incidents a week before it went to 80/20 a hundred days ago, one a week since."""
    with work():
        teams, priya = some_teams(NOW), a_manager(NOW)
        sam = a_person("Sam Okafor", NOW, Role.DEVELOPER)
        days = [ON - timedelta(days=number) for number in range(1, 183)]
        records = [record(at(day), f"disk{number % 7}") for number, day in enumerate(days) if number % 7]
        records += [record(at(ON + timedelta(days=number)), "tape") for number in range(0, 100, 7)]
        records.append(record(at(TODAY), "today"))
        take_in(*records, now=NOW)
        make_service("database").team_id = teams["CHK"].id
        log_switch(teams["CHK"], SwitchDraft(SEPARATE, ON - timedelta(days=400)), reason="As ever", by=priya, now=NOW)
        log_switch(teams["CHK"], SwitchDraft(FIFTH, ON), reason='=HYPERLINK("x")', by=priya, now=NOW)
    return {**teams, "priya": priya, "sam": sam}


@pytest.fixture
def as_person(work, world, client):
    def sign(name):
        with work():
            sign_in(client, world[name])
        return client

    return sign


def text_of(response):
    assert response.status_code == 200, response.status_code
    return response.get_data(as_text=True)


def test_the_page_of_a_team_says_what_was_before_and_after_its_switch(as_person, world):
    text = text_of(as_person("sam").get("/operating-models/teams/chk"))
    assert "Team CHK works by 80/20 since" in text
    assert "there are fewer incidents than before: 1.1 a week, 6.0 before" in text
    assert "182 days before, 100 days after" in text
    assert "Separate to 80/20" in text
    assert "Log a switch" not in text
    assert "Incidents a week. Separate" in text


def test_today_noise_and_other_services_are_not_counted(world, work):
    with work():
        incident = db.session.execute(sa.text("SELECT max(id) FROM incidents WHERE symptom = 'tape'")).scalar_one()
        db.session.execute(sa.text(f"UPDATE incidents SET is_noise = true WHERE id = {incident}"))
        db.session.execute(sa.text("UPDATE services SET team_id = NULL WHERE slug != 'database'"))
    one = team_model_page(world["CHK"], 1, can_log=False, today=TODAY).outcomes.items[0]
    assert (one.incidents.known_before, one.incidents.known_after) == (156, 14)


def accepted(day, ready_days, *, held, state=StoryState.WATCHED):
    """Add a story of the database accepted on a day, so long after it was made ready; ``held`` is None before the verdict."""
    service = make_service("database")
    key = f"Q-{db.session.scalar(sa.select(sa.func.count()).select_from(Problem))}"
    problem = add(Problem(key=key, fingerprint=key, title=key, service_id=service.id))
    story = make_story(state, service=service, problem_id=problem.id)
    audit.record("story:made_ready", story.key, by_id=None, now=at(day) - timedelta(days=ready_days))
    audit.record("story:made_ready", story.key, by_id=None, now=at(day) + timedelta(days=1))
    player = make_player(make_event(went_live_at=at(day)))
    ids = {"event_id": player.event_id, "story_id": story.id, "player_id": player.id}
    claim = add(Claim(**ids, claimed_at=at(day), lease_ends_at=at(day), ended_at=at(day), end=ClaimEnd.ACCEPTED))
    fix = add(Fix(**ids, claim_id=claim.id, state=FixState.ACCEPTED, decided_at=at(day), submitted_at=at(day), **WORDS))
    if held is not None:
        verdict = WatchState.HELD if held else WatchState.RECURRED
        moments = {"starts_at": at(day), "ends_at": at(day) + timedelta(days=30), "decided_at": NOW}
        add(Watch(fix_id=fix.id, event_id=player.event_id, problem_id=problem.id, state=verdict, **moments))


def test_stories_and_fixes_are_counted_where_they_were_accepted_and_settled(world, work):
    with work():
        for number in range(6):
            accepted(ON - timedelta(days=10 + number), 8, held=number % 2 == 0)
            accepted(ON + timedelta(days=10 + number), 2, held=True)
        accepted(TODAY, 50, held=None)
        accepted(ON + timedelta(days=5), 50, held=None, state=StoryState.IN_REVIEW)
        accepted(ON - timedelta(days=300), 50, held=False)
    one = team_model_page(world["CHK"], 1, can_log=False, today=TODAY).outcomes.items[0]
    assert (one.lead.before, one.lead.after) == (pytest.approx(8, abs=0.01), pytest.approx(2, abs=0.01))
    assert (one.lead.known_before, one.lead.known_after) == (6, 6)
    assert (one.held.before, one.held.after) == (0.5, 1.0)
    assert (one.held.known_before, one.held.known_after) == (6, 6)
    assert (one.lead.verdict, one.held.verdict) == ("less", "more")


def test_a_visitor_of_the_list_sees_how_teams_work_and_can_narrow_the_log(as_person, world, work):
    with work():
        log_switch(world["WHS"], SwitchDraft(SRE, TODAY), reason="Errors", by=world["priya"], now=NOW)
        log_switch(world["WHS"], SwitchDraft(ROTATING, TODAY + timedelta(days=30)), reason="Next", by=None, now=NOW)
    client = as_person("sam")
    text = text_of(client.get("/operating-models"))
    assert "1 team 80/20, 1 SRE" in text
    assert "Rotating from" in text
    assert "not logged" in text
    assert "As ever" not in text_of(client.get("/operating-models?team=WHS"))
    assert "As ever" in text_of(client.get("/operating-models?model=separate"))
    assert "No entry matches" in text_of(client.get("/operating-models?team=OPS"))
    fragment = text_of(client.get("/operating-models?team=WHS", headers={"HX-Request": "true"}))
    assert fragment.lstrip().startswith('<div id="entries">')


def test_log_and_outcomes_are_saved_as_tables_without_formulas(as_person, world):
    client = as_person("sam")
    rows = list(csv.DictReader(io.StringIO(client.get("/operating-models/log.csv").get_data().decode("utf-8-sig"))))
    assert [(row["entry"], row["team"], row["model"]) for row in rows] == [
        ("2", "CHK", "80/20"),
        ("1", "CHK", "Separate"),
    ]
    assert rows[0]["reason"].startswith("'=")
    body = client.get("/operating-models/teams/CHK.csv").get_data().decode("utf-8-sig")
    outcomes = list(csv.DictReader(io.StringIO(body)))
    assert [row["measure"] for row in outcomes] == ["incidents", "lead", "held"]
    assert (outcomes[0]["made of before"], outcomes[0]["finding"]) == ("156", "less")


def test_only_managers_log_and_correct(as_person, world):
    client = as_person("sam")
    for path in ("/operating-models/switch", "/operating-models/entries/1/correct"):
        assert client.get(path).status_code == 403
        assert client.post(path).status_code == 403


def test_a_manager_logs_a_switch_and_corrects_it(as_person, world):
    client = as_person("priya")
    assert '<option selected value="WHS">' in text_of(client.get("/operating-models/switch?team=WHS"))
    typed = {"team": "WHS", "model": "rotating", "starts_on": TODAY.isoformat(), "reason": "Turns"}
    assert client.post("/operating-models/switch", data={**typed, "reason": ""}).status_code == 422
    assert client.post("/operating-models/switch", data={**typed, "model": "agile"}).status_code == 422
    assert "Logged for Team WHS" in text_of(client.post("/operating-models/switch", data=typed, follow_redirects=True))
    again = client.post("/operating-models/switch", data=typed)
    assert again.status_code == 409
    assert "already has an entry" in again.get_data(as_text=True)
    path = "/operating-models/entries/3/correct"
    assert "Turns" in text_of(client.get(path))
    moved = {"model": "sre", "starts_on": TODAY.isoformat(), "reason": "It was SRE"}
    assert "no longer counts" in text_of(client.post(path, data=moved, follow_redirects=True))
    assert client.post(path, data=moved).status_code == 409
    assert "works by SRE" in text_of(client.get("/operating-models/teams/WHS"))
    assert "Corrected by entry 4" in text_of(client.get(path))
    out = client.post("/operating-models/entries/4/correct", data={**moved, "takes_out": "y"}, follow_redirects=True)
    assert "How Team WHS works is not logged" in text_of(out)
    assert client.get("/operating-models/entries/99/correct").status_code == 404


def test_it_is_found_from_the_rotation_and_from_the_page_of_a_team(as_person, world):
    client = as_person("sam")
    assert 'href="/operating-models"' in text_of(client.get("/rotation"))
    team = text_of(client.get("/teams/CHK"))
    assert 'href="/operating-models/teams/CHK"' in team
    assert 'hx-get="/operating-models/teams/CHK/present"' in team
    assert "<b>80/20</b> since" in text_of(client.get("/operating-models/teams/CHK/present"))
    assert "Nothing is logged yet" in text_of(client.get("/operating-models/teams/WHS/present"))


def test_an_empty_log_and_a_team_without_services_say_what_to_do(app, work, client):
    with work():
        some_teams(NOW)
        sign_in(client, a_manager(NOW))
    assert "Log the first one" in text_of(client.get("/operating-models"))
    text = text_of(client.get("/operating-models/teams/WHS"))
    assert "Nothing is logged for WHS" in text
    assert "it has none" in text


def test_however_many_switches_and_incidents_the_page_asks_the_same_number_of_questions(app, as_person, world, work):
    client, asked = as_person("sam"), []
    engine = db.engine

    def note(*args):
        asked.append(args[2])

    def count(path):
        text_of(client.get(path))
        asked.clear()
        text_of(client.get(path))
        return len(asked)

    sa.event.listen(engine, "before_cursor_execute", note)
    before = [count("/operating-models/teams/CHK"), count("/operating-models")]
    with work():
        for number in range(12):
            model, day = (SRE, SEPARATE)[number % 2], ON + timedelta(days=5 + number * 7)
            log_switch(world["CHK"], SwitchDraft(model, day), reason="Again", by=world["priya"], now=NOW)
    after = [count("/operating-models/teams/CHK"), count("/operating-models")]
    sa.event.remove(engine, "before_cursor_execute", note)
    assert before == after
    assert max(after) <= 12
    assert "switches" in text_of(client.get("/operating-models/teams/CHK?page=3"))
