"""A move from the plan to the log by three people: planned, agreed to, approved by both managers; a swap; a file of the past."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from gamebash.core import clock
from gamebash.core.db import unit_of_work
from gamebash.people.passwords import hash_password
from gamebash.rotation.imports import work_off_imports
from gamebash.rotation.moves import MoveDraft, log_move
from tests.browser.accessibility import violations
from tests.browser.conftest import serving
from tests.conftest import make_app
from tests.rotation.making import a_manager, a_person, some_teams
from tests.support.crawl import sign_in

PASSWORD = "a long enough password"


@dataclass
class Site:
    app: object
    address: str
    visit: object

    def open_as(self, handle):
        """Open a window in which somebody is signed in."""
        page = self.visit().page
        sign_in(page, self.address, f"{handle}@example.org", PASSWORD)
        return page


@pytest.fixture
def site(tmp_path, sqlite_template, visit):
    """Lena and Noor in OPS and CHK, which Olga and Karl manage."""
    path = tmp_path / "gamebash.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(tmp_path))
    now = clock.now()
    with app.app_context(), unit_of_work():
        teams, olga, karl = some_teams(now), a_manager(now, "Olga Stein"), a_manager(now, "Karl Brandt")
        teams["OPS"].managers, teams["CHK"].managers = [olga], [karl]
        people = [olga, karl]
        for name, code in (("Lena Vogt", "OPS"), ("Noor Haddad", "CHK")):
            people.append(a_person(name, now))
            log_move(people[-1], MoveDraft(None, teams[code], now.date() - timedelta(days=80)), by=None, now=now)
        for person in people:
            person.password_hash = hash_password(PASSWORD)
    with serving(app) as address:
        yield Site(app, address, visit)


def test_a_move_is_planned_by_one_manager_agreed_to_and_approved_by_the_other(site):
    day = (clock.now().date() + timedelta(days=20)).isoformat()
    karl = site.open_as("karl-brandt")
    karl.goto(f"{site.address}/rotation?person=lena-vogt")
    form = karl.locator("#log")
    form.get_by_label("To").select_option("CHK")
    form.get_by_label("First day there").fill(day)
    form.get_by_label("Why").fill("A look at how checkout is built")
    form.get_by_role("button", name="Log this move").click()
    karl.get_by_text("Logged as move 3").wait_for()

    lena = site.open_as("lena-vogt")
    lena.goto(f"{site.address}/notices")
    lena.get_by_text("Karl Brandt plans to move you from OPS to CHK").first.wait_for()
    lena.goto(f"{site.address}/rotation/moves/3")
    expect(lena.get_by_text("A yes is missing for OPS")).to_be_visible()
    assert violations(lena) == []
    lena.get_by_role("button", name="Agree to this move").click()
    lena.get_by_text("You agreed.").wait_for()

    olga = site.open_as("olga-stein")
    olga.goto(f"{site.address}/rotation/moves/3")
    olga.get_by_role("link", name="Approve this move").click()
    olga.get_by_role("button", name="Approve this move").click()
    olga.get_by_text("Move 3 is approved").wait_for()
    olga.goto(f"{site.address}/rotation/log")
    row = olga.locator("#move-3")
    expect(row.get_by_text("Approved", exact=True)).to_be_visible()
    expect(row).to_contain_text("Olga Stein")
    expect(row).to_contain_text("Karl Brandt")


def test_a_swap_is_one_act_and_falls_as_a_whole_when_one_of_the_two_declines(site):
    day = (clock.now().date() + timedelta(days=20)).isoformat()
    olga = site.open_as("olga-stein")
    olga.goto(f"{site.address}/rotation/swaps/new")
    olga.locator("select").nth(0).select_option("lena-vogt")
    olga.locator("select").nth(1).select_option("noor-haddad")
    olga.get_by_label("First day there").fill(day)
    olga.get_by_role("button", name="Plan this swap").click()
    olga.goto(f"{site.address}/rotation/moves/3")
    olga.get_by_text("Half of a swap").wait_for()
    assert violations(olga) == []

    noor = site.open_as("noor-haddad")
    noor.goto(f"{site.address}/rotation/moves/4")
    noor.get_by_label("Reason").or_(noor.locator("#answer textarea")).first.fill("Not before spring")
    noor.get_by_role("button", name="Decline this move").click()
    noor.get_by_text("Not before spring").wait_for()
    olga.goto(f"{site.address}/rotation/moves/3")
    expect(olga.get_by_role("heading", name="Lena Vogt goes to Team CHK")).to_be_visible()
    olga.goto(f"{site.address}/rotation/people/lena-vogt")
    expect(olga.get_by_text("Moves to CHK on")).to_have_count(0)


def test_a_file_of_the_past_is_checked_line_by_line_and_its_good_lines_are_written(site, tmp_path):
    past = clock.now().date() - timedelta(days=400)
    days = [(past + timedelta(days=number)).isoformat() for number in (0, 60, 61)]
    lines = ["handle,from,to,first day,reason", f"olga-stein,,CHK,{days[0]},Joined", f"nobody,,OPS,{days[1]},Who",
             f"olga-stein,CHK,XXX,{days[1]},Where", "olga-stein,CHK,OPS,yesterday,When",
             f"olga-stein,CHK,WHS,{days[2]},Moved"]  # fmt: skip
    file = tmp_path / "past.csv"
    file.write_text("\n".join(lines))
    karl = site.open_as("karl-brandt")
    karl.goto(f"{site.address}/rotation/imports")
    karl.get_by_label("CSV file").set_input_files(file)
    karl.get_by_role("button", name="Check this file").click()
    karl.get_by_role("heading", level=1, name="past.csv").wait_for()
    _work(site)
    karl.reload()
    karl.get_by_role("heading", name="Lines that would not go in").wait_for()
    faults = karl.get_by_role("table").locator("tbody tr")
    expect(faults).to_have_count(3)
    assert [faults.nth(at).locator("th").inner_text() for at in range(3)] == ["3", "4", "5"]
    assert violations(karl) == []
    karl.get_by_role("button", name="Write the 2 good lines").click()
    _work(site)
    karl.reload()
    karl.get_by_text("The same file once more would change nothing").wait_for()
    karl.goto(f"{site.address}/rotation/people/olga-stein")
    expect(karl.get_by_role("heading", level=1)).to_contain_text("WHS")


def _work(site):
    with site.app.app_context():
        while work_off_imports(now=clock.now()):
            pass


@pytest.mark.parametrize("path", ["/rotation", "/rotation/calendars", "/rotation/imports"])
def test_on_paper_nothing_is_cut_off_and_nothing_to_press_is_left(site, path):
    page = site.open_as("karl-brandt")
    page.goto(site.address + path)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.locator("button:visible").count() == 0
