"""Stories that are good for a first fix: a mentor who agreed, hints, and newcomers offered them first."""

import re

import pytest
import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError, NotAllowedError
from gamebash.events.lifecycle import EventState
from gamebash.notices.models import Notice
from gamebash.play.fit import Candidate, fit
from gamebash.play.queries.board import BoardFilter, event_board_page
from gamebash.play.queries.knowing import OFFERED, knowing
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Starter
from gamebash.stories.starters import (
    Hints,
    StarterRefusedError,
    agree_to_mentor,
    decline_to_mentor,
    mark_starter,
    unmark_starter,
)
from tests.factories import NOW, make_event, make_person, make_player, make_service, make_story, make_team
from tests.play.test_fair_rules import accept, entries_of, hand_in
from tests.support.signing_in import sign_in

HINTS = Hints("https://runbooks.example/1", "Look at the lock in the worker.", "Built it with us in spring.")


@pytest.fixture
def aisha(context):
    return make_person("Aisha Bello", "organiser")


@pytest.fixture
def noor(context):
    return make_person("Noor Haddad")


def told(person):
    return db.session.scalars(sa.select(Notice.text).where(Notice.person_id == person.id).order_by(Notice.id)).all()


def test_a_mentor_is_asked_and_counts_once_they_agree(aisha, noor):
    story = make_story()
    starter = mark_starter(story, noor, HINTS, by=aisha, now=NOW)
    assert starter.helper == ""
    assert told(noor) == [f"Aisha Bello asks you to help whoever makes their first fix with {story.key}: {story.title}"]
    with pytest.raises(NotAllowedError, match="Noor Haddad was asked"):
        agree_to_mentor(story, by=aisha, now=NOW)
    assert agree_to_mentor(story, by=noor, now=NOW).helper == "Noor Haddad"
    mark_starter(story, noor, Hints(), by=aisha, now=NOW)
    assert (starter.helper, starter.pointers) == ("Noor Haddad", "")
    assert mark_starter(story, aisha, HINTS, by=aisha, now=NOW).helper == "Aisha Bello"


def test_who_declines_takes_the_mark_off_and_whoever_asked_is_told(aisha, noor):
    story = make_story()
    mark_starter(story, noor, HINTS, by=aisha, now=NOW)
    decline_to_mentor(story, by=noor, now=NOW)
    assert db.session.get(Starter, story.id) is None
    assert told(aisha)[-1].startswith(f"Noor Haddad cannot help with {story.key}")
    with pytest.raises(StarterRefusedError, match="is not marked"):
        unmark_starter(story, by=aisha, now=NOW)


def test_a_story_that_is_over_and_a_link_that_is_none_are_refused(aisha, noor):
    with pytest.raises(StarterRefusedError, match="is held"):
        mark_starter(make_story(StoryState.HELD), noor, HINTS, by=aisha, now=NOW)
    with pytest.raises(InvalidError, match="https"):
        mark_starter(make_story(), noor, Hints("javascript:alert(1)"), by=aisha, now=NOW)


def test_a_mentor_is_of_the_team_or_it_is_said_how_they_know_the_service(aisha, noor):
    team = make_team("CHK")
    story = make_story(service=make_service("tax", team))
    with pytest.raises(InvalidError, match=r"Noor Haddad is not in CHK. Say in a line how Noor Haddad knows tax"):
        mark_starter(story, noor, Hints(), by=aisha, now=NOW)
    mark_starter(story, noor, HINTS, by=aisha, now=NOW)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.tag == "story:marked_starter")).one()
    assert entry.detail["known_from"] == "Built it with us in spring."
    log_move(noor, MoveDraft(None, team, NOW.date()), by=None, now=NOW)
    assert mark_starter(make_story(service=story.service), noor, Hints(), by=aisha, now=NOW).mentor_id == noor.id


def test_a_newcomer_is_offered_what_has_a_mentor_before_what_is_worth_more():
    usual = Candidate("GB-1", "api", "CHK", "CHK", 90, 3)
    starter = Candidate("GB-2", "mail", "WHS", "WHS", 1, 3, "Noor")
    newcomer = sorted((fit(one, team="CHK", services_fixed=()) for one in (usual, starter)), key=lambda one: one.order)
    assert [one.key for one in newcomer] == ["GB-2", "GB-1"]
    assert newcomer[0].reason == "good for a first fix, Noor helps"
    known = sorted(
        (fit(one, team="CHK", services_fixed={"web"}) for one in (usual, starter)), key=lambda one: one.order
    )
    assert [one.key for one in known] == ["GB-1", "GB-2"]


def test_the_board_says_so_and_can_be_narrowed_to_them(aisha, noor):
    stories = [make_story(value=90), make_story(value=1)]
    event = make_event(stories=stories)
    player = make_player(event)
    mark_starter(stories[1], noor, HINTS, by=aisha, now=NOW)
    assert not event_board_page(event, player.person, BoardFilter(), now=NOW).has_starters
    agree_to_mentor(stories[1], by=noor, now=NOW)
    page = event_board_page(event, player.person, BoardFilter(), now=NOW)
    assert [row.key for row in page.rows.items] == [stories[1].key, stories[0].key]
    assert page.rows.items[0].why == "good for a first fix, Noor Haddad helps"
    page = event_board_page(event, player.person, BoardFilter(only_starters=True), now=NOW)
    assert [row.key for row in page.rows.items] == [stories[1].key]


def test_marking_asking_and_agreeing_through_the_pages(app):
    with app.app_context(), unit_of_work():
        key = make_story().key
        make_person("Aisha Bello", "organiser", handle="aisha")
        make_person("Noor Haddad", handle="noor")
    aisha, noor = (sign_in(app.test_client(), handle) for handle in ("aisha", "noor"))
    address = f"/stories/{key}/starter"
    data = {"mentor": "noor", "pointers": "Look at <b>the lock</b>.", "runbook_url": "", "known_from": "Wrote it"}
    assert noor.post(address, data=data).status_code == 403
    assert aisha.post(address, data=data).status_code == 303
    page = noor.get(f"/stories/{key}").get_data(as_text=True)
    assert "Agree to help" in page
    assert "Look at &lt;b&gt;the lock&lt;/b&gt;." in page
    assert noor.post(f"{address}/agree").status_code == 303
    assert "Agree to help" not in noor.get(f"/stories/{key}").get_data(as_text=True)
    assert aisha.post(f"{address}/unmark").status_code == 303
    assert noor.post(f"{address}/decline").status_code == 409


def test_those_who_know_the_service_are_offered_first_and_anybody_else_by_their_handle(app):
    with app.app_context(), unit_of_work():
        team = make_team("CHK")
        service = make_service("web", team)
        key = make_story(service=service).key
        zelda, zora = make_person("Zelda Quick", handle="zelda"), make_person("Zora Team", handle="zora")
        for number in range(OFFERED):
            make_person(f"Person {number:02}", handle=f"person-{number:02}")
        make_person("Xenia Last", "organiser", handle="xenia")
        log_move(zora, MoveDraft(None, team, NOW.date()), by=None, now=NOW)
        event = make_event(stories=[make_story(service=service)])
        author = make_player(event, zelda)
        make_player(event)
        accept(hand_in(entries_of(event)[0], author))
        event.state = EventState.CLOSED
    client = sign_in(app.test_client(), "xenia")
    page = client.get(f"/stories/{key}").get_data(as_text=True)
    offered = re.findall(r'<option value="([^"]+)"', page.partition('name="mentor"')[2].partition("</select>")[0])
    assert (offered[:2], offered[-1], len(offered)) == (["zelda", "zora"], "xenia", OFFERED + 1)
    data = {"mentor": "zelda", "other": "person-19", "known_from": "Wrote it"}
    assert client.post(f"/stories/{key}/starter", data=data).status_code == 303
    assert "Person 19" in client.get(f"/stories/{key}").get_data(as_text=True)


def test_the_order_of_mentors_does_not_tell_who_an_alias_is(aisha, noor):
    story = make_story()
    event = make_event(EventState.LIVE, [make_story(service=story.service), make_story(service=story.service)])
    yann, zelda = make_person("Yann Falk"), make_person("Zelda Quill", alias="Falcon")
    players = [make_player(event, one) for one in (yann, zelda)]
    make_player(event)
    for entry, player in zip(entries_of(event), players, strict=True):
        accept(hand_in(entry, player))
    event.state = EventState.CLOSED
    db.session.flush()
    found = knowing(story, namer=aisha, now=NOW)
    assert found.fixed == ("Falcon", "Yann Falk")
    names = [name for _, name in found.mentors]
    # Yann is first since he fixed it, by his own name; Zelda stands where she would without a fix.
    assert names[0] == "Yann Falk"
    assert names[1:] == sorted(names[1:])
    assert "Zelda Quill" in names
