"""Reviews: a drawn reviewer accepts a fix or sends it back; its author may ask another reviewer once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Incident
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.core.filters import clock
from gamebash.events.lifecycle import EventState
from gamebash.events.models import EventStory, Player
from gamebash.events.rules import Rules
from gamebash.play.claims import end_claim
from gamebash.play.fixes import draw_reviewers, halt_lease, resume_lease
from gamebash.play.models import ClaimEnd, Fix, FixState, Review, Verdict
from gamebash.play.telling import tell_sources
from gamebash.points.ledger import EntryDraft, lock_ledger, post_entry
from gamebash.points.models import PointEntry
from gamebash.points.scoring import CountedReview, EntryKind, FixFacts, awards_for
from gamebash.stories.models import Story
from gamebash.stories.transitions import move_story


class ReviewRefusedError(DomainError):
    """The verdict does not count; the message says who decided, when, and what now."""


def accept_fix(fix: Fix, *, by: Player, now: datetime, reason: str = "") -> Fix:
    """Accept a fix. Enough acceptances squash the story and pay, all in one transaction.

    Raises:
        ReviewRefusedError: where it is decided already, or the review deadline has passed.
        NotAllowedError: where the player was not drawn for it.
    """
    fix, review = _for_verdict(fix, by, now=now)
    review.verdict, review.reason, review.decided_at = Verdict.ACCEPT, reason.strip(), now
    db.session.flush()
    needed = 1 if review.is_appeal else Rules.from_document(fix.event.rules).reviews_needed
    accepted = [one for one in fix.reviews if one.verdict is Verdict.ACCEPT]
    if len(accepted) >= needed:
        _squash(fix, by=by, now=now)
    else:
        audit.record("fix:review_accepted", fix.story.key, by_id=by.person_id, now=now, event_id=fix.event_id)
    return fix


def send_back_fix(fix: Fix, *, reason: str, by: Player, now: datetime) -> Fix:
    """Send a fix back with a reason: it is its author's again, with the time that was left.

    Raises:
        InvalidError: without a reason.
        ReviewRefusedError, NotAllowedError: as for accepting.
    """
    if not reason.strip():
        raise InvalidError("Say what is missing; the author mends it by your words.")
    fix, review = _for_verdict(fix, by, now=now)
    review.verdict, review.reason, review.decided_at = Verdict.SEND_BACK, reason.strip(), now
    fix.state, fix.decided_at = FixState.SENT_BACK, now
    for other in fix.reviews:
        if other.verdict is None and other.ended_at is None:
            other.ended_at = now
    resume_lease(fix.claim, now=now)
    move_story(fix.story, "send_back", now=now)
    author = fix.player.person.player_name
    audit.record("fix:sent_back", fix.story.key, by_id=by.person_id, now=now, event_id=fix.event_id, author=author)
    return fix


def appeal_send_back(fix: Fix, *, reason: str, by: Player, now: datetime) -> Fix:
    """Ask another reviewer, once; the lease stands still again.

    Raises:
        NotAllowedError: where the fix is somebody else's.
        ReviewRefusedError: where it was not sent back, was appealed before, or nobody else may review it.
    """
    fix = _locked(fix)
    if fix.player_id != by.id:
        raise NotAllowedError(f"Only {fix.player.person.player_name}, who wrote this fix, may appeal.")
    if not reason.strip():
        raise InvalidError("Say why another reviewer should look.")
    if fix.state is not FixState.SENT_BACK:
        raise ReviewRefusedError(f"The fix for {fix.story.key} is {_present(fix)}; there is nothing to appeal.")
    if fix.appealed_at is not None:
        raise ReviewRefusedError("You appealed this fix already. Mend it and submit it again.")
    if fix.claim.ended_at is not None or (fix.claim.lease_ends_at and fix.claim.lease_ends_at <= now):
        raise ReviewRefusedError(f"Your claim on {fix.story.key} has ended. Claim it again first.")
    _check_deadline(fix, now=now)
    fix.state, fix.decided_at, fix.appealed_at, fix.appeal_reason = FixState.IN_REVIEW, None, now, reason.strip()
    if not draw_reviewers(fix, now=now, is_appeal=True):
        raise ReviewRefusedError(
            "Nobody else may review this fix now. Mend it and submit it again, or ask an organiser."
        )
    halt_lease(fix.claim, now=now)
    move_story(fix.story, "submit", now=now)
    audit.record("fix:appealed", fix.story.key, by_id=by.person_id, now=now, event_id=fix.event_id)
    return fix


def _for_verdict(fix: Fix, by: Player, *, now: datetime) -> tuple[Fix, Review]:
    """Return the fix, locked, and the player's open review of it."""
    fix = _locked(fix)
    if fix.player_id == by.id:
        raise NotAllowedError("Nobody reviews their own fix.")
    if fix.state is not FixState.IN_REVIEW:
        raise ReviewRefusedError(f"{fix.story.key} is {_present(fix)}. Your verdict was not counted.")
    _check_deadline(fix, now=now)
    review = next((one for one in fix.reviews if one.player_id == by.id), None)
    if review is None:
        raise NotAllowedError(f"Reviewers are drawn, and you were not drawn for {fix.story.key}.")
    if review.verdict is not None:
        raise ReviewRefusedError(f"You decided this at {clock(review.decided_at)} already.")
    if review.ended_at is not None:
        raise ReviewRefusedError(
            f"Your time to review {fix.story.key} ran out at {clock(review.ended_at)}; somebody else was drawn."
        )
    return fix, review


def _locked(fix: Fix) -> Fix:
    query = (
        sa.select(Fix)
        .where(Fix.id == fix.id)
        .options(joinedload(Fix.story), joinedload(Fix.event), joinedload(Fix.player))
        .with_for_update(of=Fix)
    )
    return db.session.scalars(query, execution_options={"populate_existing": True}).unique().one()


def _check_deadline(fix: Fix, *, now: datetime) -> None:
    event = fix.event
    if event.state not in {EventState.LIVE, EventState.JUDGING}:
        raise ReviewRefusedError(f"{event.name} is {event.state.value}, so reviews are over.")
    if event.paused_at is None and now > event.reviews_end_at:
        raise ReviewRefusedError(f"Reviews ended at {clock(event.reviews_end_at)}. Ask an organiser.")


def _present(fix: Fix) -> str:
    if fix.state is FixState.IN_REVIEW:
        return "in review"
    word = "squashed" if fix.state is FixState.ACCEPTED else "sent back"
    verdict = Verdict.ACCEPT if fix.state is FixState.ACCEPTED else Verdict.SEND_BACK
    who = [one.player.person.player_name for one in fix.reviews if one.verdict is verdict]
    by = f" by {who[-1]}" if who else ""
    return f"{word}{by} at {clock(fix.decided_at)}" if fix.decided_at else word


def _squash(fix: Fix, *, by: Player, now: datetime) -> None:
    fix.state, fix.decided_at = FixState.ACCEPTED, now
    for other in fix.reviews:
        if other.verdict is None and other.ended_at is None:
            other.ended_at = now
    entry = _entry_of(fix)
    entry.squashed_at, entry.squashed_by_id = now, fix.player_id
    end_claim(fix.claim, ClaimEnd.ACCEPTED, now=now)
    move_story(fix.story, "accept", now=now)
    db.session.flush()
    paid = _pay(fix, entry, by=by, now=now)
    tell_sources(fix, now=now)
    author = fix.player.person.player_name
    audit.record(
        "fix:accepted", fix.story.key, by_id=by.person_id, now=now, event_id=fix.event_id, player=author, points=paid,
        reviewer=by.person.player_name,
    )  # fmt: skip


def _entry_of(fix: Fix) -> EventStory:
    query = sa.select(EventStory).where(EventStory.event_id == fix.event_id, EventStory.story_id == fix.story_id)
    return db.session.scalars(query.with_for_update(of=EventStory)).one()


def _pay(fix: Fix, entry: EventStory, *, by: Player, now: datetime) -> int:
    """Write what the fix pays into the ledger and return what its author got."""
    # The lock comes first: which fix is the first of the day is decided in the order of the ledger.
    lock_ledger(fix.event_id)
    rules = Rules.from_document(fix.event.rules)
    players = {fix.player_id: fix.player, **{assist.player_id: assist.player for assist in fix.assists}}
    players |= {review.player_id: review.player for review in _standing_reviews(fix)}
    awards = awards_for(_facts(fix, entry), rules)
    for award in awards:
        draft = EntryDraft(
            player=players[award.player_id],
            kind=award.kind,
            points=award.points,
            reason=award.reason,
            key=award.key,
            story_id=fix.story_id,
            fix_id=fix.id,
            caused_by_id=by.person_id,
        )
        post_entry(draft, now=now)
    return sum(award.points for award in awards if award.player_id == fix.player_id)


def _facts(fix: Fix, entry: EventStory) -> FixFacts:
    others = sa.select(Fix.id).where(Fix.event_id == fix.event_id, Fix.state == FixState.ACCEPTED, Fix.id != fix.id)
    earlier = (
        sa.select(Fix.id)
        .join(Fix.player)
        .where(Player.person_id == fix.player.person_id, Fix.state == FixState.ACCEPTED, Fix.event_id != fix.event_id)
    )
    return FixFacts(
        fix_id=fix.id,
        story_key=fix.story.key,
        points=0 if _is_problem_paid(fix) else entry.points or 0,
        author_id=fix.player_id,
        assist_ids=tuple(sorted(assist.player_id for assist in fix.assists)),
        is_first=db.session.scalar(others.limit(1)) is None,
        is_newcomer=db.session.scalar(earlier.limit(1)) is None,
        reviews=tuple(_counted(review, fix) for review in _standing_reviews(fix)),
    )


def _is_problem_paid(fix: Fix) -> bool:
    """Say whether another story of the same problem was squashed in this event: a problem pays once, however often split."""
    problem_id = fix.story.problem_id or (fix.story.incident.problem_id if fix.story.incident else None)
    if problem_id is None:
        return False
    other = (
        sa.select(Fix.id)
        .join(Fix.story)
        .outerjoin(Story.incident)
        .where(Fix.event_id == fix.event_id, Fix.state == FixState.ACCEPTED, Fix.story_id != fix.story_id)
        .where(sa.func.coalesce(Story.problem_id, Incident.problem_id) == problem_id)
    )
    return db.session.scalar(other.limit(1)) is not None


def _standing_reviews(fix: Fix) -> list[Review]:
    """Return the verdicts on this story that stood: the acceptances, and send-backs that no appeal overturned."""
    query = (
        sa.select(Review)
        .join(Review.fix)
        .where(
            Fix.story_id == fix.story_id,
            Fix.event_id == fix.event_id,
            Fix.claim_id == fix.claim_id,
            Review.verdict.is_not(None),
        )
        .order_by(Review.id)
    )
    reviews = list(db.session.scalars(query))
    return [one for one in reviews if one.verdict is Verdict.ACCEPT or one.fix_id != fix.id]


def _counted(review: Review, fix: Fix) -> CountedReview:
    paid = sa.select(sa.func.coalesce(sa.func.sum(PointEntry.points), 0)).where(
        PointEntry.player_id == review.player_id, PointEntry.kind == EntryKind.REVIEW
    )
    for_author = (
        sa.select(sa.func.count())
        .select_from(PointEntry)
        .join(Fix, Fix.id == PointEntry.fix_id)
        .where(
            PointEntry.player_id == review.player_id,
            PointEntry.kind == EntryKind.REVIEW,
            Fix.player_id == fix.player_id,
        )
    )
    return CountedReview(review.id, review.player_id, db.session.scalar(paid) or 0, db.session.scalar(for_author) or 0)
