"""What an accepted fix pays goes into the ledger here, in the transaction that accepts it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.play.models import Fix, FixState, Review, Verdict
from gamebash.points.ledger import EntryDraft, lock_ledger, post_entry
from gamebash.points.models import PointEntry
from gamebash.points.scoring import Award, CountedReview, EntryKind, FixFacts, awards_for, first_fix_award
from gamebash.points.worth import Circumstances, worth
from gamebash.stories.grades import Grade


def pay_fix(fix: Fix, entry: EventStory, *, by_id: int, now: datetime) -> int:
    """Write what an accepted fix pays into the ledger and return what its author got; why it is nothing stays with the fix."""
    # The lock comes first: what was paid before is decided in the order of the ledger.
    lock_ledger(fix.event_id)
    rules = Rules.from_document(fix.event.rules)
    found = worth(circumstances_of(fix, entry), rules)
    fix.unpaid_because = found.why_nothing
    reviews = _standing_reviews(fix)
    players = {fix.player_id: fix.player, **{assist.player_id: assist.player for assist in fix.assists}}
    players |= {review.player_id: review.player for review in reviews}
    awards = awards_for(_facts(fix, found.points, reviews), rules)
    for award in awards:
        _post(award, fix, players, by_id=by_id, now=now)
    db.session.flush()
    bonus = pay_first_fix(fix.event, by_id=by_id, now=now)
    to_author = sum(award.points for award in awards if award.player_id == fix.player_id)
    return to_author + (bonus.points if bonus and bonus.player_id == fix.player_id else 0)


def awards_of_author(fix: Fix, entry: EventStory) -> tuple[Award, ...]:
    """Return what a fix would pay its author and assists as things stand now, apart from the first-fix bonus; nothing is written."""
    rules = Rules.from_document(fix.event.rules)
    return awards_for(_facts(fix, worth(circumstances_of(fix, entry), rules).points, ()), rules)


def pay_first_fix(event: Event, *, by_id: int | None, now: datetime) -> PointEntry | None:
    """Pay the bonus for the first fix of the day, once no fix that was submitted before it is in review any more.

    The first is the one submitted first of those that were accepted and pay; the ledger's lock puts those who find it out at
    the same instant one after the other, and the entry's key pays it once.
    """
    lock_ledger(event.id)
    rules = Rules.from_document(event.rules)
    paid = sa.select(PointEntry.id).where(PointEntry.event_id == event.id, PointEntry.kind == EntryKind.FIRST_FIX)
    if not rules.first_fix_bonus or db.session.scalar(paid.limit(1)) is not None:
        return None
    first = db.session.scalar(
        sa.select(Fix)
        .where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED, Fix.unpaid_because == "")
        .order_by(Fix.submitted_at, Fix.id)
        .limit(1)
    )
    if first is None:
        return None
    pending = sa.select(Fix.id).where(
        Fix.event_id == event.id,
        Fix.state == FixState.IN_REVIEW,
        sa.or_(
            Fix.submitted_at < first.submitted_at,
            sa.and_(Fix.submitted_at == first.submitted_at, Fix.id < first.id),
        ),
    )
    if db.session.scalar(pending.limit(1)) is not None:
        return None
    award = first_fix_award(event.id, first.story.key, first.player_id, rules)
    return _post(award, first, {first.player_id: first.player}, by_id=by_id, now=now)


def circumstances_of(fix: Fix, entry: EventStory) -> Circumstances:
    """Return what decides whether a fix pays, as the ledger stands now."""
    live_at = fix.event.went_live_at
    grade = entry.grade or fix.story.grade
    return Circumstances(
        points=entry.points or 0,
        grade=grade,
        small_paid=_small_paid(fix) if grade is Grade.BLUE else 0,
        is_problem_paid=_is_problem_paid(fix, entry) or _is_same_work_paid(fix, entry),
        is_own_change=fix.is_own_change,
        is_early_change=fix.begun_at is not None and live_at is not None and fix.begun_at < live_at,
        note=entry.note,
    )


def _facts(fix: Fix, points: int, reviews: Sequence[Review]) -> FixFacts:
    return FixFacts(
        fix_id=fix.id,
        story_key=fix.story.key,
        points=points,
        author_id=fix.player_id,
        assist_ids=tuple(sorted(assist.player_id for assist in fix.assists)),
        is_newcomer=_is_newcomer(fix),
        reviews=tuple(_counted(review, fix) for review in reviews),
    )


def _post(award: Award, fix: Fix, players: Mapping[int, Player], *, by_id: int | None, now: datetime) -> PointEntry:
    draft = EntryDraft(
        player=players[award.player_id],
        kind=award.kind,
        points=award.points,
        reason=award.reason,
        key=award.key,
        story_id=fix.story_id,
        fix_id=fix.id,
        caused_by_id=by_id,
    )
    return post_entry(draft, now=now)


def _is_newcomer(fix: Fix) -> bool:
    """Say whether the author had no accepted fix in any other event."""
    earlier = (
        sa.select(Fix.id)
        .join(Fix.player)
        .where(Player.person_id == fix.player.person_id, Fix.state == FixState.ACCEPTED, Fix.event_id != fix.event_id)
    )
    return db.session.scalar(earlier.limit(1)) is None


def _small_paid(fix: Fix) -> int:
    """Return how many fixes of the smallest grade were paid to the author in this event; what was taken back is not counted."""
    taken_back = aliased(PointEntry)
    query = (
        sa.select(sa.func.count())
        .select_from(PointEntry)
        .join(
            EventStory,
            sa.and_(EventStory.event_id == PointEntry.event_id, EventStory.story_id == PointEntry.story_id),
        )
        .outerjoin(taken_back, taken_back.reverses_id == PointEntry.id)
        .where(
            PointEntry.player_id == fix.player_id,
            PointEntry.kind == EntryKind.FIX,
            PointEntry.fix_id != fix.id,
            EventStory.grade == Grade.BLUE,
            taken_back.id.is_(None),
        )
    )
    return db.session.scalar(query) or 0


def _is_problem_paid(fix: Fix, entry: EventStory) -> bool:
    """Say whether another story of the same problem was paid in this event: a problem pays once, however often split.

    What counts is the problem that each story was pulled for; a split or a move after go-live changes nothing.
    """
    if entry.problem_id is None:
        return False
    other = (
        sa.select(Fix.id)
        .join(EventStory, sa.and_(EventStory.event_id == Fix.event_id, EventStory.story_id == Fix.story_id))
        .where(Fix.event_id == fix.event_id, Fix.state == FixState.ACCEPTED, Fix.story_id != fix.story_id)
        .where(Fix.unpaid_because == "", EventStory.problem_id == entry.problem_id)
    )
    return db.session.scalar(other.limit(1)) is not None


def _is_same_work_paid(fix: Fix, entry: EventStory) -> bool:
    """Say whether the same change was paid for another story; two known, different problems are paid both."""
    other = aliased(EventStory)
    is_same = sa.or_(Fix.same_as_id == fix.id, Fix.id == fix.same_as_id)
    if fix.same_as_id is not None:
        is_same = sa.or_(is_same, Fix.same_as_id == fix.same_as_id)
    query = (
        sa.select(Fix.id)
        .join(other, sa.and_(other.event_id == Fix.event_id, other.story_id == Fix.story_id))
        .where(is_same, Fix.id != fix.id, Fix.state == FixState.ACCEPTED, Fix.unpaid_because == "")
    )
    if entry.problem_id is not None:
        query = query.where(sa.or_(other.problem_id.is_(None), other.problem_id == entry.problem_id))
    return db.session.scalar(query.limit(1)) is not None


def _standing_reviews(fix: Fix) -> list[Review]:
    """Return the verdicts on this story that stood: the acceptances, and send-backs that no appeal overturned.

    Whoever helped in the end is paid for helping, not for an earlier review.
    """
    helpers = [assist.player_id for assist in fix.assists]
    query = (
        sa.select(Review)
        .join(Review.fix)
        .where(
            Fix.story_id == fix.story_id,
            Fix.event_id == fix.event_id,
            Fix.claim_id == fix.claim_id,
            Review.verdict.is_not(None),
            Review.player_id.not_in(helpers),
        )
        .order_by(Review.id)
    )
    reviews = list(db.session.scalars(query))
    return [one for one in reviews if one.verdict is Verdict.ACCEPT or one.fix_id != fix.id]


def _counted(review: Review, fix: Fix) -> CountedReview:
    paid = sa.select(sa.func.coalesce(sa.func.sum(PointEntry.points), 0)).where(
        PointEntry.player_id == review.player_id, PointEntry.kind == EntryKind.REVIEW
    )
    between = (
        sa.select(sa.func.count())
        .select_from(PointEntry)
        .join(Fix, Fix.id == PointEntry.fix_id)
        .where(
            PointEntry.kind == EntryKind.REVIEW,
            sa.or_(
                sa.and_(PointEntry.player_id == review.player_id, Fix.player_id == fix.player_id),
                sa.and_(PointEntry.player_id == fix.player_id, Fix.player_id == review.player_id),
            ),
        )
    )
    return CountedReview(review.id, review.player_id, db.session.scalar(paid) or 0, db.session.scalar(between) or 0)
