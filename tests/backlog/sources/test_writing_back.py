"""Writing back over real HTTP: off until asked for, said once whatever breaks, closed where that is wished."""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident, IncidentStatus, Source, SourceKind, WriteBack
from gamebash.backlog.severity import Severity
from gamebash.backlog.sources import asking
from gamebash.backlog.sources.setting_up import Wishes, add_source
from gamebash.backlog.sources.writing_back import LEASE, MOST_TRIES, plan_remarks, work_off_remarks
from gamebash.core.db import db
from gamebash.core.http import Client
from gamebash.events.models import EventStory
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.reviews import accept_fix
from gamebash.stories.models import Origin
from tests.backlog.sources.vendors import VENDORS
from tests.factories import NOW as GAME_NOW
from tests.factories import add, make_event, make_person, make_player, make_problem, make_service, make_story
from tests.play.test_game import draft
from tests.support.vendor import Answer, serving

NOW = datetime(2026, 4, 1, tzinfo=UTC)
TEXT = "Fixed: GB-1, by Mara Lindqvist.\nThe change: https://git.example/1"


@dataclass
class Board:
    """A tracker with one issue: what was said and what closed it. ``fails_after`` answers wrongly though it was done."""

    said: list = field(default_factory=list)
    closed: list = field(default_factory=list)
    fails_after: list = field(default_factory=list)

    def answer(self, asked):
        if asked.method == "GET":
            return Answer(self.shown(asked.path))
        body = json.loads(asked.body)
        if (text := self.remark(asked.method, asked.path, body)) is not None:
            self.said.append(text)
        else:
            self.closed.append((asked.method, asked.path, body))
        return self.fails_after.pop(0) if self.fails_after else Answer(b"", 204)


class GitHubBoard(Board):
    path = "/repos/acme/shop/issues/7"
    close = ("PATCH", path, {"state": "closed", "state_reason": "completed"})

    def remark(self, method, path, body):
        return body["body"] if (method, path) == ("POST", f"{self.path}/comments") else None

    def shown(self, path):
        assert path == f"{self.path}/comments"
        return [{"body": text} for text in self.said]


class GitLabBoard(Board):
    path = "/api/v4/projects/shop%2Fweb/issues/7"
    close = ("PUT", path, {"state_event": "close"})

    def remark(self, method, path, body):
        return body["body"] if (method, path) == ("POST", f"{self.path}/notes") else None

    def shown(self, path):
        assert path == f"{self.path}/notes"
        return [{"body": text} for text in self.said]


class JiraBoard(Board):
    path = "/rest/api/3/issue/10012"
    close = ("POST", f"{path}/transitions", {"transition": {"id": "31"}})

    def remark(self, method, path, body):
        if (method, path) != ("POST", f"{self.path}/comment"):
            return None
        assert body["body"]["type"] == "doc"
        return "\n".join(one["content"][0]["text"] for one in body["body"]["content"])

    def shown(self, path):
        assert path == f"{self.path}/comment"
        content = [
            [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.splitlines()]
            for text in self.said
        ]
        return {"comments": [{"body": {"type": "doc", "version": 1, "content": one}} for one in content]}


class RedmineBoard(Board):
    path = "/issues/10012.json"
    close = ("PUT", path, {"issue": {"status_id": "31"}})

    def remark(self, method, path, body):
        assert (method, path) == ("PUT", self.path)
        return body["issue"].get("notes")

    def shown(self, path):
        assert path == self.path
        return {"issue": {"journals": [{"notes": text} for text in self.said]}}


BOARDS = {"github": GitHubBoard, "gitlab": GitLabBoard, "jira": JiraBoard, "redmine": RedmineBoard}


@pytest.fixture(autouse=True)
def _setting(app, monkeypatch):
    app.config["GAMEBASH_ALLOWED_HOSTS"] = "127.0.0.1"
    monkeypatch.setattr(asking, "Client", partial(Client, sleep=lambda seconds: None))


@pytest.fixture(params=BOARDS)
def kind(request):
    return request.param


@pytest.fixture
def board(kind):
    return BOARDS[kind]()


@pytest.fixture
def tracker(board):
    with serving(board.answer) as vendor:
        yield vendor


def make_source(kind, url, work, *, is_on=True, **settings):
    known = {**VENDORS[kind][1], "base_url": url, **settings}
    if kind == "github":
        known["repository"] = "acme/shop"
    with work():
        wishes = Wishes(settings=known, secret="s3cret-token", is_writing_back=is_on)
        source = add_source(f"The {kind}", SourceKind(kind), wishes, by=make_person(), now=NOW)
        problem = make_problem()
        make_incident(source, problem, "10012", number=7)
    return source, problem


def make_incident(source, problem, external_id, *, number, status=IncidentStatus.OPEN, **values):
    return add(
        Incident(
            source_id=source.id, external_id=external_id, title="Checkout fails", service_id=make_service().id,
            severity=Severity.SEV2, status=status, opened_at=NOW - timedelta(hours=number), content_hash=external_id,
            extra={"number": str(number), "reference": f"shop/web#{number}"}, problem_id=problem.id, **values,
        )
    )  # fmt: skip


def plan(problem, work, key="fix-1"):
    with work():
        return plan_remarks(problem_id=problem.id, incident_id=None, key=key, text=TEXT, now=NOW)


def work_off(now=NOW):
    count = 0
    while work_off_remarks(now=now):
        count += 1
        assert count < 50
    db.session.rollback()
    return count


def kept():
    return db.session.scalars(sa.select(WriteBack).order_by(WriteBack.id)).all()


def test_it_is_said_once_at_each_kind_of_tracker(kind, board, tracker, work):
    _, problem = make_source(kind, tracker.url, work)
    assert plan(problem, work) == 1
    assert work_off() == 1
    assert board.said == [f"{TEXT}\n(gamebash fix-1)"]
    assert board.closed == []
    assert work_off(NOW + timedelta(days=9)) == 0
    assert [(one.done_at, one.next_at) for one in kept()] == [(NOW, None)]


def test_what_is_open_is_closed_where_that_is_wished(kind, board, tracker, work):
    _, problem = make_source(kind, tracker.url, work, close_with="31")
    plan(problem, work)
    assert work_off() == 2
    assert len(board.said) == 1
    assert board.closed == [board.close]


def test_a_comment_that_was_taken_though_the_answer_was_lost_is_not_said_again(kind, board, tracker, work):
    _, problem = make_source(kind, tracker.url, work)
    plan(problem, work)
    for lost in (Answer({}, 500), Answer(b"<html>Sign in</html>"), Answer({"id": 12345}, cut=3)):
        board.said.clear()
        with work():
            db.session.execute(sa.update(WriteBack).values(next_at=NOW, begun_at=None, done_at=None, tries=0))
        board.fails_after = [lost]
        work_off()
        assert kept()[0].done_at is None
        work_off(NOW + timedelta(hours=1))
        assert len(board.said) == 1
        assert (kept()[0].done_at, kept()[0].message) == (NOW + timedelta(hours=1), "It was there already.")


def test_a_comment_that_was_lost_on_the_way_is_said_after_looking(kind, board, tracker, work):
    _, problem = make_source(kind, tracker.url, work)
    plan(problem, work)
    tracker.troubles = [Answer({}, 502)]
    work_off()
    assert board.said == []
    work_off(NOW + timedelta(hours=1))
    assert len(board.said) == 1


def test_a_closing_whose_answer_was_lost_is_not_tried_again(kind, board, tracker, work):
    _, problem = make_source(kind, tracker.url, work, close_with="31")
    plan(problem, work)
    board.fails_after = [Answer(b"", 204), Answer({}, 500)]
    work_off()
    work_off(NOW + timedelta(days=1))
    assert len(board.closed) == 1
    assert "may have been closed" in kept()[1].message
    assert (kept()[1].done_at, kept()[1].next_at) == (None, None)


@pytest.fixture
def redmine(work):
    board = RedmineBoard()
    with serving(board.answer) as vendor:
        source, problem = make_source("redmine", vendor.url, work)
        yield board, vendor, source, problem


def test_it_is_off_until_asked_for(work):
    board = RedmineBoard()
    with serving(board.answer) as vendor:
        _, problem = make_source("redmine", vendor.url, work, is_on=False)
        assert plan(problem, work) == 0
        work_off()
    assert (kept(), vendor.asked) == ([], [])


def test_switched_off_meanwhile_nothing_is_said(redmine, work):
    _, vendor, _, problem = redmine
    plan(problem, work)
    with work():
        db.session.execute(sa.update(Source).values(is_writing_back=False))
    work_off()
    assert vendor.asked == []
    assert "switched off" in kept()[0].message


def test_a_busy_tracker_is_asked_again_when_it_says(redmine, work):
    board, vendor, _, problem = redmine
    plan(problem, work)
    vendor.troubles = [Answer({}, 429, {"Retry-After": "1"})]
    work_off()
    assert (board.said, kept()[0].begun_at) == ([], None)
    work_off(NOW + timedelta(days=365))
    assert len(board.said) == 1


def test_a_refusal_ends_it_with_the_trackers_words(redmine, work):
    _, vendor, _, problem = redmine
    plan(problem, work)
    vendor.troubles = [Answer({"errors": ["Notes are closed"]}, 422)]
    assert work_off() == 1
    assert work_off(NOW + timedelta(days=1)) == 0
    assert "Notes are closed" in kept()[0].message


def test_it_is_given_up_after_some_tries(redmine, work):
    _, vendor, _, problem = redmine
    plan(problem, work)
    vendor.answer = lambda asked: Answer({}, 401)
    for day in range(MOST_TRIES + 3):
        work_off(NOW + timedelta(days=day))
    assert len(vendor.asked) == MOST_TRIES
    assert kept()[0].next_at is None
    assert kept()[0].message.startswith("Given up after 8 tries. The server does not accept the token")


def test_what_is_sent_follows_no_redirect(redmine, work):
    _, vendor, _, problem = redmine
    plan(problem, work)
    vendor.troubles = [Answer({}, 302, {"Location": "/elsewhere"})]
    work_off()
    assert len(vendor.asked) == 1
    assert "redirects what is sent" in kept()[0].message


def test_a_worker_killed_after_sending_leaves_nothing_to_say_twice(redmine, work, monkeypatch):
    board, _, _, problem = redmine
    plan(problem, work)
    with monkeypatch.context() as patched:
        patched.setattr("gamebash.backlog.sources.writing_back._end", _killed)
        with pytest.raises(KeyboardInterrupt):
            work_off_remarks(now=NOW)
    db.session.rollback()
    assert work_off(NOW + timedelta(minutes=1)) == 0
    real_later = datetime.now(UTC) + 2 * LEASE
    assert work_off(real_later) == 1
    assert len(board.said) == 1


def _killed(*_, **__):
    raise KeyboardInterrupt


def test_of_many_workers_one_says_it(redmine, work, app):
    board, _, _, problem = redmine
    plan(problem, work)
    together = threading.Barrier(4)

    def run():
        with app.app_context():
            together.wait()
            for _ in range(3):
                work_off_remarks(now=NOW)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(board.said) == 1


def test_open_records_are_told_else_the_newest_and_noise_never(redmine, work):
    _, _, source, problem = redmine
    with work():
        make_incident(source, problem, "20", number=20, status=IncidentStatus.RESOLVED)
        make_incident(source, problem, "1", number=1, is_noise=True)
    assert plan(problem, work) == 1
    with work():
        db.session.execute(sa.update(Incident).values(status=IncidentStatus.RESOLVED))
    assert plan(problem, work, key="fix-2") == 1
    told = [(one.key, one.incident.external_id) for one in kept()]
    assert told == [("fix-1", "10012"), ("fix-2", "10012")]


def test_the_same_key_cannot_be_kept_twice_for_an_incident(redmine, work):
    *_, problem = redmine
    plan(problem, work)
    assert plan(problem, work) == 0
    assert len(kept()) == 1


def test_an_accepted_fix_is_told_where_its_problem_was_reported(redmine, work):
    board, _, _, problem = redmine
    with work():
        event = make_event(
            stories=[make_story(origin=Origin.PROBLEM, problem_id=problem.id, title="Retry the checkout")]
        )
        mara, sam = (make_player(event, make_person(name)) for name in ("Mara Lindqvist", "Sam Okafor"))
        entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
        fix = submit_fix(claim_story(entry, by=mara, now=GAME_NOW), draft(), by=mara, now=GAME_NOW)
    assert kept() == []
    with work():
        accept_fix(fix, by=sam, now=GAME_NOW)
    work_off(GAME_NOW)
    assert len(board.said) == 1
    for words in ("Retry the checkout", "Mara Lindqvist", "https://git.example/1", "A test that failed before."):
        assert words in board.said[0]


def test_what_comes_after_the_fix_is_not_told_of_it(redmine, work):
    board, vendor, source, problem = redmine
    plan(problem, work)
    work_off()
    with work():
        make_incident(source, problem, "43", number=-72)
    work_off(NOW + timedelta(days=3))
    assert len(board.said) == 1
    assert [one.path for one in vendor.asked] == [RedmineBoard.path]
