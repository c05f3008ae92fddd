"""When a change went out: said once, by who may, within what is possible; past an incident only with a second person."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from gamebash.backlog.second_person import Kept
from gamebash.core.db import db
from gamebash.core.errors import InvalidError, NotAllowedError
from gamebash.stories.lifecycle import StoryState
from gamebash.verify import verify
from gamebash.watch.deploys import DeployRefusedError
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Proposal
from gamebash.watch.proposals import confirm_proposal, record_deploy
from tests.factories import make_person
from tests.support.signing_in import sign_in
from tests.watch.playing import ACCEPTED, DAY, LATER, play, record, sweep, take_in, watch_of

OUT = ACCEPTED + 2 * DAY


@pytest.fixture
def played(context):
    played = play()
    sweep(ACCEPTED)
    return played


def test_the_watch_goes_from_the_deploy_as_recorded(played):
    record_deploy(played.fix, OUT, by=played.mara.person, now=OUT + DAY)
    watch = watch_of(played.fix)
    assert (watch.starts_at.replace(microsecond=0), watch.days) == (OUT, 30)
    sweep(LATER)
    assert played.story.state is StoryState.WATCHED
    sweep(LATER + 2 * DAY)
    assert played.story.state is StoryState.HELD
    assert verify() == []


def test_an_organiser_may_say_it_and_nobody_else(played):
    with pytest.raises(NotAllowedError, match="Mara Lindqvist, who wrote it"):
        record_deploy(played.fix, OUT, by=played.mate.person, now=OUT)
    record_deploy(played.fix, OUT, by=make_person("Aisha Bello", "organiser"), now=OUT)
    assert played.fix.deployed_at == OUT


@pytest.mark.parametrize(
    ("at", "words"),
    [(OUT + timedelta(minutes=1), "lies in the future"), (ACCEPTED - 30 * DAY, "went live at")],
)
def test_a_time_that_cannot_be_is_refused(played, at, words):
    with pytest.raises(InvalidError, match=words):
        record_deploy(played.fix, at, by=played.mara.person, now=OUT)


def test_it_is_said_once_and_not_after_the_verdict(played):
    record_deploy(played.fix, OUT, by=played.mara.person, now=OUT)
    with pytest.raises(DeployRefusedError, match="said once"):
        record_deploy(played.fix, OUT + DAY, by=played.mara.person, now=LATER)


def test_after_the_verdict_it_stands(played):
    sweep(LATER)
    with pytest.raises(DeployRefusedError, match=r"it held\. It stands"):
        record_deploy(played.fix, OUT, by=played.mara.person, now=LATER)


def test_a_deploy_after_an_incident_waits_for_somebody_from_outside(played):
    back = ACCEPTED + DAY
    take_in(record(back))
    sweep(back)
    assert watch_of(played.fix).state is WatchState.CAME_BACK
    kept = record_deploy(played.fix, OUT, by=played.mara.person, now=OUT)
    assert isinstance(kept, Kept)
    assert played.fix.deployed_at is None
    proposal = db.session.scalars(sa.select(Proposal)).one()
    with pytest.raises(NotAllowedError):
        confirm_proposal(proposal, by=played.sam.person, now=OUT)
    confirm_proposal(proposal, by=make_person("Outsider", "developer"), now=OUT)
    sweep(OUT + timedelta(hours=2))
    assert watch_of(played.fix).state is WatchState.WATCHING
    assert verify() == []


def test_the_author_records_it_on_the_storys_page(app, client):
    with app.app_context():
        played = play()
        sweep(ACCEPTED)
        key, handle = played.story.key, played.mara.person.handle
        db.session.remove()
    with time_machine.travel(OUT, tick=False):
        sign_in(client, handle)
        assert "Record the deploy" in client.get(f"/stories/{key}").text
        address = f"/stories/{key}/deploy"
        assert client.post(address, data={"deployed_at": "soon"}).status_code == 422
        answer = client.post(address, data={"deployed_at": "2026-11-20T09:30"}, follow_redirects=True)
    assert "The watch begins then" in answer.text
    assert "Fri 20 Nov, 09:30" in answer.text
