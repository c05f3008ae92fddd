"""Production needs somebody: what stands still, what does not, and who hears why."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.ceremony.closing import close_event, judge_event, sweep_events
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, InvalidError
from gamebash.events.delays import delay_start
from gamebash.events.models import Event, EventStory, Player
from gamebash.notices.models import Notice
from gamebash.people.models import Person
from gamebash.play.breaks import BreakReason, begin_break, end_break, sweep_breaks
from gamebash.play.claims import claim_story, extend_lease, release_claim
from gamebash.play.fixes import submit_fix
from gamebash.play.leaving import leave_game
from gamebash.play.models import Break, Claim, ClaimEnd
from gamebash.play.pauses import extend_event, freeze_now, pause_event, resume_event
from gamebash.play.reviewers import sweep_reviews
from gamebash.play.reviews import appeal_send_back, send_back_fix
from gamebash.stories.lifecycle import StoryState
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.invariants.test_races import press
from tests.play.test_game import draft

WHY = BreakReason("The checkout is down.", "https://status.example/1")


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


def test_a_break_stops_the_lease_and_the_return_gives_back_what_was_left(event, entries, mara, olga):
    claim = claim_story(entries[0], by=mara, now=NOW)
    end = event.ends_at
    begin_break(event, [mara], WHY, by=olga, now=at(30))
    assert (claim.lease_ends_at, claim.lease_left_seconds) == (None, 60 * 60)
    end_break(event, mara, by=mara.person, now=at(200))
    assert claim.lease_ends_at == at(260)
    assert event.ends_at == end
    told = db.session.scalars(sa.select(Notice.text).where(Notice.person_id == mara.person_id)).all()
    assert told == [
        "You are on a break from " + event.name + ": The checkout is down. Your leases stand still until you return."
    ]


def test_nobody_takes_over_what_waits_for_somebody_on_a_break(event, entries, mara, sam, olga):
    claim_story(entries[0], by=mara, now=NOW)
    begin_break(event, [mara], WHY, by=olga, now=at(30))
    with pytest.raises(
        DomainError, match=r"Mara Lindqvist is on a break for a live incident, and GB-\d+ waits for them"
    ):
        claim_story(entries[0], by=sam, now=at(200))


def test_somebody_on_a_break_plays_on_after_returning_only(event, entries, mara, olga):
    claim = claim_story(entries[0], by=mara, now=NOW)
    begin_break(event, [mara], WHY, by=mara.person, now=at(10))
    for deed in (
        lambda: claim_story(entries[1], by=mara, now=at(20)),
        lambda: extend_lease(claim, by=mara, now=at(20)),
        lambda: release_claim(claim, by=mara, now=at(20)),
        lambda: submit_fix(claim, draft(), by=mara, now=at(20)),
    ):
        with pytest.raises(DomainError, match=r"You are on a break since 10:10.*Return to the game"):
            deed()
    end_break(event, mara, by=mara.person, now=at(20))
    submit_fix(claim, draft(), by=mara, now=at(21))


def test_a_break_inside_a_pause_and_a_pause_inside_a_break_count_each_minute_once(event, entries, mara, sam, olga):
    first, second = claim_story(entries[0], by=mara, now=NOW), claim_story(entries[1], by=sam, now=NOW)
    pause_event(event, by=olga, now=at(10))
    begin_break(event, [mara], WHY, by=olga, now=at(20))
    resume_event(event, by=olga, now=at(40))
    end_break(event, mara, by=olga, now=at(50))
    # Stood still from 10 to 50 for Mara, from 10 to 40 for Sam.
    assert (first.lease_ends_at, second.lease_ends_at) == (at(130), at(120))
    begin_break(event, [sam], WHY, by=olga, now=at(60))
    pause_event(event, by=olga, now=at(70))
    end_break(event, sam, by=olga, now=at(80))
    resume_event(event, by=olga, now=at(90))
    assert (first.lease_ends_at, second.lease_ends_at) == (at(150), at(150))


def test_a_fix_sent_back_to_somebody_on_a_break_waits_for_them(event, entries, mara, sam, olga):
    claim = claim_story(entries[0], by=mara, now=NOW)
    fix = submit_fix(claim, draft(), by=mara, now=at(30))
    begin_break(event, [mara], WHY, by=olga, now=at(40))
    send_back_fix(fix, reason="No test.", by=sam, now=at(50))
    assert (claim.lease_ends_at, claim.lease_left_seconds) == (None, 60 * 60)
    with pytest.raises(DomainError, match="You are on a break"):
        appeal_send_back(fix, reason="There is one.", by=mara, now=at(60))
    end_break(event, mara, by=olga, now=at(100))
    assert claim.lease_ends_at == at(160)


def test_reviews_stand_still_or_go_to_others_as_wished_and_nothing_new_is_drawn(event, entries, mara, sam, olga):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=NOW)
    review = fix.reviews[0]
    begin_break(event, [sam], WHY, by=olga, now=at(10))
    elif_ = make_player(event, make_person("Elif Demir"))
    sweep_reviews(now=at(60))
    assert (review.ended_at, review.lease_left_seconds) == (None, 20 * 60)
    end_break(event, sam, by=olga, now=at(60))
    assert review.lease_ends_at == at(80)
    begin_break(event, [sam], BreakReason("Again.", passes_reviews=True), by=olga, now=at(70))
    sweep_reviews(now=at(71))
    db.session.refresh(fix)
    assert [one.player_id for one in fix.reviews if one.ended_at is None] == [elif_.id]
    other = submit_fix(claim_story(entries[1], by=mara, now=at(72)), draft(), by=mara, now=at(72))
    assert [one.player_id for one in other.reviews] == [elif_.id]


def test_a_review_whose_reviewer_is_out_stays_with_them_as_long_as_nobody_else_may(event, entries, mara, sam, olga):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=NOW)
    begin_break(event, [sam], BreakReason("Again.", passes_reviews=True), by=olga, now=at(10))
    sweep_reviews(now=at(11))
    assert fix.reviews[0].ended_at is None


def test_reviews_stand_still_in_a_pause_and_begin_with_the_clock(event, entries, mara, sam, olga):
    claim = claim_story(entries[0], by=mara, now=NOW)
    fix = submit_fix(claim, draft(), by=mara, now=NOW)
    pause_event(event, by=olga, now=at(10))
    send_back_fix(fix, reason="No.", by=sam, now=at(20))
    again = submit_fix(claim, draft(), by=mara, now=at(30))
    elif_ = make_player(event, make_person("Elif Demir"))
    sweep_reviews(now=at(31))
    resume_event(event, by=olga, now=at(60))
    sweep_reviews(now=at(61))
    db.session.refresh(again)
    assert {one.player_id: one.lease_ends_at for one in again.reviews} == {elif_.id: at(91)}


def test_a_drawn_review_moves_by_the_length_of_a_pause(event, entries, mara, sam, olga):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=NOW)
    pause_event(event, by=olga, now=at(10))
    resume_event(event, by=olga, now=at(50))
    assert fix.reviews[0].lease_ends_at == at(70)


def test_a_freeze_pressed_or_reached_in_a_pause_stays_and_one_to_come_moves(event, olga):
    event.freezes_at = at(30)
    pause_event(event, by=olga, now=at(20))
    assert event.public_until(at(40)) is None
    resume_event(event, by=olga, now=at(40))
    assert event.freezes_at == at(50)
    pause_event(event, by=olga, now=at(45))
    freeze_now(event, by=olga, now=at(47))
    assert event.public_until(at(47)) == event.freezes_at
    resume_event(event, by=olga, now=at(60))
    assert event.public_until(at(60)) == event.freezes_at
    with pytest.raises(DomainError, match="stands still since"):
        freeze_now(event, by=olga, now=at(61))


def test_an_extension_in_a_pause_and_a_second_pause_move_the_end_by_their_sum(event, olga):
    end, deadline = event.ends_at, event.reviews_end_at
    pause_event(event, by=olga, now=at(10))
    extend_event(event, 15, by=olga, now=at(15))
    resume_event(event, by=olga, now=at(20))
    pause_event(event, by=olga, now=at(30))
    resume_event(event, by=olga, now=at(50))
    moved = timedelta(minutes=15 + 10 + 20)
    assert (event.ends_at, event.reviews_end_at) == (end + moved, deadline + moved)


def test_the_end_of_the_event_ends_the_break_whether_or_not_a_job_has_run(event, entries, mara, sam, olga):
    claim = claim_story(entries[0], by=mara, now=NOW)
    fix = submit_fix(claim, draft(), by=mara, now=at(30))
    send_back_fix(fix, reason="No test.", by=sam, now=at(40))
    begin_break(event, [mara, sam], WHY, by=olga, now=at(50))
    late = event.ends_at + timedelta(minutes=10)
    submit_fix(claim, draft(), by=mara, now=late)
    assert sweep_breaks(now=late)
    assert not sweep_breaks(now=late)
    ends = set(db.session.scalars(sa.select(Break.ended_at)))
    assert ends == {event.ends_at}
    sweep_events(now=late)
    close_event(event, by=olga, now=late, reason="Time to go home.")


def test_closing_an_event_ends_what_waits_for_a_break(event, entries, mara, olga):
    claim = claim_story(entries[0], by=mara, now=NOW)
    begin_break(event, [mara], WHY, by=olga, now=at(50))
    judge_event(event, by=olga, now=event.ends_at)
    close_event(event, by=olga, now=event.ends_at)
    assert claim.end is ClaimEnd.EVENT_OVER
    assert sweep_breaks(now=event.ends_at)
    assert entries[0].story.state is StoryState.READY


def test_breaks_are_refused_with_how_it_stands(event, mara, sam, olga):
    with pytest.raises(InvalidError, match="Say what production needs them for"):
        begin_break(event, [mara], BreakReason(" "), by=olga, now=NOW)
    with pytest.raises(InvalidError, match="https"):
        begin_break(event, [mara], BreakReason("x", "javascript:alert(1)"), by=olga, now=NOW)
    begin_break(event, [mara], WHY, by=olga, now=NOW)
    with pytest.raises(DomainError, match=r"Mara Lindqvist is out since 10:00 already: The checkout is down"):
        begin_break(event, [mara], WHY, by=olga, now=at(5))
    assert len(begin_break(event, [mara, sam], WHY, by=olga, now=at(5))) == 1
    end_break(event, sam, by=olga, now=at(6))
    with pytest.raises(DomainError, match="Sam Okafor is on no break"):
        end_break(event, sam, by=olga, now=at(7))
    with pytest.raises(DomainError, match="is judging"):
        begin_break(event, [sam], WHY, by=olga, now=event.ends_at)


def test_leaving_lets_go_at_once_and_ends_the_break(event, entries, mara, sam, olga):
    claim_story(entries[0], by=mara, now=NOW)
    in_review = claim_story(entries[1], by=mara, now=NOW)
    submit_fix(in_review, draft(), by=mara, now=at(5))
    begin_break(event, [mara], WHY, by=olga, now=at(10))
    assert leave_game(event, mara.person, now=at(20)) == [entries[0].story.key]
    assert entries[0].story.state is StoryState.SCHEDULED
    assert in_review.ended_at is None
    claim_story(entries[0], by=sam, now=at(21))


def test_a_delayed_start_moves_the_whole_day_and_tells_everybody(context, olga):
    event = make_event(state="scheduled", freezes_at=NOW + timedelta(hours=5), starts_at=NOW + timedelta(hours=1))
    player = make_player(event)
    before = (event.starts_at, event.freezes_at, event.ends_at, event.reviews_end_at)
    delay_start(event, 20, by=olga, now=NOW)
    after = (event.starts_at, event.freezes_at, event.ends_at, event.reviews_end_at)
    assert [late - early for early, late in zip(before, after, strict=True)] == [timedelta(minutes=20)] * 4
    assert db.session.scalar(sa.select(Notice.text).where(Notice.person_id == player.person_id)) == (
        f"{event.name} starts later, at 11:20. Its end moves with it, to 16:20."
    )
    delay_start(event, 10, by=olga, now=NOW + timedelta(hours=3))
    assert event.starts_at == NOW + timedelta(hours=3, minutes=10)
    event.state = "live"
    with pytest.raises(DomainError, match="moves by pause and extension"):
        delay_start(event, 10, by=olga, now=NOW)


def test_breaks_claims_and_pauses_at_the_same_instant_leave_no_lease_running_on_a_break(app):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(
            stories=[make_story() for _ in range(6)], starts_at=now, ends_at=now + timedelta(hours=6),
            reviews_end_at=now + timedelta(hours=7), went_live_at=now,
        )  # fmt: skip
        boss = make_person("Olga Orr", "organiser")
        players = [make_player(event).id for _ in range(6)]
        event_id, boss_id = event.id, boss.id
        stories = list(db.session.scalars(sa.select(EventStory.id)))
    deeds = [(kind, number) for number in range(6) for kind in ("claim", "break", "pause")]

    def do(deed):
        kind, number = deed
        event, boss = db.session.get_one(Event, event_id), db.session.get_one(Person, boss_id)
        player = db.session.get_one(Player, players[number])
        if kind == "claim":
            claim_story(db.session.get_one(EventStory, stories[number]), by=player, now=clock.now())
        elif kind == "break":
            begin_break(event, [player], WHY, by=boss, now=clock.now())
        else:
            (pause_event if number % 2 else resume_event)(event, by=boss, now=clock.now())

    _, heard = press(app, do, deeds)
    assert not [word for word in heard if word.startswith("crash")], heard
    with app.app_context():
        out = set(db.session.scalars(sa.select(Break.player_id).where(Break.ended_at.is_(None))))
        assert len(out) == 6
        for claim in db.session.scalars(sa.select(Claim)):
            assert (claim.break_id is None) == (claim.lease_ends_at is not None)
            assert claim.break_id is not None
