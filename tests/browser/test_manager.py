"""A manager staffs the sides: logs a move, finds it in the timeline, corrects what was written down wrong."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from gamebash.core import clock
from gamebash.core.db import unit_of_work
from gamebash.people.passwords import hash_password
from gamebash.rotation.moves import MoveDraft, log_move
from tests.browser.accessibility import violations
from tests.browser.conftest import serving
from tests.conftest import make_app
from tests.rotation.making import a_manager, a_person, some_teams
from tests.support.crawl import sign_in

PASSWORD = "a long enough password"


@pytest.fixture
def address(tmp_path, sqlite_template):
    path = tmp_path / "gamebash.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(tmp_path))
    now = clock.now()
    with app.app_context(), unit_of_work():
        teams, manager = some_teams(now), a_manager(now)
        manager.password_hash = hash_password(PASSWORD)
        for name, code in (("Lena Vogt", "OPS"), ("Noor Haddad", "CHK")):
            draft = MoveDraft(None, teams[code], now.date() - timedelta(days=80))
            log_move(a_person(name, now), draft, by=manager, now=now)
    with serving(app) as address:
        yield address


def test_a_move_is_logged_found_and_corrected(visit, address):
    page = visit(width=1440).page
    sign_in(page, address, "priya-raman@example.org", PASSWORD)
    day = clock.now().date() + timedelta(days=12)

    page.goto(f"{address}/rotation?person=lena-vogt")
    form = page.locator("#log")
    assert form.get_by_label("From").input_value() == "OPS"
    form.get_by_label("To").select_option("WHS")
    form.get_by_label("First day there").fill(day.isoformat())
    form.get_by_role("button", name="Log this move").click()
    page.get_by_text("Logged as move 3").wait_for()

    page.goto(f"{address}/rotation")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Lena Vogt goes to Team WHS on")
    page.get_by_label("Search people").fill("noor")
    expect(page.locator("#timeline .rotgrid__row")).to_have_count(1)
    expect(page.locator("#timeline .rotgrid__who")).to_contain_text("Noor Haddad")
    assert "q=noor" in page.url

    page.goto(f"{address}/rotation/moves/3/correct")
    page.get_by_label("To", exact=True).and_(page.locator("select")).select_option("CHK")
    page.get_by_label("What was wrong").fill("It is Checkout")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("heading", name="As it would be").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Correct move 3").click()
    page.get_by_text("move 4 stands in its place").wait_for()
