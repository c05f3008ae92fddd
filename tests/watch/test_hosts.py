"""What a Git host says of a change, over real HTTP in the documented shapes: when it was begun, merged and went out."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import SourceKind
from gamebash.backlog.sources import asking
from gamebash.backlog.sources.setting_up import Wishes, add_source
from gamebash.core.db import db
from gamebash.core.http import Client
from gamebash.incentives.flags import FlagKind
from gamebash.incentives.queries.flags import find_flags
from gamebash.play.changes import GIVEN_UP_AFTER, NO_HOST, note_changes, read_changes
from gamebash.play.hosts import ChangeRef, ref_of
from gamebash.play.kinds import ChangeState
from gamebash.play.models import Change
from gamebash.play.queries.changes import change_words, early_changes
from gamebash.watch.chores import follow_hosts
from tests.factories import NOW, make_person
from tests.support.vendor import Answer, serving
from tests.watch.playing import ACCEPTED, DAY, play, record, sweep, take_in, watch_of

OPENED, MERGED, OUT = ACCEPTED - timedelta(minutes=30), ACCEPTED + timedelta(hours=2), ACCEPTED + timedelta(hours=26)
BEGUN = NOW - 4 * DAY


def stamp(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


class GitHub:
    """One pull request; it is deployed by its own commit, or by a later one that holds it."""

    kind, settings = "github", {"repository": "acme/shop"}
    link = "/acme/shop/pull/7"

    def __init__(self, *, is_merged=True, is_out=True, by_later=False, is_closed=False):
        self.is_merged, self.is_out, self.by_later, self.is_closed = is_merged, is_out, by_later, is_closed

    def answer(self, asked):
        assert asked.headers["authorization"] == "Bearer s3cret-token"
        at = asked.path.removeprefix("/repos/acme/shop")
        deployment = {
            "id": 42,
            "sha": "fff" if self.by_later else "abc",
            "environment": "production",
            "created_at": stamp(OUT),
        }
        merged = {"merged_at": stamp(MERGED), "merge_commit_sha": "abc"} if self.is_merged else {"merged_at": None}
        state = "closed" if self.is_merged or self.is_closed else "open"
        by_own = asked.query.get("sha") == "abc"
        shown = {
            "/pulls/7": {"number": 7, "state": state, "created_at": stamp(OPENED), "merge_commit_sha": None, **merged},
            "/pulls/7/commits": [{"sha": "a1", "commit": {"author": {"date": stamp(BEGUN)}}}],
            "/deployments": [deployment] if self.is_out and (not by_own or not self.by_later) else [],
            "/compare/abc...fff": {"status": "ahead", "ahead_by": 3, "behind_by": 0},
            "/deployments/42/statuses": [
                {"state": "inactive", "created_at": stamp(OUT + DAY)}, {"state": "success", "created_at": stamp(OUT)},
                {"state": "in_progress", "created_at": stamp(OUT - DAY)},
            ],
        }  # fmt: skip
        return Answer(shown[at]) if at in shown else Answer({"message": "Not Found"}, 404)


class GitLab:
    """One merge request; the deployment says which it shipped."""

    kind, settings = "gitlab", {"scope": "projects/acme%2Fshop"}
    link = "/acme/web/shop/-/merge_requests/7"

    def __init__(self, *, is_merged=True, is_out=True, by_later=False, is_closed=False):
        self.is_merged, self.is_out, self.is_closed = is_merged, is_out, is_closed

    def answer(self, asked):
        assert asked.headers["private-token"] == "s3cret-token"
        at = asked.path.removeprefix("/api/v4/projects/acme%2Fweb%2Fshop")
        if at == "/merge_requests/7":
            state = "merged" if self.is_merged else "closed" if self.is_closed else "opened"
            merged_at = stamp(MERGED) if self.is_merged else None
            return Answer({"iid": 7, "state": state, "created_at": stamp(OPENED), "merged_at": merged_at})
        if at == "/merge_requests/7/commits":
            newest_first = (OPENED, BEGUN)
            return Answer([{"id": f"c{one}", "authored_date": stamp(one)} for one in newest_first])
        if at == "/deployments":
            assert (asked.query["status"], asked.query["environment"]) == ("success", "production")
            return Answer(
                [
                    {
                        "id": 5,
                        "status": "success",
                        "updated_at": stamp(OUT + DAY),
                        "deployable": {"finished_at": stamp(OUT)},
                    }
                ]
            )
        if at == "/deployments/5/merge_requests":
            return Answer([{"iid": 6}, *([{"iid": 7}] if self.is_out else [])])
        return Answer({"message": "404"}, 404)


HOSTS = [GitHub, GitLab]


@pytest.fixture(autouse=True)
def _setting(app, monkeypatch):
    app.config["GAMEBASH_ALLOWED_HOSTS"] = "127.0.0.1"
    monkeypatch.setattr(asking, "Client", partial(Client, sleep=lambda seconds: None))


def begin(host, url):
    """Squash a story whose change lies at a host that can be asked."""
    played = play()
    wishes = Wishes(settings={"base_url": url, **host.settings}, secret="s3cret-token", is_writing_back=False)
    add_source(f"The {host.kind}", SourceKind(host.kind), wishes, by=make_person(), now=NOW)
    played.fix.change_url = f"{url}{host.link}"
    sweep(ACCEPTED)
    return played


def look_up(now=OUT + timedelta(hours=1)):
    note_changes(now=now)
    read_changes(now=now)
    return db.session.scalars(sa.select(Change)).one()


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("by_later", [False, True])
def test_a_change_that_is_out_begins_the_watch_at_its_deploy(context, host, by_later):
    shown = host(by_later=by_later)
    with serving(shown.answer) as vendor:
        played = begin(shown, vendor.url)
        change = look_up()
    assert (change.state, change.opened_at, change.merged_at, change.deployed_at) == (
        ChangeState.DEPLOYED, OPENED, MERGED, OUT,
    )  # fmt: skip
    assert (change.first_commit_at, change.next_at, change.message) == (BEGUN, None, "")
    assert "out Fri 20 Nov" in change_words(change)
    assert follow_hosts(now=OUT + timedelta(hours=1))
    assert not follow_hosts(now=OUT + timedelta(hours=1))
    assert watch_of(played.fix).starts_at.replace(microsecond=0) == OUT
    assert [one.story_key for one in early_changes(played.event)] == [played.story.key]
    assert FlagKind.EARLY_CHANGE in {flag.kind for flag in find_flags(played.event, now=OUT)}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("facts", "state", "is_asked_again"),
    [
        ({"is_merged": False, "is_out": False}, ChangeState.OPEN, True),
        ({"is_out": False}, ChangeState.MERGED, True),
        ({"is_merged": False, "is_closed": True}, ChangeState.CLOSED, False),
    ],
)
def test_a_change_is_asked_for_until_it_is_out_or_closed(context, host, facts, state, is_asked_again):
    shown = host(**facts)
    with serving(shown.answer) as vendor:
        begin(shown, vendor.url)
        change = look_up()
    assert (change.state, change.next_at is not None) == (state, is_asked_again)
    assert not follow_hosts(now=OUT)


def test_a_host_that_is_busy_or_wrong_is_asked_later_and_not_for_ever(context):
    shown = GitHub()
    with serving(shown.answer) as vendor:
        played = begin(shown, vendor.url)
        vendor.troubles = [Answer({}, 500)] * 3
        busy = look_up()
        assert "failed" in busy.message
        assert busy.next_at > OUT + timedelta(hours=1)
        vendor.troubles = [Answer({"message": "Not Found"}, 404)]
        assert "refused" in look_up(now=OUT + DAY).message
        later = played.fix.submitted_at + GIVEN_UP_AFTER + DAY
        vendor.troubles = [Answer({"message": "Not Found"}, 404)]
        assert look_up(now=later).next_at is None


def test_a_change_at_a_host_nobody_is_signed_in_at_is_not_asked_for(context):
    with serving(GitHub().answer) as vendor:
        played = begin(GitHub(), vendor.url)
        played.fix.change_url = "https://elsewhere.example/acme/shop/pull/7"
        db.session.commit()
        change = look_up()
        assert vendor.asked == []
    assert (change.message, change_words(change)) == (NO_HOST, "")


def test_a_deploy_past_an_incident_is_left_for_people(context):
    with serving(GitHub().answer) as vendor:
        played = begin(GitHub(), vendor.url)
        take_in(record(ACCEPTED + timedelta(hours=5)))
        db.session.commit()
        look_up()
    assert not follow_hosts(now=OUT + DAY)
    assert watch_of(played.fix).starts_at.replace(microsecond=0) == ACCEPTED


@pytest.mark.parametrize(
    ("link", "kind", "base", "project"),
    [
        ("https://github.com/acme/shop/pull/7", "github", "https://api.github.com", "acme/shop"),
        ("https://github.com/acme/shop/pull/7/files", "github", "https://api.github.com", "acme/shop"),
        ("https://git.corp/acme/shop/pull/7", "github", "https://git.corp/api/v3", "acme/shop"),
        ("https://gitlab.com/a/b/c/-/merge_requests/7", "gitlab", "https://gitlab.com", "a/b/c"),
        ("https://github.com/acme/shop/issues/7", "github", "https://api.github.com", None),
        ("https://github.com.evil.example/acme/shop/pull/7", "github", "https://api.github.com", None),
        ("https://github.com/acme/shop/pull/7x", "github", "https://api.github.com", None),
        ("https://github.com/pull/7", "github", "https://api.github.com", None),
        ("https://gitlab.com/a/b/pull/7", "gitlab", "https://gitlab.com", None),
        ("nonsense", "github", "", None),
    ],
)
def test_which_change_a_link_means(link, kind, base, project):
    assert ref_of(link, kind, base) == (ChangeRef(kind, project, 7) if project else None)
