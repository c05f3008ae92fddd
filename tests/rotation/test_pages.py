"""The pages of rotation in a browser without scripts: who may do what, the whole way of a move, lists and exports."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import g

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.rotation.approvals import approve_move
from gamebash.rotation.models import Move, MoveApproval, Team
from gamebash.rotation.moves import MoveDraft, log_move
from tests.rotation.making import Role, a_manager, a_person, sign_in, some_teams

TODAY = clock.now().date()
PAGES = (
    "/rotation",
    "/rotation/log",
    "/rotation/moves/1",
    "/rotation/people/lena-vogt",
    "/teams",
    "/teams/CHK",
    "/rotation?on=2026-03-01",
)
FOR_MANAGERS = (
    "/rotation/moves/new",
    "/rotation/swaps/new",
    "/rotation/moves/1/correct",
    "/rotation/moves/1/approve",
    "/teams/new",
)


@pytest.fixture
def world(work, now):
    """Lena joined CHK a hundred days ago; Priya is a manager, Sam a developer."""
    with work():
        teams = some_teams(now)
        people = {"lena": a_person("Lena Vogt", now), "sam": a_person("Sam Okafor", now, Role.DEVELOPER)}
        people["priya"] = a_manager(now)
        draft = MoveDraft(None, teams["CHK"], TODAY - timedelta(days=100), '=HYPERLINK("http://x")')
        log_move(people["lena"], draft, by=people["priya"], now=now)
    return {**people, "teams": teams}


@pytest.fixture
def as_person(work, world, client):
    def sign(name):
        with work():
            sign_in(client, world[name])
        return client

    return sign


def text_of(response):
    return response.get_data(as_text=True)


def move_form(day, from_team="CHK", to_team="OPS", **more):
    values = {"person": "lena-vogt", "from_team": from_team, "to_team": to_team, "effective_on": day.isoformat()}
    return {**values, "kind": "", "reason": "End of turn", **more}


@pytest.mark.parametrize("path", PAGES)
def test_everybody_signed_in_may_read(as_person, path):
    assert as_person("sam").get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, *FOR_MANAGERS, "/rotation/log.csv"])
def test_nobody_else_may(world, client, path):
    response = client.get(path)
    assert response.status_code == 303
    assert "/sign-in" in response.location


@pytest.mark.parametrize("path", FOR_MANAGERS)
def test_only_managers_log_correct_approve_and_found(as_person, path):
    client = as_person("sam")
    assert client.get(path).status_code == 403
    assert client.post(path, data=move_form(TODAY)).status_code == 403
    assert "Log a move" not in text_of(client.get("/rotation"))


@pytest.mark.parametrize("path", FOR_MANAGERS)
def test_managers_see_the_forms(as_person, path):
    assert as_person("priya").get(path).status_code == 200


def test_a_move_is_logged_seen_corrected_and_approved(as_person, work):
    client = as_person("priya")
    day = TODAY + timedelta(days=10)
    answer = client.post("/rotation/moves/new", data=move_form(day), follow_redirects=True)
    assert "Logged as move 2" in text_of(answer)
    assert f"Lena Vogt goes to Team OPS on {day:%A} {day.day} {day:%B}" in text_of(client.get("/rotation"))

    wrong = {"from_team": "CHK", "to_team": "WHS", "effective_on": day.isoformat(), "reason": "It is the warehouse"}
    shown = client.post("/rotation/moves/2/correct", data={**wrong, "step": "show"})
    assert "What changes if you correct move 2" in text_of(shown)
    assert count(Move) == 2
    client.post("/rotation/moves/2/correct", data={**wrong, "step": "save"})
    assert "Corrected by move 3" in text_of(client.get("/rotation/log"))

    client.post("/rotation/moves/3/approve")
    assert "Priya Raman" in text_of(client.get("/rotation/log?approved=yes"))
    assert count(MoveApproval) == 1
    assert client.post("/rotation/moves/3/approve").status_code == 409
    assert client.post("/rotation/moves/2/approve").status_code == 409


def test_the_person_moved_declines_and_a_manager_gives_their_word(as_person, work, world):
    day = TODAY + timedelta(days=10)
    as_person("priya").post("/rotation/moves/new", data=move_form(day))
    body = text_of(as_person("sam").get("/rotation/moves/2"))
    assert "Decline this move" not in body
    assert as_person("sam").post("/rotation/moves/2/agree").status_code == 403

    client = as_person("lena")
    assert "Agree to this move" in text_of(client.get("/rotation/moves/2"))
    assert client.post("/rotation/moves/2/decline", data={"reason": ""}).status_code == 422
    body = text_of(client.post("/rotation/moves/2/decline", data={"reason": "My exams"}, follow_redirects=True))
    assert "the move no longer counts" in body
    assert "My exams" in body
    assert "My exams" not in text_of(as_person("sam").get("/rotation/moves/2"))
    assert as_person("sam").post("/rotation/moves/2/word", data={"reason": "x"}).status_code == 403

    client = as_person("priya")
    assert "My exams" in text_of(client.get("/rotation/moves/2"))
    body = text_of(client.post("/rotation/moves/2/word", data={"reason": "Nobody else can"}, follow_redirects=True))
    assert "It stands by your word, as move 4" in body
    assert client.post("/rotation/moves/2/word", data={"reason": "Again"}).status_code == 409


def test_the_person_moved_agrees(as_person):
    as_person("priya").post("/rotation/moves/new", data=move_form(TODAY + timedelta(days=10)))
    client = as_person("lena")
    assert "You agreed" in text_of(client.post("/rotation/moves/2/agree", follow_redirects=True))
    assert client.post("/rotation/moves/2/agree").status_code == 409
    assert "Changed your mind?" in text_of(client.get("/rotation/moves/2"))


def test_cancelling_shows_first_what_falls_with_it(as_person):
    client = as_person("priya")
    client.post("/rotation/moves/new", data=move_form(TODAY + timedelta(days=10)))
    client.post("/rotation/moves/new", data=move_form(TODAY + timedelta(days=90), "OPS", "WHS"))
    assert "1 more move cannot stand without it" in text_of(client.get("/rotation/moves/2/cancel"))
    assert client.post("/rotation/moves/2/cancel", data={"reason": ""}).status_code == 422
    body = text_of(client.post("/rotation/moves/2/cancel", data={"reason": "Off"}, follow_redirects=True))
    assert "Move 2 is cancelled. 1 more fell with it." in body
    assert client.get("/rotation/moves/2/cancel").status_code == 409
    assert client.get("/rotation/moves/1/cancel").status_code == 409


def test_two_people_swap(as_person, work, world, now):
    with work():
        noor = a_person("Noor Haddad", now)
        log_move(noor, MoveDraft(None, world["teams"]["OPS"], TODAY - timedelta(days=9)), by=world["priya"], now=now)
    client = as_person("priya")
    form = {"one": "lena-vogt", "other": "noor-haddad", "effective_on": (TODAY + timedelta(days=5)).isoformat()}
    assert client.post("/rotation/swaps/new", data={**form, "other": "lena-vogt"}).status_code == 422
    assert client.post("/rotation/swaps/new", data={**form, "other": "sam-okafor"}).status_code == 422
    body = text_of(client.post("/rotation/swaps/new", data=form, follow_redirects=True))
    assert "Logged as moves 3 and 4" in body
    assert "Half of a swap" in body


def test_the_form_of_a_team_shows_who_leads_it(as_person):
    client = as_person("priya")
    form = {"code": "EDI", "name": "Exchange", "kind": "scrum", "crest": "pentagon", "colour": "4",
            "product_owner": "sam-okafor", "managers": "priya-raman", "min_weeks": "4", "max_weeks": "12"}  # fmt: skip
    client.post("/teams/new", data=form)
    body = text_of(client.get("/teams/EDI/edit"))
    for shown in ('selected value="sam-okafor"', 'selected value="priya-raman"', 'value="4"', 'value="12"'):
        assert shown in body
    assert client.post("/teams/EDI/edit", data={**form, "min_weeks": "13"}).status_code == 422


def count(table):
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_contradicting_move_comes_back_with_the_form_and_the_reason(as_person):
    answer = as_person("priya").post("/rotation/moves/new", data=move_form(TODAY, "WHS", "OPS"))
    assert answer.status_code == 409
    assert "Lena Vogt is in CHK since" in text_of(answer)
    assert "End of turn" in text_of(answer)
    assert count(Move) == 1


@pytest.mark.parametrize(
    "faults",
    [{"person": ""}, {"person": "nobody"}, {"effective_on": "soon"}, {"to_team": "XXX"}, {"to_team": "CHK"}],
)
def test_what_cannot_be_used_is_said_beside_the_field(as_person, faults):
    answer = as_person("priya").post("/rotation/moves/new", data=move_form(TODAY, **{"to_team": "OPS", **faults}))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text_of(answer)
    assert count(Move) == 1


def test_a_correction_that_would_contradict_is_refused_before_anything_is_shown(as_person):
    client = as_person("priya")
    client.post("/rotation/moves/new", data=move_form(TODAY))
    answer = client.post(
        "/rotation/moves/1/correct",
        data={"takes_out": "y", "reason": "Never came", "step": "show", "effective_on": TODAY.isoformat()},
    )
    assert answer.status_code == 409
    assert "Take move 2 out first" in text_of(answer)


def test_who_was_where_is_answered_for_any_day(as_person):
    client = as_person("sam")
    before = TODAY - timedelta(days=101)
    assert "nobody was in a team" in text_of(client.get(f"/rotation?on={before}"))
    assert "one person was in one team" in text_of(client.get(f"/rotation?on={before + timedelta(days=1)}"))
    assert client.get("/rotation?on=yesterday&page=x&team=%3Cb%3E&kind=none").status_code == 200


@pytest.mark.parametrize("path", ["/rotation/people/nobody", "/teams/XYZ", "/rotation/moves/99/correct"])
def test_what_does_not_exist_is_not_found(as_person, path):
    assert as_person("priya").get(path).status_code == 404


def test_the_log_is_narrowed_and_ordered_by_the_address(as_person, work, world, now):
    with work():
        noor = a_person("Noor Haddad", now)
        late = log_move(noor, MoveDraft(None, world["teams"]["OPS"], TODAY), by=world["priya"], now=now)
        approve_move(late, by=world["priya"], now=now)
    client = as_person("sam")

    def people(query):
        body = text_of(client.get(f"/rotation/log?{query}"))
        rows = body[body.index('id="moves"') :]
        return [name for name in ("Noor Haddad", "Lena Vogt") if name in rows]

    assert people("team=OPS") == ["Noor Haddad"]
    assert people("q=lena") == ["Lena Vogt"]
    assert people("kind=join") == ["Noor Haddad", "Lena Vogt"]
    assert people("kind=leave") == []
    assert people("approved=no") == ["Lena Vogt"]
    assert people(f"since={TODAY}") == ["Noor Haddad"]
    assert people(f"until={TODAY - timedelta(days=1)}") == ["Lena Vogt"]
    assert people("q=%25") == []
    body = text_of(client.get("/rotation/log?sort=oldest"))
    assert body.index("Lena Vogt") < body.index("Noor Haddad")


def test_the_export_is_safe_in_a_spreadsheet(as_person):
    answer = as_person("sam").get("/rotation/log.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert row["reason"] == '\'=HYPERLINK("http://x")'
    assert (row["person"], row["to"], row["first day"]) == ("Lena Vogt", "CHK", str(TODAY - timedelta(days=100)))


def test_a_team_is_founded_changed_and_retired(as_person):
    client = as_person("priya")
    form = {"code": "edi", "name": "Exchange", "kind": "scrum", "crest": "pentagon", "colour": "4", "product_owner": ""}
    assert "Exchange is founded" in text_of(client.post("/teams/new", data=form, follow_redirects=True))
    changed = client.post("/teams/EDI/edit", data={**form, "product_owner": "sam-okafor"}, follow_redirects=True)
    assert "Sam Okafor decides" in text_of(changed)
    assert client.post("/teams/EDI/edit", data={**form, "code": "OPS"}).status_code == 409
    assert client.post("/teams/new", data={**form, "code": "toolong"}).status_code == 422
    assert client.post("/teams/CHK/retire").status_code == 409
    client.post("/teams/EDI/retire")
    db.session.rollback()
    assert not db.session.scalars(sa.select(Team.is_active).where(Team.code == "EDI")).one()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_the_same_number_of_questions_whatever_the_number_of_people(as_person, work, world, now, path):
    client = as_person("priya")
    few = questions(client, path)
    with work():
        for number in range(40):
            person = a_person(f"Person {number}", now)
            day = TODAY - timedelta(days=60 + number)
            log_move(person, MoveDraft(None, world["teams"]["CHK"], day), by=world["priya"], now=now)
            log_move(
                person,
                MoveDraft(world["teams"]["CHK"], world["teams"]["OPS"], day + timedelta(days=20)),
                by=world["priya"],
                now=now,
            )
    many = questions(client, path)
    assert many <= few
    assert many <= 12


def questions(client, path):
    # The test's own application context outlives the request, and with it whom Flask-Login remembers; a real one does not.
    g.pop("_login_user", None)
    asked = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    with client.application.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_htmx_gets_the_part_it_asked_for(as_person):
    client = as_person("sam")
    fragment = text_of(client.get("/rotation?q=lena", headers={"HX-Request": "true"}))
    assert fragment.lstrip().startswith('<div id="timeline">')
    assert text_of(client.get("/rotation/log", headers={"HX-Request": "true"})).lstrip().startswith('<div id="moves">')


def test_a_tour_past_the_limit_of_its_team_stands_in_red(as_person, work, world):
    client = as_person("priya")
    assert "No tour is past its limit" in text_of(client.get("/rotation/tours"))
    with work():
        db.session.get(Team, world["teams"]["CHK"].id).max_weeks = 12
    for path in ("/rotation", "/rotation/people/lena-vogt", "/teams/CHK", "/rotation/tours?limit=long"):
        assert "pastlimit" in text_of(client.get(path)) or "Too long" in text_of(client.get(path))
    assert "2 weeks past the 12 weeks of CHK" in text_of(client.get("/rotation/people/lena-vogt"))
    assert 'class="rot-limit"' in text_of(client.get("/rotation"))
    rows = csv.DictReader(io.StringIO(client.get("/rotation/tours.csv?limit=long").get_data().decode("utf-8-sig")))
    assert [(row["handle"], row["days so far"], row["standing"]) for row in rows] == [("lena-vogt", "100", "too long")]


def test_tours_are_narrowed_to_a_day_and_to_a_period(as_person):
    client = as_person("sam")
    first = TODAY - timedelta(days=100)
    for query, found in (
        (f"on={first}", True), (f"on={first - timedelta(days=1)}", False), (f"until={first}", True),
        (f"until={first - timedelta(days=1)}", False), (f"since={TODAY}", True), ("team=OPS", False), ("q=len", True),
        ("kind=ops", False), ("kind=scrum", True), ("limit=long", False),
    ):  # fmt: skip
        assert ("Lena Vogt" in text_of(client.get(f"/rotation/tours?{query}"))) is found, query


def test_the_flow_of_a_quarter_has_its_table(as_person):
    client = as_person("priya")
    client.post("/rotation/moves/new", data=move_form(TODAY))
    body = text_of(client.get("/rotation/flow"))
    assert "1 move in Q" in body or "2 moves in Q" in body
    assert "flow-band" in body
    assert "Nobody moved in Q1 1999" in text_of(client.get("/rotation/flow?quarter=1999-Q1"))
    assert client.get("/rotation/flow?quarter=9999-Q4").status_code == 200


def test_where_there_are_too_many_people_for_a_list_one_types_a_handle(as_person, monkeypatch):
    monkeypatch.setattr("gamebash.rotation.queries.found.MOST_OFFERED", 2)
    client = as_person("priya")
    assert '<select class="select" id="person"' not in text_of(client.get("/rotation"))
    assert 'type="text"' in text_of(client.get("/rotation/moves/new"))
    answer = client.post("/rotation/moves/new", data=move_form(TODAY, person="nobody-here"))
    assert answer.status_code == 404
    assert "There is nobody called nobody-here" in text_of(answer)
    assert "Logged as move 2" in text_of(
        client.post("/rotation/moves/new", data=move_form(TODAY), follow_redirects=True)
    )
