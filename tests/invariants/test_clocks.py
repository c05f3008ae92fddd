"""Any interleaving of claims, leases, pauses, breaks, extensions, reviews and appeals: nobody loses lease time to a stop.

A model keeps for every lease how much it has left, and takes time from it only while the event's clock runs and its player is
not on a break and the fix is not in review. After every step the database has to say the same.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.models import EventStory
from gamebash.events.rules import Rules
from gamebash.play.breaks import BreakReason, begin_break, end_break
from gamebash.play.claims import claim_story, extend_lease, release_claim
from gamebash.play.fixes import submit_fix
from gamebash.play.leases import LEAST_SECONDS
from gamebash.play.models import Break, Claim, Fix, FixState, Review
from gamebash.play.pauses import extend_event, freeze_now, pause_event, resume_event
from gamebash.play.reviewers import sweep_reviews
from gamebash.play.reviews import accept_fix, appeal_send_back, send_back_fix
from gamebash.verify import CHECKS
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.play.test_game import draft

PLAYERS, STORIES = 4, 3
RULES = Rules(lease_minutes=60, review_lease_minutes=60, extensions=2, claims_at_once=2, send_back_limit=0)
PLAYER, STORY = st.integers(0, PLAYERS - 1), st.integers(0, STORIES - 1)
# A begun second counts whole at each stop, and no run here has more stops than this.
SLACK = timedelta(seconds=40)


class Clocks(RuleBasedStateMachine):
    """Plays one event and keeps its own books of time."""

    def __init__(self):
        super().__init__()
        db.session.rollback()
        self.now = NOW
        self.paused = False
        self.out = set()
        self.left = {}
        self.review_left = {}

    @initialize()
    def go_live(self):
        self.event = make_event(
            stories=[make_story() for _ in range(STORIES)], rules=RULES, went_live_at=NOW,
            freezes_at=NOW + timedelta(hours=30), ends_at=NOW + timedelta(hours=40),
            reviews_end_at=NOW + timedelta(hours=60),
        )  # fmt: skip
        self.boss = make_person("Olga Orr", "organiser")
        self.players = [make_player(self.event, make_person(f"Player {number}")) for number in range(PLAYERS)]
        query = sa.select(EventStory).where(EventStory.event_id == self.event.id).order_by(EventStory.rank)
        self.entries = list(db.session.scalars(query))
        for story in (0, 1):
            self.claim(story, story)
        self.submit(0)
        self.to_end = self.event.ends_at - NOW
        self.to_freeze = self.event.freezes_at - NOW

    def attempt(self, deed):
        """Do it as one transaction would: refused or whole. Returns whether it was done."""
        nested = db.session.begin_nested()
        try:
            deed()
        except DomainError:
            nested.rollback()
            return False
        nested.commit()
        return True

    def claim_of(self, story):
        return db.session.scalar(
            sa.select(Claim).where(Claim.story_id == self.entries[story].story_id, Claim.ended_at.is_(None))
        )

    def fix_of(self, story, state):
        query = sa.select(Fix).where(Fix.story_id == self.entries[story].story_id).order_by(Fix.id.desc()).limit(1)
        fix = db.session.scalar(query)
        return fix if fix is not None and fix.state is state else None

    def holder(self, claim):
        return next(number for number, player in enumerate(self.players) if player.id == claim.player_id)

    def is_in_review(self, claim):
        return claim.lease_ends_at is None and claim.break_id is None

    @rule(minutes=st.integers(1, 15), seconds=st.integers(0, 59))
    def time_passes(self, minutes, seconds):
        by = timedelta(minutes=minutes, seconds=seconds)
        self.now += by
        if self.paused:
            return
        self.to_end -= by
        self.to_freeze -= by
        for claim_id in self.left:
            claim = db.session.get(Claim, claim_id)
            if not self.is_in_review(claim) and self.holder(claim) not in self.out:
                self.left[claim_id] -= by
        for review_id in self.review_left:
            if db.session.get(Review, review_id).player_id not in {self.players[one].id for one in self.out}:
                self.review_left[review_id] -= by

    @rule(player=PLAYER, story=STORY)
    def claim(self, player, story):
        held = self.claim_of(story)
        if not self.attempt(lambda: claim_story(self.entries[story], by=self.players[player], now=self.now)):
            return
        assert not self.paused
        assert player not in self.out
        if held is not None:
            # Taken over only from somebody whose own time was over and who was not out.
            assert self.left.pop(held.id) <= timedelta()
        self.left[self.claim_of(story).id] = timedelta(minutes=RULES.lease_minutes)

    @rule(story=STORY)
    def extend(self, story):
        claim = self.claim_of(story)
        if claim and self.attempt(lambda: extend_lease(claim, by=claim.player, now=self.now)):
            self.left[claim.id] += timedelta(minutes=RULES.lease_minutes)

    @rule(story=STORY)
    def release(self, story):
        claim = self.claim_of(story)
        if claim and self.attempt(lambda: release_claim(claim, by=claim.player, now=self.now)):
            del self.left[claim.id]

    @rule(story=STORY)
    def submit(self, story):
        claim = self.claim_of(story)
        if claim and self.attempt(lambda: submit_fix(claim, draft(), by=claim.player, now=self.now)):
            assert self.left[claim.id] > -SLACK
            self.note_reviews()

    @rule(story=STORY, accepts=st.booleans())
    def decide(self, story, accepts):
        fix = self.fix_of(story, FixState.IN_REVIEW)
        open_reviews = [one for one in fix.reviews if one.verdict is None and one.ended_at is None] if fix else []
        if not open_reviews:
            return
        reviewer = open_reviews[0].player
        if accepts:
            done = self.attempt(lambda: accept_fix(fix, by=reviewer, now=self.now))
            if done:
                self.left.pop(fix.claim_id)
        elif self.attempt(lambda: send_back_fix(fix, reason="No test.", by=reviewer, now=self.now)):
            self.left[fix.claim_id] = max(self.left[fix.claim_id], timedelta(seconds=LEAST_SECONDS))
        self.note_reviews()

    @rule(story=STORY)
    def appeal(self, story):
        fix = self.fix_of(story, FixState.SENT_BACK)
        if fix and self.attempt(lambda: appeal_send_back(fix, reason="Look again.", by=fix.player, now=self.now)):
            self.note_reviews()

    @rule()
    def sweep(self):
        sweep_reviews(now=self.now)
        self.note_reviews()

    @precondition(lambda self: not self.paused)
    @rule()
    def pause(self):
        pause_event(self.event, by=self.boss, now=self.now)
        self.paused = True

    @precondition(lambda self: self.paused)
    @rule()
    def resume(self):
        resume_event(self.event, by=self.boss, now=self.now)
        self.paused = False

    @rule(minutes=st.integers(1, 30))
    def extend_the_day(self, minutes):
        extend_event(self.event, minutes, by=self.boss, now=self.now)
        self.to_end += timedelta(minutes=minutes)

    @rule()
    def freeze(self):
        if self.attempt(lambda: freeze_now(self.event, by=self.boss, now=self.now)):
            self.to_freeze = timedelta()

    @rule(player=PLAYER, passes=st.booleans())
    def go_out(self, player, passes):
        why = BreakReason("The checkout is down.", passes_reviews=passes)
        if self.attempt(lambda: begin_break(self.event, [self.players[player]], why, by=self.boss, now=self.now)):
            self.out.add(player)

    @rule(player=PLAYER)
    def come_back(self, player):
        if self.attempt(lambda: end_break(self.event, self.players[player], by=self.boss, now=self.now)):
            self.out.remove(player)

    def note_reviews(self):
        """Open books for the reviews that were drawn, and close those that were decided or passed on."""
        db.session.expire_all()
        query = sa.select(Review).where(Review.verdict.is_(None), Review.ended_at.is_(None))
        now_open = {review.id: review for review in db.session.scalars(query)}
        self.review_left = {
            number: self.review_left.get(number, timedelta(minutes=RULES.review_lease_minutes)) for number in now_open
        }

    @invariant()
    def every_lease_has_what_the_books_say(self):
        if not hasattr(self, "event"):
            return
        db.session.flush()
        db.session.expire_all()
        clock = self.event.paused_at or self.now
        for claim_id, left in self.left.items():
            claim = db.session.get(Claim, claim_id)
            if claim.ended_at is not None:
                continue
            has = claim.lease_ends_at - clock if claim.lease_ends_at else timedelta(seconds=claim.lease_left_seconds)
            # What has run out stands at nothing once it is stopped.
            assert max(has, timedelta()) - max(left, timedelta()) <= SLACK, (has, left)
            assert max(left, timedelta()) <= max(has, timedelta()), (has, left)
        for review_id, left in self.review_left.items():
            review = db.session.get(Review, review_id)
            standing = review.lease_left_seconds is not None
            has = timedelta(seconds=review.lease_left_seconds) if standing else review.lease_ends_at - clock
            assert max(left, timedelta()) <= max(has, timedelta()) <= max(left, timedelta()) + SLACK, (has, left)
        assert self.event.ends_at - clock == self.to_end
        # A freeze that was reached stays; one to come is as far off as the books say.
        to_freeze = self.event.freezes_at - clock
        assert to_freeze == self.to_freeze if self.to_freeze > timedelta() else to_freeze <= timedelta()

    @invariant()
    def nothing_runs_on_a_break(self):
        if not hasattr(self, "event"):
            return
        out = set(db.session.scalars(sa.select(Break.player_id).where(Break.ended_at.is_(None))))
        assert out == {self.players[one].id for one in self.out}
        stopped = sa.select(Claim.player_id).where(Claim.ended_at.is_(None), Claim.break_id.is_not(None))
        assert set(db.session.scalars(stopped)) <= out
        running = sa.select(Claim).where(Claim.ended_at.is_(None), Claim.lease_ends_at > self.now)
        assert not [one for one in db.session.scalars(running) if one.player_id in out]

    def teardown(self):
        # The whole record is looked at once, at the end of a run.
        db.session.flush()
        assert [what for number in (1, 2, 3, 4, 10) for what in CHECKS[number]()] == []
        db.session.rollback()


@pytest.mark.slow
def test_no_interleaving_takes_lease_time_from_anybody(context):
    limits = settings(
        max_examples=25, stateful_step_count=30,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    run_state_machine_as_test(Clocks, settings=limits)
