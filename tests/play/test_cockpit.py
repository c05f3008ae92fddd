"""Lights, stuck claims, reminders, the builders' window, and being told when a story is free."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.ceremony.closing import judge_event
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import EventStory
from gamebash.events.rules import Rules
from gamebash.events.running import go_live
from gamebash.notices.models import Notice
from gamebash.play.breaks import BreakReason, begin_break
from gamebash.play.claims import claim_story, find_open_claim, release_claim
from gamebash.play.fixes import submit_fix
from gamebash.play.free_alerts import ask_when_free, stop_waiting, sweep_free_alerts
from gamebash.play.helping import extend_for, release_for
from gamebash.play.leaving import leave_game
from gamebash.play.lights import Doing, Light, light_of
from gamebash.play.pauses import freeze_now, pause_event, resume_event
from gamebash.play.queries.board import BoardFilter, event_board_page
from gamebash.play.queries.cockpit import cockpit_page
from gamebash.play.reminders import sweep_reminders
from gamebash.play.reviews import accept_fix, send_back_fix
from tests.factories import NOW, make_event, make_person, make_player, make_service, make_story, make_team
from tests.play.test_game import draft


def at(minutes):
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def event(context):
    return make_event(stories=[make_story(), make_story(), make_story()], went_live_at=NOW)


@pytest.fixture
def entries(event):
    return list(
        db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank))
    )


@pytest.fixture
def olga(context):
    return make_person("Olga Orr", "organiser")


@pytest.fixture
def mara(event):
    return make_player(event, make_person("Mara Lindqvist"))


@pytest.fixture
def sam(event):
    return make_player(event, make_person("Sam Okafor"))


def told(player):
    query = sa.select(Notice.text).where(Notice.person_id == player.person_id).order_by(Notice.id)
    return db.session.scalars(query).all()


@pytest.mark.parametrize(
    ("doing", "light"),
    [
        (Doing(False, False, False, False, 0), Light.NOT_IN),
        (Doing(True, False, False, False, 0), Light.NO_CLAIM),
        (Doing(True, False, True, True, 5), Light.WORKING),
        (Doing(True, False, False, True, 5), Light.IN_REVIEW),
        (Doing(False, False, False, False, 5), Light.SCORED),
        (Doing(True, True, True, True, 5), Light.ON_BREAK),
    ],
)
def test_a_light_is_what_an_organiser_looks_for_first(doing, light):
    assert light_of(doing) is light


def test_the_cockpit_shows_every_player_their_light_and_who_could_be_called(event, entries, mara, sam, olga):
    noor, elif_ = (make_player(event, make_person(name)) for name in ("Noor Haddad", "Elif Demir"))
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=NOW)
    drawn = fix.reviews[0].player
    claim_story(entries[1], by=noor, now=NOW)
    begin_break(event, [elif_], BreakReason("Down."), by=olga, now=NOW)
    page = cockpit_page(event, now=at(5))
    lights = {one.name: one.light for one in page.crew}
    assert lights["Mara Lindqvist"] is Light.IN_REVIEW
    assert lights["Noor Haddad"] is Light.WORKING
    assert lights["Elif Demir"] is Light.ON_BREAK
    assert lights["Sam Okafor"] in {Light.NOT_IN, Light.NO_CLAIM}
    assert not {drawn.person.name, "Mara Lindqvist", "Elif Demir"} & set(page.queue[0].free)
    assert [(line.name, line.left) for line in page.services] == [("checkout-api", 3)]
    assert page.median == page.oldest == timedelta(minutes=5)


def test_an_organiser_lengthens_a_claim_once_and_brings_a_lapsed_one_back(event, entries, mara, olga):
    claim = claim_story(entries[0], by=mara, now=NOW)
    story = entries[0].story
    assert extend_for(story, event, by=olga, now=at(100)).lease_ends_at == at(190)
    assert find_open_claim(story.id) is claim
    with pytest.raises(DomainError, match=r"was lengthened for Mara Lindqvist at 11:40 already"):
        extend_for(story, event, by=olga, now=at(110))
    assert "Olga Orr gave you more time" in told(mara)[-1]


def test_an_organiser_puts_a_story_back_with_a_reason(event, entries, mara, sam, olga):
    claim_story(entries[0], by=mara, now=NOW)
    story = entries[0].story
    with pytest.raises(InvalidError, match="Say why"):
        release_for(story, event, reason=" ", by=olga, now=at(5))
    release_for(story, event, reason="Gone home.", by=olga, now=at(5))
    assert told(mara) == [f"Olga Orr put {story.key} back on the board: Gone home. Your draft stays."]
    claim = claim_story(entries[0], by=sam, now=at(6))
    submit_fix(claim, draft(), by=sam, now=at(7))
    with pytest.raises(DomainError, match="is in review; its lease stands still"):
        release_for(story, event, reason="Gone home.", by=olga, now=at(8))


def test_a_lease_is_reminded_of_once_for_each_end_and_never_in_a_pause_or_on_a_break(event, entries, mara, sam, olga):
    claim_story(entries[0], by=mara, now=NOW)
    claim_story(entries[1], by=sam, now=NOW)
    begin_break(event, [sam], BreakReason("Down."), by=olga, now=at(5))
    before = len(told(sam))
    assert not sweep_reminders(now=at(79))
    pause_event(event, by=olga, now=at(79))
    assert not sweep_reminders(now=at(85))
    resume_event(event, by=olga, now=at(89))
    assert sweep_reminders(now=at(91))
    assert not sweep_reminders(now=at(92))
    key = entries[0].story.key
    assert told(mara) == [f"Your time on {key} ends at 11:40. Submit, take more time, or let it go."]
    assert len(told(sam)) == before


def test_a_reviewer_is_told_when_drawn_and_before_the_time_ends(event, entries, mara, sam):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=NOW)
    sweep_reminders(now=at(25))
    sweep_reminders(now=at(26))
    key = entries[0].story.key
    assert told(sam) == [
        f"You are drawn to review {key}: {entries[0].story.title}. It is yours until 10:30.",
        f"Your time to review {key} ends at 10:30. Then somebody else is drawn.",
    ]
    send_back_fix(fix, reason="No test.", by=sam, now=at(27))
    assert told(mara) == [f"Sam Okafor sent {key} back: No test."]
    make_player(fix.event, make_person("Elif Demir"))
    again = submit_fix(fix.claim, draft(), by=mara, now=at(28))
    accept_fix(again, by=again.reviews[0].player, now=at(29))
    assert told(mara)[-1].startswith(f"{key} is squashed. Elif Demir accepted it. +")


def test_everybody_hears_of_start_freeze_and_full_time_once(context, olga):
    event = make_event(state=EventState.SCHEDULED, stories=[make_story()], rules_confirmed_at=NOW, freezes_at=at(60))
    player = make_player(event)
    go_live(event, by=olga, now=NOW)
    freeze_now(event, by=olga, now=at(30))
    assert sweep_reminders(now=at(31))
    assert not sweep_reminders(now=at(32))
    judge_event(event, by=olga, now=event.ends_at)
    texts = told(player)
    assert [text.split(".")[0] for text in texts] == [
        f"{event.name} is live until 16:00", f"{event.name}: the board stands still from now on", "Full time",
    ]  # fmt: skip


def test_whoever_waits_for_a_story_is_told_once_when_it_is_let_go_or_runs_out(event, entries, mara, sam):
    key = entries[0].story.key
    with pytest.raises(DomainError, match=r"is free now. Claim it"):
        ask_when_free(entries[0], sam.person, now=NOW)
    claim = claim_story(entries[0], by=mara, now=NOW)
    with pytest.raises(DomainError, match="is yours"):
        ask_when_free(entries[0], mara.person, now=NOW)
    assert ask_when_free(entries[0], sam.person, now=NOW) is ask_when_free(entries[0], sam.person, now=NOW)
    assert not sweep_free_alerts(now=at(5))
    release_claim(claim, by=mara, now=at(6))
    assert sweep_free_alerts(now=at(6))
    assert not sweep_free_alerts(now=at(7))
    assert told(sam) == [f"{key} is free again: {entries[0].story.title}"]
    claim_story(entries[0], by=mara, now=at(8))
    ask_when_free(entries[0], sam.person, now=at(9))
    assert sweep_free_alerts(now=at(100))
    assert len(told(sam)) == 2


def test_whoever_does_not_want_to_be_told_after_all_is_not(event, entries, mara, sam):
    claim = claim_story(entries[0], by=mara, now=NOW)
    ask_when_free(entries[0], sam.person, now=NOW)
    assert stop_waiting(entries[0], sam.person, now=at(1))
    assert not stop_waiting(entries[0], sam.person, now=at(1))
    release_claim(claim, by=mara, now=at(2))
    assert not sweep_free_alerts(now=at(2))
    assert told(sam) == []


def test_nobody_is_told_of_a_story_that_was_squashed(event, entries, mara, sam):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=NOW)
    ask_when_free(entries[0], sam.person, now=at(1))
    before = len(told(sam))
    accept_fix(fix, by=sam, now=at(2))
    assert sweep_free_alerts(now=at(3))
    assert len(told(sam)) == before


def built(minutes=10):
    team, other = make_team("CHK"), make_team("WHS")
    service = make_service("checkout", team)
    event = make_event(
        state=EventState.SCHEDULED, stories=[make_story(service=service)], rules_confirmed_at=NOW,
        rules=Rules(builder_window_minutes=minutes),
    )  # fmt: skip
    return event, team, other


def test_builders_have_first_call_for_a_short_time_then_anybody(context, olga):
    event, team, other = built()
    owner, stranger = make_player(event, team=team), make_player(event, team=other)
    go_live(event, by=olga, now=NOW)
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
    with pytest.raises(DomainError, match=r"is for Team CHK, who owns checkout, until 10:10; then for anybody"):
        claim_story(entry, by=stranger, now=at(9))
    row = event_board_page(event, stranger.person, BoardFilter(), now=at(9)).rows.items[0]
    assert (row.can_claim, row.why_not) == (False, "For CHK until 10:10, then for anybody.")
    assert event_board_page(event, stranger.person, BoardFilter(), now=at(9)).best is None
    assert event_board_page(event, owner.person, BoardFilter(), now=at(9)).rows.items[0].can_claim
    pause_event(event, by=olga, now=at(5))
    resume_event(event, by=olga, now=at(15))
    with pytest.raises(DomainError, match="until 10:20"):
        claim_story(entry, by=stranger, now=at(19))
    claim_story(entry, by=stranger, now=at(20))


@pytest.mark.parametrize("plays", [True, False])
def test_there_is_no_first_call_where_the_rule_is_off_or_no_builder_plays(plays, context, olga):
    event, team, other = built(minutes=0 if plays else 10)
    if plays:
        make_player(event, team=team)
    stranger = make_player(event, team=other)
    go_live(event, by=olga, now=NOW)
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
    claim_story(entry, by=stranger, now=NOW)


def test_first_call_on_a_story_ends_when_the_last_who_built_it_leaves(context, olga):
    event, team, other = built()
    owners, stranger = [make_player(event, team=team) for _ in range(2)], make_player(event, team=other)
    go_live(event, by=olga, now=NOW)
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
    leave_game(event, owners[0].person, now=at(1))
    with pytest.raises(DomainError, match="until 10:10"):
        claim_story(entry, by=stranger, now=at(2))
    leave_game(event, owners[1].person, now=at(3))
    assert event_board_page(event, stranger.person, BoardFilter(), now=at(3)).rows.items[0].can_claim
    claim_story(entry, by=stranger, now=at(3))
