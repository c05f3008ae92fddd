"""Webhooks: signed or refused, kept before they are answered, handled once, in whatever order they come."""

import base64
import copy
import hashlib
import hmac
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Delivery, Incident, SourceKind
from gamebash.backlog.sources.setting_up import Wishes, add_source
from gamebash.backlog.webhooks.handling import work_off_deliveries
from gamebash.core.db import db
from tests.factories import make_person

HERE = Path(__file__).parent
SECRET = "a long enough secret"
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def signed(body):
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


PAGERDUTY = {
    "event": {
        "id": "E1", "event_type": "incident.triggered", "occurred_at": "2026-03-01T08:00:00Z",
        "data": {
            "id": "PX1", "type": "incident", "title": "Checkout 5xx", "status": "triggered", "urgency": "high",
            "created_at": "2026-03-01T08:00:00Z", "service": {"summary": "checkout"},
        },
    }
}  # fmt: skip
GITLAB = {
    "object_kind": "issue", "project": {"path_with_namespace": "shop/web"}, "labels": [{"title": "service::search"}],
    "object_attributes": {
        "id": 76, "title": "Search returns 500", "state": "opened", "severity": "high", "action": "open",
        "created_at": "2026-03-01 08:00:00 UTC", "updated_at": "2026-03-01 08:20:00 UTC", "url": "https://gitlab.example/1",
    },
}  # fmt: skip
SENTRY = {
    "action": "created",
    "data": {
        "issue": {
            "id": "5123", "title": "TypeError", "level": "error", "status": "unresolved", "project": {"slug": "shop-web"},
            "firstSeen": "2026-03-01T08:00:00Z", "lastSeen": "2026-03-02T09:15:03.271000Z", "metadata": {"value": "x"},
        }
    },
}  # fmt: skip
OPSGENIE = {
    "action": "Create",
    "alert": {
        "alertId": "a1",
        "message": "Disk full on db-1",
        "priority": "P2",
        "tags": ["prod"],
        "createdAt": 1772352000000,
        "updatedAt": 1772352000000,
        "entity": "db-1",
    },
}
JIRA = {
    "webhookEvent": "jira:issue_created",
    "issue": {
        "id": "10012", "key": "OPS-12",
        "fields": {
            "summary": "Login slow", "created": "2026-03-01T09:00:00.000+0100", "updated": "2026-03-01T10:05:00.000+0100",
            "status": {"statusCategory": {"key": "new"}}, "priority": {"name": "High"}, "components": [{"name": "login"}],
        },
    },
}  # fmt: skip
GENERIC = {
    "external_id": "x1",
    "title": "Queue stands still",
    "service": "mail",
    "opened_at": "2026-03-01T08:00:00Z",
    "severity": "sev2",
}


def bearer(body):
    return {"Authorization": f"Bearer {SECRET}"}


def generic(body, at=NOW):
    sent = str(int(at.timestamp()))
    return {"X-Gamebash-Timestamp": sent, "X-Gamebash-Signature": f"sha256={signed(sent.encode() + b'.' + body)}"}


SENDERS = {
    "pagerduty": (PAGERDUTY, lambda body: {"X-PagerDuty-Signature": f"v1=0000,v1={signed(body)}"}),
    "github": (
        json.loads((HERE / "github" / "opened.payload.json").read_text()),
        lambda body: {
            "X-Hub-Signature-256": f"sha256={signed(body)}",
            "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": hashlib.sha256(body).hexdigest(),
        },
    ),
    "gitlab": (GITLAB, lambda body: {"X-Gitlab-Token": SECRET}),
    "sentry": (
        SENTRY,
        lambda body: {
            "Sentry-Hook-Signature": signed(body),
            "Sentry-Hook-Resource": "issue",
            "Sentry-Hook-Timestamp": str(int(NOW.timestamp())),
        },
    ),
    "alertmanager": (json.loads((HERE / "alertmanager" / "firing.json").read_text()), bearer),
    "opsgenie": (OPSGENIE, bearer),
    "jira": (JIRA, lambda body: {"X-Hub-Signature": f"sha256={signed(body)}"}),
    "generic": (GENERIC, generic),
}


@pytest.fixture
def send(app, client, work, time_machine):
    """Add a source of a kind and return how to send to it."""
    time_machine.move_to(NOW, tick=False)

    def make(kind):
        with app.app_context(), work():
            add_source(
                f"hook {kind}",
                SourceKind(kind),
                Wishes(settings=settings_of(kind), hook_secret=SECRET),
                by=make_person(),
                now=NOW,
            )

        def post(payload, headers=None, raw=None):
            body = raw if raw is not None else json.dumps(payload).encode()
            sent = SENDERS[kind][1](body) if headers is None else headers
            return client.post(f"/hooks/hook-{kind}", data=body, headers=sent, content_type="application/json")

        return post

    return make


def settings_of(kind):
    return {
        "pagerduty": {"base_url": "https://x.example"}, "opsgenie": {"base_url": "https://x.example"},
        "jira": {"base_url": "https://x.example", "jql": "project = A"},
        "github": {"base_url": "https://x.example", "repository": "a/b"},
        "gitlab": {"base_url": "https://x.example", "scope": "projects/1"},
        "sentry": {"base_url": "https://x.example", "organization": "a"},
    }.get(kind, {})  # fmt: skip


def handle(app):
    with app.app_context():
        while work_off_deliveries(now=NOW):
            pass
        db.session.remove()


def kept(app):
    with app.app_context():
        return list(db.session.scalars(sa.select(Incident).order_by(Incident.external_id)))


@pytest.mark.parametrize("kind", SENDERS)
def test_a_genuine_message_becomes_an_incident_once(kind, app, send):
    post, payload = send(kind), SENDERS[kind][0]
    assert post(payload).status_code == 202
    assert post(payload).status_code == 200
    handle(app)
    found = kept(app)
    assert len(found) == len(payload.get("alerts", [1]))
    assert all(one.title and one.service_id for one in found)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 1


@pytest.mark.parametrize("kind", SENDERS)
def test_a_message_that_is_not_genuine_leaves_nothing(kind, app, send):
    post, payload = send(kind), SENDERS[kind][0]
    body = json.dumps(payload).encode()
    right = SENDERS[kind][1](body)
    for headers in ({}, {name: value[:-1] + "x" for name, value in right.items()}, {"Authorization": "Basic !!!"}):
        assert post(payload, headers).status_code == 401
    if kind not in {"gitlab", "alertmanager", "opsgenie"}:
        assert post(None, right, raw=body + b" ").status_code == 401
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0


def test_a_replayed_message_of_long_ago_is_refused(app, send):
    body = json.dumps(GENERIC).encode()
    assert send("generic")(GENERIC, generic(body, NOW.replace(hour=8))).status_code == 401


def test_a_message_too_large_is_refused_before_it_is_read(app, send):
    assert send("alertmanager")(None, bearer(b""), raw=b"x" * 3_000_000).status_code == 413


def test_nothing_listens_where_there_is_no_source_or_one_of_files(app, client, send):
    assert client.post("/hooks/nowhere", data=b"{}").status_code == 404


def test_no_json_is_said_so(app, send):
    assert send("gitlab")(None, {"X-Gitlab-Token": SECRET}, raw=b"not json").status_code == 400


def test_basic_authentication_serves_as_well_as_a_bearer_token(app, send):
    given = base64.b64encode(f"alertmanager:{SECRET}".encode()).decode()
    assert send("alertmanager")(SENDERS["alertmanager"][0], {"Authorization": f"Basic {given}"}).status_code == 202


def test_an_event_about_something_else_is_ignored_and_counted(app, send):
    post = send("pagerduty")
    assert post({"event": {"event_type": "service.updated", "data": {"id": "S", "type": "service"}}}).status_code == 202
    handle(app)
    with app.app_context():
        assert db.session.scalars(sa.select(Delivery.state)).one().value == "ignored"
    assert kept(app) == []


def test_what_cannot_be_read_is_kept_with_the_reason(app, send):
    post = send("generic")
    assert post({"title": "no id"}).status_code == 202
    handle(app)
    with app.app_context():
        assert "it has no id" in db.session.scalars(sa.select(Delivery.message)).one()


def test_the_messages_of_an_alert_end_the_same_in_every_order(app, send):
    firing, resolved = (
        json.loads((HERE / "alertmanager" / f"{name}.json").read_text()) for name in ("firing", "resolved")
    )
    ends = set()
    for place, order in enumerate(itertools.permutations((firing, resolved))):
        with app.app_context():
            db.session.execute(sa.text("DELETE FROM incidents"))
            db.session.execute(sa.text("DELETE FROM deliveries"))
            db.session.commit()
        post = send("alertmanager") if place == 0 else post  # noqa: F821
        for message in order:
            post(message)
        handle(app)
        ends.add(tuple((one.external_id, one.title, one.description, one.status.value, one.url) for one in kept(app)))
    assert len(ends) == 1
    end = ends.pop()
    assert any(status == "resolved" for *_, status, _ in end)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_reopening_counts_once_in_every_order(order, app, send):
    post = send("github")
    opened = SENDERS["github"][0]
    messages = []
    for number, (action, state) in enumerate([("opened", "open"), ("closed", "closed"), ("reopened", "open")]):
        one = copy.deepcopy(opened)
        one["action"], one["issue"]["state"] = action, state
        one["issue"]["updated_at"] = f"2026-03-01T0{number}:00:00Z"
        one["issue"]["created_at"] = "2026-03-01T00:00:00Z"
        messages.append(one)
    for place in order:
        post(messages[place])
    handle(app)
    [found] = kept(app)
    assert (found.status.value, found.reopen_count) == ("open", 1)


def test_an_issue_that_was_deleted_or_moved_away_stays_with_why(app, send):
    post = send("github")
    for name in ("deleted", "transferred", "opened.with-empty-body", "edited", "labeled", "reopened"):
        assert post(json.loads((HERE / "github" / f"{name}.payload.json").read_text())).status_code == 202
    handle(app)
    with app.app_context():
        assert set(db.session.scalars(sa.select(Delivery.state))) <= {"done", "ignored"}
    assert kept(app)
