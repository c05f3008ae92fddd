"""Syncing with every kind of source over real HTTP: paging, change, trouble, and what the run says."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident, RejectedRow, RunState, Source, SourceKind, SyncRun, SyncState
from gamebash.backlog.sources import asking
from gamebash.backlog.sources.setting_up import (
    SyncRefusedError,
    Wishes,
    add_source,
    change_source,
    request_due_syncs,
    request_sync,
)
from gamebash.backlog.sources.syncing import work_off_syncs
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.core.http import Client
from tests.backlog.sources.vendors import VENDORS, Log
from tests.factories import make_person
from tests.support.vendor import Answer, serving

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def waits(monkeypatch):
    """Waiting is noted, not done."""
    noted = []
    monkeypatch.setattr(asking, "Client", partial(Client, sleep=noted.append))
    return noted


@pytest.fixture
def admin(app, work):
    app.config["GAMEBASH_ALLOWED_HOSTS"] = "127.0.0.1"
    with app.app_context():
        with work():
            person = make_person()
            db.session.flush()
        yield person


def make_source(kind, vendor, admin, work, **wishes):
    settings = {"base_url": vendor.url, **VENDORS[kind][1]}
    with work():
        return add_source(
            f"The {kind}",
            SourceKind(kind),
            Wishes(settings=settings, secret="s3cret-token", **wishes),
            by=admin,
            now=NOW,
        )


def sync(source, work, now=NOW):
    with work():
        run = request_sync(source, by=None, now=now)
        reference = run.reference
    assert work_off_syncs(now=now)
    db.session.rollback()
    return db.session.scalars(sa.select(SyncRun).where(SyncRun.reference == reference)).one()


def incidents():
    return {one.external_id: one for one in db.session.scalars(sa.select(Incident).order_by(Incident.opened_at))}


@pytest.mark.parametrize("kind", VENDORS)
def test_a_sync_brings_everything_once_and_the_next_one_what_changed(kind, admin, work, waits):
    log = Log().add(5)
    with serving(VENDORS[kind][0](log)) as vendor:
        source = make_source(kind, vendor, admin, work)
        assert asking.try_connection(source)
        run = sync(source, work)
        assert (run.state, run.message, run.rows_created, run.rows_rejected) == (RunState.DONE, "", 5, 0)
        found = incidents()
        assert [one.title for one in found.values()] == [f"Checkout fails {number}" for number in range(1, 6)]
        assert {one.severity.value for one in found.values()} == {"sev2"}
        assert {one.status.value for one in found.values()} == {"open"}
        assert all("checkout" in one.service.name for one in found.values())
        log.change(2, "Checkout is mended")
        log.add(1)
        run = sync(source, work)
        assert (run.state, run.rows_created, run.rows_updated) == (RunState.DONE, 1, 1)
        changed = next(one for one in incidents().values() if one.title == "Checkout is mended")
        assert changed.status.value == "resolved"
        assert changed.resolved_at is not None
        run = sync(source, work)
        assert (run.state, run.rows_created, run.rows_updated) == (RunState.DONE, 0, 0)


@pytest.mark.parametrize("kind", VENDORS)
@pytest.mark.parametrize(
    "trouble",
    [
        Answer({}, 429, {"Retry-After": "7"}),
        Answer({}, 429),
        Answer({"error": "oops"}, 500),
        Answer(b'{"incidents": [{"id"', 200),
        Answer(b"<html><body>Sign in</body></html>", 200, {"Content-Type": "text/html"}),
        Answer({"data": [1, 2, 3]}, 200, {}, cut=5),
    ],
    ids=["throttled with a time", "throttled", "failing", "garbage", "a sign-in page", "cut off"],
)
def test_trouble_in_the_middle_is_waited_out(kind, trouble, admin, work, waits):
    log, answers = Log().add(5), []
    serve = VENDORS[kind][0](log)

    def once_in_trouble(asked):
        answers.append(asked.path)
        return trouble if len(answers) == 2 else serve(asked)

    with serving(once_in_trouble) as vendor:
        run = sync(make_source(kind, vendor, admin, work), work)
    assert (run.state, run.rows_created) == (RunState.DONE, 5)
    assert len(waits) == (1 if len(answers) > 1 else 0)
    if trouble.headers.get("Retry-After") and waits:
        assert waits[0] == pytest.approx(7, abs=1)


def test_a_source_that_stays_broken_ends_half_way_and_goes_on_there(admin, work, waits):
    log = Log().add(6)
    serve = VENDORS["github"][0](log)
    is_broken = [True]

    def answer(asked):
        return Answer({}, 503) if is_broken[0] and asked.query.get("page") == "3" else serve(asked)

    with serving(answer) as vendor:
        source = make_source("github", vendor, admin, work, sync_minutes=10)
        run = sync(source, work)
        assert (run.state, run.rows_created) == (RunState.PARTIAL, 4)
        assert "failed (status 503)" in run.message
        is_broken[0] = False
        run = sync(source, work)
    assert run.state is RunState.DONE
    assert len(incidents()) == 6


def test_a_token_that_is_not_accepted_stops_the_source_until_there_is_a_new_one(admin, work, waits):
    with serving(lambda asked: Answer({"message": "Bad credentials"}, 401)) as vendor:
        source = make_source("github", vendor, admin, work, sync_minutes=5)
        run = sync(source, work)
    assert run.state is RunState.FAILED
    assert "does not accept the token" in run.message
    assert source.sync_state is SyncState.NEEDS_SIGN_IN
    assert waits == []
    with work():
        assert not request_due_syncs(now=NOW + timedelta(days=1))
        change_source(source, Wishes(settings=source.settings, secret="another", sync_minutes=5), by=admin, now=NOW)
    assert source.sync_state is SyncState.READY


def test_a_source_that_sends_the_same_page_for_ever_is_stopped(admin, work, waits):
    log = Log().add(2)
    serve = VENDORS["github"][0](log)

    def endless(asked):
        answer = serve(asked)
        answer.headers = {"Link": f'<http://{asked.headers["host"]}{asked.path}?page=1>; rel="next"'}
        return answer

    with serving(endless) as vendor:
        run = sync(make_source("github", vendor, admin, work), work)
    assert run.state is RunState.FAILED
    assert "same page again" in run.message
    assert len(incidents()) == 2


def test_an_item_that_cannot_be_read_is_listed_and_the_others_go_in(admin, work, waits):
    log = Log().add(3)
    serve = VENDORS["gitlab"][0](log)

    def answer(asked):
        found = serve(asked)
        for one in found.body if isinstance(found.body, list) else []:
            if one["title"].endswith("2"):
                one["created_at"] = "sometime"
        return found

    with serving(answer) as vendor:
        run = sync(make_source("gitlab", vendor, admin, work), work)
    assert (run.state, run.rows_created, run.rows_rejected) == (RunState.DONE, 2, 1)
    assert "'sometime' is not a time" in db.session.scalars(sa.select(RejectedRow.reason)).one()


def test_a_next_page_on_another_server_is_not_asked(admin, work, waits):
    log = Log().add(3)
    serve = VENDORS["github"][0](log)
    with serving(lambda asked: Answer([])) as thief:

        def answer(asked):
            found = serve(asked)
            found.headers = {"Link": f'<{thief.url}/steal>; rel="next"'}
            return found

        with serving(answer) as vendor:
            run = sync(make_source("github", vendor, admin, work), work)
        assert run.state is RunState.FAILED
        assert "a token is never sent there" in run.message
        assert thief.asked == []


def test_servicenow_dropping_the_filter_in_silence_is_noticed(admin, work, waits):
    log = Log().add(4)
    serve = VENDORS["servicenow"][0](log)

    def answer(asked):
        asked.query["sysparm_query"] = "ORDERBYsys_updated_on"
        return serve(asked)

    with serving(answer) as vendor:
        source = make_source("servicenow", vendor, admin, work)
        assert sync(source, work).state is RunState.DONE
        run = sync(source, work)
    assert run.state is RunState.FAILED
    assert "did not apply the filter" in run.message


def test_words_for_severity_nobody_knows_are_counted_and_can_be_mapped(admin, work, waits):
    log = Log().add(2)
    serve = VENDORS["jira"][0](log)

    def answer(asked):
        found = serve(asked)
        for one in found.body.get("issues", ()):
            one["fields"]["priority"] = {"name": "Wildfire"}
        return found

    with serving(answer) as vendor:
        source = make_source("jira", vendor, admin, work)
        run = sync(source, work)
        assert run.unknown_severities == {"wildfire": 2}
        assert {one.severity.value for one in incidents().values()} == {"sev3"}
        with work():
            source.severity_map = {"wildfire": "sev1"}
            source.cursor = {}
        sync(source, work)
    assert {one.severity.value for one in incidents().values()} == {"sev1"}


def test_one_sync_at_a_time(admin, work, waits):
    with serving(VENDORS["redmine"][0](Log().add(1))) as vendor:
        source = make_source("redmine", vendor, admin, work)
        with work():
            request_sync(source, by=None, now=NOW)
        with pytest.raises(SyncRefusedError, match="waiting already"), work():
            request_sync(source, by=None, now=NOW)


def test_a_source_is_asked_on_schedule(admin, work, waits):
    with serving(VENDORS["redmine"][0](Log().add(1))) as vendor:
        source = make_source("redmine", vendor, admin, work, sync_minutes=15)
        assert request_due_syncs(now=NOW)
        assert work_off_syncs(now=NOW)
        assert not request_due_syncs(now=NOW)
        db.session.rollback()
        assert len(incidents()) == 1
        assert db.session.get_one(Source, source.id).next_sync_at > NOW


def test_secrets_are_kept_sealed_and_only_named_variables_can_hold_them(admin, work):
    with work():
        source = add_source(
            "A",
            SourceKind.REDMINE,
            Wishes(settings={"base_url": "https://r.example"}, secret="plain-s3cret"),
            by=admin,
            now=NOW,
        )
    assert "plain" not in source.secret_sealed
    with pytest.raises(InvalidError, match="GAMEBASH_SOURCE_"), work():
        change_source(source, Wishes(settings=source.settings, secret_env="DATABASE_URL"), by=admin, now=NOW)
    with pytest.raises(InvalidError, match="Address"), work():
        add_source("B", SourceKind.REDMINE, Wishes(), by=admin, now=NOW)
