"""From a release to the end of its hypercare, by three people: a builder, who learns in ops, and a manager."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.people.passwords import hash_password
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.staffing.hypercare.models import Release
from gamebash.staffing.rulebook import HypercareRule, RuleKind
from gamebash.staffing.rules import set_rule
from tests.browser.conftest import serving
from tests.browser.test_staffing import PASSWORD, faults_of
from tests.conftest import make_app
from tests.factories import make_service
from tests.rotation.making import a_manager, a_person, some_teams
from tests.support.crawl import sign_in

QUIET_DAYS = 2


@pytest.fixture
def site(tmp_path, sqlite_template):
    path = tmp_path / "gamebash.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(tmp_path))
    now = clock.now()
    with app.app_context(), unit_of_work():
        teams, manager = some_teams(now), a_manager(now)
        manager.password_hash = hash_password(PASSWORD)
        service: Service = make_service("checkout-api", teams["OPS"])
        service.builder_team_id = teams["CHK"].id
        set_rule(
            RuleKind.HYPERCARE,
            HypercareRule(quiet_days=QUIET_DAYS, taught=1).to_document(),
            seen=0,
            by=manager,
            now=now,
        )
        for name, code in (("Lena Vogt", "CHK"), ("Kai Berg", "CHK"), ("Olga Nowak", "OPS")):
            person = a_person(name, now)
            person.password_hash = hash_password(PASSWORD)
            log_move(person, MoveDraft(None, teams[code], now.date() - timedelta(days=200)), by=manager, now=now)
    with serving(app) as address:
        yield app, address


def let_days_pass(app, days):
    """Let release and hypercare be older by some days; what is met and missing follows from that."""
    with app.app_context(), unit_of_work():
        release = db.session.scalars(sa.select(Release)).one()
        release.deployed_at -= timedelta(days=days)
        release.hypercare.begins_on -= timedelta(days=days)


def register(visitor, address):
    page = visitor.page
    page.goto(f"{address}/hypercare")
    page.get_by_role("heading", name="No hypercare runs now").wait_for()
    page.get_by_role("link", name="Register a release").click()
    page.get_by_label("Service").select_option("checkout-api")
    page.get_by_label("Version").fill("2.14.0")
    page.get_by_label("Went out").fill((clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Who wrote the changes").fill("lena-vogt@example.org")
    assert faults_of(visitor) == []
    page.get_by_role("button", name="Register it").click()
    page.get_by_role("heading", name="0 of 4 things are there before checkout-api stands on its own").wait_for()
    page.get_by_text("Has not answered: wrote changes in 2.14.0").wait_for()


def stay_and_teach(visitor, address):
    page = visitor.page
    page.goto(f"{address}/")
    page.get_by_role("link", name="Will you stay as L3 for checkout-api?").click()
    page.get_by_role("button", name="Yes, I stay").click()
    page.get_by_text("You are L3 until then; your team stays your team.").wait_for()
    page.get_by_label("What you taught").fill("How a stuck payment is replayed")
    page.get_by_label("To whom").select_option("olga-nowak")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("Not confirmed yet").wait_for()
    page.get_by_label("Runbook").fill("https://wiki.example.org/checkout")
    page.get_by_label("Alerts that wake somebody").fill("CheckoutDown")
    page.get_by_role("button", name="Keep this").click()
    page.get_by_role("heading", name="2 of 4 things are there before checkout-api stands on its own").wait_for()
    assert faults_of(visitor) == []


def confirm(visitor, address):
    page = visitor.page
    page.goto(f"{address}/")
    page.get_by_role("link", name="Lena Vogt says they taught you: How a stuck payment is replayed").click()
    page.get_by_role("button", name="Confirm it").click()
    page.get_by_role("heading", name="3 of 4 things are there before checkout-api stands on its own").wait_for()
    page.get_by_text("0 since the release").wait_for()
    assert page.get_by_role("button", name="End it by evidence").count() == 0


def test_three_people_take_a_release_from_its_first_day_to_its_end(visit, site):
    app, address = site
    priya, lena, olga = visit(), visit(), visit()
    for visitor, who in ((priya, "priya-raman"), (lena, "lena-vogt"), (olga, "olga-nowak")):
        sign_in(visitor.page, address, f"{who}@example.org", PASSWORD)
    register(priya, address)
    stay_and_teach(lena, address)
    confirm(olga, address)

    let_days_pass(app, QUIET_DAYS)
    lena.page.reload()
    lena.page.get_by_role("heading", name="Everything is there for hypercare of checkout-api to end").wait_for()
    assert lena.page.get_by_role("button", name="End it by evidence").count() == 0

    page = olga.page
    page.reload()
    page.get_by_role("button", name="End it by evidence").click()
    page.get_by_role("dialog").get_by_role("button", name="End it by evidence").click()
    page.get_by_role("heading", name="checkout-api stands on its own after 2 days").wait_for()
    page.get_by_text("Ended by evidence by Olga Nowak").wait_for()

    page = priya.page
    page.goto(f"{address}/hypercare")
    page.get_by_text("1 of 1").wait_for()
    page.get_by_label("Ended").check(force=True)
    page.get_by_role("cell", name="Ended by evidence").wait_for()
    page.get_by_role("row").get_by_text("Lena Vogt").wait_for()
    assert faults_of(priya) == []
