"""From a wish to a plan in the log: somebody says what they want, a manager plans, fixes a row, compares, approves."""

from datetime import timedelta

import pytest

from gamebash.core import clock
from gamebash.core.db import unit_of_work
from gamebash.people.passwords import hash_password
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.staffing.plan_chores import work_off_plans
from gamebash.staffing.rulebook import RuleKind
from gamebash.staffing.rules import set_rule
from tests.browser.accessibility import violations
from tests.browser.conftest import serving
from tests.conftest import make_app
from tests.factories import make_service
from tests.rotation.making import a_manager, a_person, some_teams
from tests.support.crawl import sign_in

PASSWORD = "a long enough password"
EASY = {"shortest_weeks": 4, "longest_weeks": 52, "held_fixes": 0, "taught": 0, "needs_word": 0}


@pytest.fixture
def site(tmp_path, sqlite_template):
    path = tmp_path / "gamebash.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(tmp_path))
    now = clock.now()
    with app.app_context(), unit_of_work():
        teams, manager = some_teams(now), a_manager(now)
        manager.password_hash = hash_password(PASSWORD)
        make_service("checkout-api", teams["CHK"])
        set_rule(RuleKind.ELIGIBILITY, EASY, seen=0, by=manager, now=now)
        for name, code in (("Lena Vogt", "OPS"), ("Sam Okafor", "OPS"), ("Noor Haddad", "CHK"), ("Kai Berg", "CHK")):
            person = a_person(name, now)
            person.password_hash = hash_password(PASSWORD)
            log_move(person, MoveDraft(None, teams[code], now.date() - timedelta(days=200)), by=manager, now=now)
    with serving(app) as address:
        yield app, address


def work_out(app):
    with app.app_context():
        assert work_off_plans(now=clock.now())


def faults_of(visitor):
    page, found = visitor.page, []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"runs over at {width}"] if visitor.runs_over_sideways() else []
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found += violations(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def test_a_wish_becomes_a_plan_and_the_plan_moves_in_the_log(visit, site):
    app, address = site
    lena = visit()
    sign_in(lena.page, address, "lena-vogt@example.org", PASSWORD)
    lena.page.goto(f"{address}/wishes/mine")
    lena.page.get_by_label("Want to move").check()
    lena.page.get_by_label("CHK Team CHK").check()
    lena.page.get_by_role("button", name="Keep this").click()
    lena.page.get_by_role("heading", name="You said: wants to move: CHK").wait_for()
    assert faults_of(lena) == []

    priya = visit()
    page = priya.page
    sign_in(page, address, "priya-raman@example.org", PASSWORD)
    page.goto(f"{address}/rotation")
    page.get_by_role("cell", name="Pair somebody in ops with").wait_for()
    page.get_by_text("Wants to move: CHK").wait_for()

    page.goto(f"{address}/staffing/new")
    page.get_by_label("First day").fill((clock.now().date() + timedelta(days=40)).isoformat())
    page.get_by_role("button", name="Work out a plan").click()
    page.get_by_role("heading", name="Plan 1 is being worked out").wait_for()
    assert faults_of(priya) == []
    work_out(app)
    page.get_by_role("link", name="Show it").click()
    page.get_by_role("heading", name="1 move on").wait_for()
    assert faults_of(priya) == []

    page.get_by_role("button", name="Not this").click()
    work_out(app)
    page.get_by_role("link", name="Show it").click()
    page.get_by_role("heading", name="Leave everybody where they are").wait_for()
    page.get_by_role("button", name="Compare the two").click()
    page.get_by_role("heading", name="Plan 1 costs").wait_for()
    assert faults_of(priya) == []

    page.goto(f"{address}/staffing/1")
    page.get_by_role("button", name="Approve this plan").click()
    page.get_by_role("button", name="Approve it").click()
    page.get_by_text("its moves are in the log").wait_for()
    page.goto(f"{address}/rotation/people/lena-vogt")
    page.get_by_text("Moves to CHK on").first.wait_for()
