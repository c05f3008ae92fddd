"""Triage without a mouse: look at a group, call it noise, take that back, put another one off, merge a third."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Problem, Source, SourceKind
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.records import IncidentRecord
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.people.passwords import hash_password
from gamebash.policy import Role
from tests.browser.accessibility import violations
from tests.browser.conftest import serving
from tests.conftest import make_app
from tests.factories import make_person
from tests.support.crawl import sign_in

PASSWORD = "a long enough password"
SYMPTOMS = {"disk full": 9, "mail late": 6, "login slow": 3}


@pytest.fixture
def app(tmp_path, sqlite_template):
    path = tmp_path / "gamebash.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(tmp_path))
    now = clock.now()
    with app.app_context(), unit_of_work():
        make_person("Mara Lindqvist", Role.DEVELOPER, handle="mara").password_hash = hash_password(PASSWORD)
        source = Source(slug="s", name="S", kind=SourceKind.FILE, created_at=now)
        db.session.add(source)
        db.session.flush()
        records = [
            IncidentRecord(
                external_id=f"{symptom}-{number}", title=f"{symptom} on db-{number}", service="database", symptom=symptom,
                opened_at=now - timedelta(days=3 * number),
            )
            for symptom, count in SYMPTOMS.items()
            for number in range(1, count + 1)
        ]  # fmt: skip
        refresh_problems(write_incidents(source, records).problem_ids, now=now)
    return app


def state(app):
    with app.app_context():
        rows = db.session.execute(
            sa.select(Problem.symptom, Problem.noise_count, Problem.snoozed_until, Problem.merged_into_id)
        )
        return {symptom: (noise, until is not None, merged is not None) for symptom, noise, until, merged in rows}


def test_groups_are_decided_by_keys_alone(visit, app):
    with serving(app) as address:
        page = visit(width=1440).page
        sign_in(page, address, "mara@example.org", PASSWORD)
        page.goto(f"{address}/backlog/triage")
        current = page.locator(".group--on h3")
        expect(current).to_contain_text("disk full")
        assert violations(page) == []
        expect(page.locator("h1")).to_have_text("3 groups to decide")

        page.keyboard.press("n")
        expect(current).to_contain_text("mail late")
        expect(page.locator("h1")).to_have_text("2 groups to decide")
        expect(page.locator("#decided")).to_contain_text("disk full: noise, Flapping, by Mara Lindqvist")
        assert state(app)["disk full"][0] == 9

        page.keyboard.press("u")
        expect(current).to_contain_text("disk full")
        assert state(app)["disk full"][0] == 0

        page.keyboard.press("l")
        expect(current).to_contain_text("mail late")
        assert state(app)["disk full"][1]

        page.keyboard.press("j")
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        page.wait_for_url("**at=*")
        expect(current).to_contain_text("login slow")
        assert [noise for noise, _, _ in state(app).values()] == [0, 0, 0]

        page.keyboard.press("m")
        expect(current).to_contain_text("mail late")
        assert state(app)["login slow"][2]

        page.get_by_label("Why it is noise").focus()
        page.keyboard.press("l")
        assert not state(app)["mail late"][1]
        page.keyboard.press("Escape")
        page.locator("h1").click()

        page.keyboard.press("s")
        page.wait_for_url("**/stories/new?problem=*")
