"""The game from claim to points, with every refusal saying who, when and what now."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import RootCause
from gamebash.ceremony.closing import cancel_event, close_event, judge_event
from gamebash.core.db import db
from gamebash.core.errors import DomainError, NotAllowedError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import EventStory
from gamebash.events.rules import Rules
from gamebash.play.claims import claim_story, extend_lease, find_open_claim, release_claim
from gamebash.play.fixes import FixDraft, submit_fix
from gamebash.play.models import ClaimEnd, FixState
from gamebash.play.pauses import extend_event, pause_event, resume_event
from gamebash.play.reviewers import sweep_reviews
from gamebash.play.reviews import accept_fix, appeal_send_back, send_back_fix
from gamebash.points.ledger import award_points, correct_entry
from gamebash.points.models import PointEntry, Standing
from gamebash.stories.lifecycle import StoryState
from tests.factories import NOW, make_event, make_person, make_player, make_squad, make_story

SOON = NOW + timedelta(minutes=5)


def draft(**values):
    defaults = {
        "change_url": "https://git.example/1", "what_was_done": "Retry with jitter.", "root_cause": RootCause.CODE_DEFECT,
        "root_cause_found": "No timeout.", "prevention": "A test that failed before.",
    }  # fmt: skip
    return FixDraft(**{**defaults, **values})


@pytest.fixture
def event(context):
    return make_event(stories=[make_story(), make_story(), make_story()])


@pytest.fixture
def entries(event):
    return list(
        db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank))
    )


@pytest.fixture
def mara(event):
    return make_player(event, make_person("Mara Lindqvist"))


@pytest.fixture
def sam(event):
    return make_player(event, make_person("Sam Okafor"))


def points_of(player):
    return db.session.scalar(sa.select(Standing.points).where(Standing.player_id == player.id)) or 0


def test_a_claim_holds_the_story_for_the_lease(entries, mara):
    claim = claim_story(entries[0], by=mara, now=NOW)
    assert claim.lease_ends_at == NOW + timedelta(minutes=90)
    assert entries[0].story.state is StoryState.CLAIMED


def test_the_second_hears_who_was_faster_and_until_when(entries, mara, sam):
    claim_story(entries[0], by=mara, now=NOW)
    with pytest.raises(
        DomainError, match=r"Mara Lindqvist was 2 seconds faster. GB-\d+ is theirs until 11:30. You were not charged"
    ):
        claim_story(entries[0], by=sam, now=NOW + timedelta(seconds=2))


def test_nobody_holds_more_than_the_rules_allow(entries, mara):
    for entry in entries[:2]:
        claim_story(entry, by=mara, now=NOW)
    with pytest.raises(DomainError, match="the rules allow 2 at once"):
        claim_story(entries[2], by=mara, now=NOW)


def test_a_lapsed_lease_can_be_taken_over(entries, mara, sam):
    first = claim_story(entries[0], by=mara, now=NOW)
    later = NOW + timedelta(minutes=91)
    second = claim_story(entries[0], by=sam, now=later)
    db.session.refresh(first)
    assert (first.end, first.ended_at) == (ClaimEnd.LAPSED, NOW + timedelta(minutes=90))
    assert find_open_claim(entries[0].story_id) is second
    with pytest.raises(DomainError, match=r"Your time on GB-.* ran out at 11:30"):
        submit_fix(first, draft(), by=mara, now=later)


def test_a_claim_after_the_end_is_refused_though_no_job_has_run(event, entries, mara):
    with pytest.raises(DomainError, match="ended at 16:00, so nothing can be claimed any more"):
        claim_story(entries[0], by=mara, now=event.ends_at)
    assert event.state is EventState.LIVE


def test_a_lease_is_extended_press_by_press_up_to_the_biggest_story_and_never_all_at_once(entries, mara):
    claim = claim_story(entries[0], by=mara, now=NOW)
    for presses in range(1, 5):
        at = NOW + timedelta(minutes=90 * (presses - 1))
        assert extend_lease(claim, by=mara, now=at).lease_ends_at == NOW + timedelta(minutes=90 * (presses + 1))
        if presses < 4:
            with pytest.raises(DomainError, match="You can have more time from"):
                extend_lease(claim, by=mara, now=at + timedelta(minutes=89))
    with pytest.raises(DomainError, match="allow more time 4 times, and you had it"):
        extend_lease(claim, by=mara, now=NOW + timedelta(minutes=360))


def test_in_a_pause_more_time_can_be_had_as_soon_as_before_it(event, entries, mara):
    claim = claim_story(entries[0], by=mara, now=NOW)
    extend_lease(claim, by=mara, now=NOW)
    pause_event(event, by=make_person("Aisha Bello"), now=NOW + timedelta(minutes=60))
    with pytest.raises(DomainError, match="You can have more time from"):
        extend_lease(claim, by=mara, now=NOW + timedelta(minutes=120))


def test_letting_go_puts_the_story_back(entries, mara, sam):
    claim = claim_story(entries[0], by=mara, now=NOW)
    with pytest.raises(NotAllowedError, match="Mara Lindqvist's claim, not yours"):
        release_claim(claim, by=sam, now=SOON)
    release_claim(claim, by=mara, now=SOON)
    assert entries[0].story.state is StoryState.SCHEDULED
    claim_story(entries[0], by=sam, now=SOON)


def test_an_accepted_fix_pays_author_and_reviewer(entries, mara, sam):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=SOON)
    accept_fix(fix, by=sam, now=SOON)
    # 5 for the yellow story, 2 for the first fix of the day, and half of 5, rounded to even, for a newcomer.
    assert (points_of(mara), points_of(sam)) == (9, 1)
    assert entries[0].story.state is StoryState.ACCEPTED
    assert entries[0].squashed_by_id == mara.id


def test_a_second_verdict_is_refused_with_who_and_when(entries, mara, sam):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=SOON)
    accept_fix(fix, by=sam, now=SOON)
    with pytest.raises(DomainError, match=r"squashed by Sam Okafor at 10:05. Your verdict was not counted"):
        accept_fix(fix, by=sam, now=SOON)
    assert points_of(mara) == 9


def test_nobody_reviews_their_own_fix_nor_their_squads(event, entries, sam):
    squad = make_squad(event)
    mara = make_player(event, make_person("Mara Lindqvist"), squad=squad)
    mate = make_player(event, make_person("Noor Haddad"), squad=squad)
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=SOON)
    with pytest.raises(NotAllowedError, match="Nobody reviews their own fix"):
        accept_fix(fix, by=mara, now=SOON)
    with pytest.raises(NotAllowedError, match="Reviewers are drawn, and you were not"):
        accept_fix(fix, by=mate, now=SOON)
    assert [review.player_id for review in fix.reviews] == [sam.id]


def test_a_sent_back_fix_is_its_authors_again_with_the_time_left(entries, mara, sam):
    claim = claim_story(entries[0], by=mara, now=NOW)
    fix = submit_fix(claim, draft(), by=mara, now=NOW + timedelta(minutes=30))
    much_later = NOW + timedelta(minutes=100)
    send_back_fix(fix, reason="No test.", by=sam, now=much_later)
    assert claim.lease_ends_at == much_later + timedelta(minutes=60)
    assert entries[0].story.state is StoryState.CLAIMED
    with pytest.raises(DomainError, match="sent back by Sam Okafor"):
        accept_fix(fix, by=sam, now=much_later)


def test_an_appeal_goes_to_another_reviewer_once(event, entries, mara, sam):
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=SOON)
    send_back_fix(fix, reason="No test.", by=sam, now=SOON)
    with pytest.raises(DomainError, match="Nobody else may review this fix now"):
        appeal_send_back(fix, reason="There is one.", by=mara, now=SOON)
    db.session.refresh(fix)


def test_an_appeal_that_is_accepted_squashes(event, entries, mara, sam):
    other = make_player(event, make_person("Elif Demir"))
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=SOON)
    first = fix.reviews[0].player
    send_back_fix(fix, reason="No test.", by=first, now=SOON)
    appeal_send_back(fix, reason="There is one.", by=mara, now=SOON)
    second = other if first is sam else sam
    accept_fix(fix, by=second, now=SOON)
    assert fix.state is FixState.ACCEPTED
    assert points_of(first) == 0


def test_assists_share_and_may_not_review(event, entries, mara, sam):
    helper = make_player(event, make_person("Elif Demir"))
    fix = submit_fix(
        claim_story(entries[0], by=mara, now=NOW), draft(assists=(helper.person.handle,)), by=mara, now=SOON
    )
    assert [review.player_id for review in fix.reviews] == [sam.id]
    accept_fix(fix, by=sam, now=SOON)
    assert points_of(helper) == 2


def test_a_lapsed_review_is_drawn_over(event, entries, mara, sam):
    other = make_player(event, make_person("Elif Demir"))
    fix = submit_fix(claim_story(entries[0], by=mara, now=NOW), draft(), by=mara, now=SOON)
    first = fix.reviews[0].player_id
    assert sweep_reviews(now=SOON + timedelta(minutes=31))
    db.session.refresh(fix)
    assert {review.player_id for review in fix.reviews if review.ended_at is None} == {sam.id, other.id} - {first}


def test_a_pause_moves_the_end_and_every_lease(event, entries, mara):
    organiser = make_person("Aisha Bello", "organiser")
    claim = claim_story(entries[0], by=mara, now=NOW)
    ends_at = event.ends_at
    pause_event(event, by=organiser, now=SOON)
    with pytest.raises(DomainError, match="is paused since 10:05"):
        claim_story(entries[1], by=mara, now=SOON)
    with pytest.raises(DomainError, match="is paused since 10:05 already"):
        pause_event(event, by=organiser, now=SOON)
    resume_event(event, by=organiser, now=SOON + timedelta(hours=2))
    assert claim.lease_ends_at == NOW + timedelta(minutes=90 + 120)
    assert event.ends_at == ends_at + timedelta(hours=2)


def test_an_extension_moves_the_end(event):
    extend_event(event, 15, by=make_person("Aisha Bello"), now=NOW)
    assert event.ends_at == NOW + timedelta(hours=6, minutes=15)


def test_closing_gives_back_what_nobody_fixed(event, entries, mara, sam):
    organiser = make_person("Aisha Bello", "organiser")
    claim_story(entries[0], by=mara, now=NOW)
    submit_fix(claim_story(entries[1], by=mara, now=NOW), draft(), by=mara, now=SOON)
    with pytest.raises(DomainError, match="runs until 16:00"):
        judge_event(event, by=organiser, now=SOON)
    judge_event(event, by=organiser, now=event.ends_at)
    with pytest.raises(DomainError, match="Aisha Bello was faster"):
        judge_event(event, by=organiser, now=event.ends_at)
    with pytest.raises(DomainError, match="1 fixes wait for a review"):
        close_event(event, by=organiser, now=event.ends_at)
    close_event(event, by=organiser, now=event.reviews_end_at)
    assert {entry.story.state for entry in entries} == {StoryState.READY}
    with pytest.raises(DomainError, match="closed"):
        cancel_event(event, reason="Too late.", by=organiser, now=event.reviews_end_at)


def test_awards_keep_to_the_budget_and_say_why(event, mara):
    organiser = make_person("Aisha Bello", "organiser")
    award_points(mara, 15, reason="Taught three people.", by=organiser, now=NOW)
    with pytest.raises(DomainError, match="budget is 20 points and 15 are given, so 6 more do not fit"):
        award_points(mara, 6, reason="More.", by=organiser, now=NOW)


def test_a_correction_reverses_an_entry_once(event, mara):
    organiser = make_person("Aisha Bello", "organiser")
    entry = award_points(mara, 5, reason="Taught.", by=organiser, now=NOW)
    correct_entry(entry, reason="Wrong person.", by=organiser, now=SOON)
    assert points_of(mara) == 0
    with pytest.raises(DomainError, match="corrected already, for this reason: Wrong person"):
        correct_entry(entry, reason="Again.", by=organiser, now=SOON)
    assert [one.seq for one in db.session.scalars(sa.select(PointEntry).order_by(PointEntry.seq))] == [1, 2]


def test_the_rules_of_the_event_decide(context):
    event = make_event(
        stories=[make_story()], rules=Rules(lease_minutes=10, reviews_needed=2, first_fix_bonus=0, newcomer_factor=1.0)
    )
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).one()
    mara, *others = [make_player(event) for _ in range(3)]
    claim = claim_story(entry, by=mara, now=NOW)
    assert claim.lease_ends_at == NOW + timedelta(minutes=10)
    fix = submit_fix(claim, draft(), by=mara, now=NOW)
    for reviewer in others:
        assert fix.state is FixState.IN_REVIEW
        accept_fix(fix, by=reviewer, now=NOW)
    assert fix.state is FixState.ACCEPTED
    assert points_of(mara) == 5
