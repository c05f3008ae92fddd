"""One change that solves two stories."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.models import EventStory
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.models import Fix, FixState, Review
from gamebash.play.reviewers import sweep_reviews
from gamebash.play.reviews import accept_fix, appeal_send_back, send_back_fix
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.grades import Grade
from gamebash.stories.lifecycle import StoryState
from gamebash.verify import verify
from tests.factories import NOW, make_event, make_person, make_player, make_problem, make_story
from tests.play.test_game import draft
from tests.play.test_one_problem import make_incident

SOON = NOW + timedelta(minutes=5)


def setting(*stories):
    event = make_event(stories=list(stories), went_live_at=NOW)
    query = sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank)
    players = [make_player(event, make_person(name)) for name in ("Mara Lindqvist", "Sam Okafor", "Elif Demir")]
    return list(db.session.scalars(query)), players


def submit_both(entries, mara):
    first, second = (claim_story(entry, by=mara, now=NOW) for entry in entries[:2])
    fix = submit_fix(first, draft(also=entries[1].story.key), by=mara, now=SOON)
    return fix, first, second


def fix_points(player):
    query = sa.select(PointEntry.points).where(PointEntry.player_id == player.id, PointEntry.kind == EntryKind.FIX)
    return sorted(db.session.scalars(query))


def accept(fix):
    db.session.refresh(fix)
    reviewer = next(one.player for one in fix.reviews if one.ended_at is None and one.verdict is None)
    accept_fix(fix, by=reviewer, now=SOON)
    return reviewer


def test_one_review_squashes_both_and_different_problems_both_pay(context):
    entries, (mara, *_) = setting(make_story(problem_id=make_problem().id), make_story(problem_id=make_problem().id))
    fix, _, second = submit_both(entries, mara)
    assert second.lease_ends_at is None
    reviewer = accept(fix)
    assert [entry.story.state for entry in entries] == [StoryState.ACCEPTED] * 2
    assert [entry.squashed_by_id for entry in entries] == [mara.id] * 2
    assert fix_points(mara) == [5, 5]
    reviews = sa.select(sa.func.count()).where(PointEntry.kind == EntryKind.REVIEW, PointEntry.player_id == reviewer.id)
    assert db.session.scalar(reviews) == 1
    assert verify() == []


def test_one_problem_pays_the_larger_of_the_two_only(context):
    problem = make_problem()
    small = make_story(problem_id=problem.id, grade=Grade.RED)
    large = make_story(incident_id=make_incident(problem).id, grade=Grade.DOUBLE_YELLOW)
    entries, (mara, *_) = setting(small, large)
    fix, *_ = submit_both(entries, mara)
    accept(fix)
    assert fix_points(mara) == [8]
    assert [one for one in verify() if one.invariant in {1, 2, 3, 4}] == []


def test_stories_of_no_known_problem_count_as_one(context):
    entries, (mara, *_) = setting(make_story(), make_story())
    fix, *_ = submit_both(entries, mara)
    accept(fix)
    assert fix_points(mara) == [5]


def test_what_the_author_does_not_hold_cannot_be_named(context):
    entries, (mara, sam, _) = setting(make_story(), make_story(), make_story())
    claim = claim_story(entries[0], by=mara, now=NOW)
    claim_story(entries[1], by=sam, now=NOW)
    for key, words in (
        (entries[0].story.key, "is the story itself"),
        (entries[1].story.key, "Claim .* too, then name it"),
        (entries[2].story.key, "Claim .* too, then name it"),
        ("GB-999999", "There is no story"),
    ):
        nested = db.session.begin_nested()
        with pytest.raises(DomainError, match=words):
            submit_fix(claim, draft(also=key), by=mara, now=SOON)
        nested.rollback()


def test_sent_back_and_appealed_together(context):
    entries, (mara, *_) = setting(make_story(), make_story())
    fix, first, second = submit_both(entries, mara)
    send_back_fix(fix, reason="No test.", by=fix.reviews[0].player, now=SOON)
    assert [claim.lease_ends_at for claim in (first, second)] == [NOW + timedelta(minutes=90)] * 2
    appeal_send_back(fix, reason="There is one.", by=mara, now=SOON)
    assert [claim.lease_ends_at for claim in (first, second)] == [None, None]
    accept(fix)
    assert {one.state for one in db.session.scalars(sa.select(Fix))} == {FixState.ACCEPTED}


def test_nobody_is_drawn_for_the_second_story(context):
    entries, (mara, *_) = setting(make_story(), make_story())
    fix, *_ = submit_both(entries, mara)
    sweep_reviews(now=SOON)
    assert {one.fix_id for one in db.session.scalars(sa.select(Review))} == {fix.id}
