"""The pages of sources: adding, trying, mapping, syncing; secrets are never shown again."""

import pytest

from gamebash.backlog.sources.syncing import work_off_syncs
from gamebash.core import clock
from gamebash.core.db import db
from gamebash.policy import Role
from tests.backlog.sources.vendors import VENDORS, Log
from tests.factories import make_person
from tests.support.signing_in import sign_in
from tests.support.vendor import Answer, serving


@pytest.fixture
def admin(client, work, app):
    app.config["GAMEBASH_ALLOWED_HOSTS"] = "127.0.0.1"
    with work():
        handle = make_person("Viktor Novak", Role.ADMIN).handle
        db.session.flush()
    return sign_in(client, handle)


def add(admin, url):
    sent = {
        "name": "Our Redmine",
        "setting-base_url": url,
        "secret": "a-v3ry-s3cret-key",
        "sync_minutes": "30",
        "usual_severity": "sev3",
    }
    answer = admin.post("/backlog/sources/new/redmine", data=sent)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_source_is_added_tried_and_synced(admin, work):
    with serving(VENDORS["redmine"][0](Log().add(3))) as vendor:
        page = add(admin, vendor.url)
        assert "never asked" in admin.get(page).text
        assert admin.post(f"{page}/try").status_code == 303
        assert "signed in as ada" in admin.get(page).text
        run = admin.post(f"{page}/sync").headers["Location"]
        assert work_off_syncs(now=clock.now())
        shown = admin.get(run).text
        assert "3" in shown
        assert "Done" in shown
    assert "a-v3ry-s3cret-key" not in admin.get(page).text
    assert "a-v3ry-s3cret-key" not in admin.get("/backlog/sources").text


def test_what_does_not_work_is_said(admin):
    with serving(lambda asked: Answer({}, 401)) as vendor:
        page = add(admin, vendor.url)
        admin.post(f"{page}/try")
    assert "does not accept the token" in admin.get(page).text


def test_an_address_inside_is_refused_until_it_is_allowed(admin, app):
    app.config["GAMEBASH_ALLOWED_HOSTS"] = ""
    page = add(admin, "http://169.254.169.254")
    admin.post(f"{page}/try")
    assert "not a public address" in admin.get(page).text


def test_every_kind_has_a_form_and_what_is_missing_is_named(admin):
    listed = admin.get("/backlog/sources").text
    for kind in (*VENDORS, "alertmanager", "generic"):
        assert f"/backlog/sources/new/{kind}" in listed
        assert admin.get(f"/backlog/sources/new/{kind}").status_code == 200
    answer = admin.post("/backlog/sources/new/github", data={"name": "x", "usual_severity": "sev3"})
    assert answer.status_code == 422
    assert "Repository" in answer.text
    assert admin.get("/backlog/sources/new/file").status_code == 404


def test_severities_are_mapped_and_a_source_is_paused(admin):
    page = add(admin, "https://redmine.example")
    assert admin.post(f"{page}/severities", data={"word-urgent": "sev1", "word-low": ""}).status_code == 303
    assert 'value="sev1" selected' in admin.get(page).text
    admin.post(f"{page}/pause", data={"pause": "1"})
    assert "Ask it again on schedule" in admin.get(page).text


def test_only_admins_reach_sources(client, work):
    with work():
        handle = make_person("Mara Lindqvist", Role.DEVELOPER, Role.ORGANISER).handle
        db.session.flush()
    sign_in(client, handle)
    assert client.get("/backlog/sources").status_code == 403
