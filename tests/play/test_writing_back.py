"""Telling the source that a fix was accepted: off until asked for, and each incident once, whatever fails."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Incident, RootCause, Source, SourceKind, WriteBack
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.sources import asking
from gamebash.backlog.sources.setting_up import Wishes, add_source
from gamebash.core.db import db
from gamebash.core.http import Client
from gamebash.events.models import EventStory
from gamebash.play.claims import claim_story
from gamebash.play.fixes import FixDraft, submit_fix
from gamebash.play.models import Fix, FixState
from gamebash.play.writing_back import write_back
from tests.backlog.sources.vendors import VENDORS
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.support.vendor import Answer, serving

SENT = {"number": "7", "reference": "shop/web#7"}
PLACES = {
    "github": ("POST", "/repos/shop/web/issues/7/comments"), "gitlab": ("POST", "/api/v4/projects/shop%2Fweb/issues/7/notes"),
    "jira": ("POST", "/rest/api/3/issue/42/comment"), "redmine": ("PUT", "/issues/42.json"),
}  # fmt: skip


@pytest.fixture
def play(app, work, monkeypatch):
    """Have a fix accepted for a story about one open incident of a source; returns when."""
    app.config["GAMEBASH_ALLOWED_HOSTS"] = "127.0.0.1"
    monkeypatch.setattr(asking, "Client", partial(Client, sleep=lambda seconds: None))

    def make(kind, url, *, is_writing_back=True):
        with work():
            wishes = Wishes(
                settings={"base_url": url, **VENDORS[kind][1]}, secret="s3cret-token", is_writing_back=is_writing_back
            )
            source = add_source("Ours", SourceKind(kind), wishes, by=make_person("Viktor Novak"), now=NOW)
            write_incidents(
                source, [IncidentRecord(external_id="42", title="Down", service="web", opened_at=NOW, extra=SENT)]
            )
            incident = db.session.scalars(sa.select(Incident)).one()
            event = make_event(stories=[make_story(incident_id=incident.id)])
            player = make_player(event)
            entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
            claim = claim_story(entry, by=player, now=NOW)
            said = FixDraft("https://git.example/1", "Mended", RootCause.CHANGE, "It was so", "A test")
            fix = submit_fix(claim, said, by=player, now=NOW)
            fix.state, fix.decided_at = FixState.ACCEPTED, NOW

    return make


@pytest.mark.parametrize("kind", PLACES)
def test_an_accepted_fix_is_told_once(kind, play):
    with serving(lambda asked: Answer({})) as vendor:
        play(kind, vendor.url)
        assert write_back(now=NOW)
        assert not write_back(now=NOW)
        [asked] = vendor.asked
        assert (asked.method, asked.path) == PLACES[kind]
        assert b"https://git.example/1" in asked.body
    assert db.session.scalars(sa.select(WriteBack.done_at)).one() == NOW


def test_nothing_is_said_unless_somebody_asked_for_it(play):
    with serving(lambda asked: Answer({})) as vendor:
        play("github", vendor.url, is_writing_back=False)
        assert not write_back(now=NOW)
        assert vendor.asked == []


def test_what_failed_is_not_said_again(play):
    with serving(lambda asked: Answer({}, 500)) as vendor:
        play("github", vendor.url)
        assert write_back(now=NOW)
        assert not write_back(now=NOW)
        assert len(vendor.asked) == 1
    made = db.session.scalars(sa.select(WriteBack)).one()
    assert made.done_at is None
    assert "status 500" in made.message


def test_of_old_fixes_nothing_is_said(play):
    with serving(lambda asked: Answer({})) as vendor:
        play("github", vendor.url)
        assert not write_back(now=NOW + timedelta(days=30))
    assert db.session.scalars(sa.select(Fix.state)).one() is FixState.ACCEPTED
    assert db.session.scalars(sa.select(Source.is_writing_back)).one()
