"""What happened to a story in an event: each attempt with what reviewers said, and the steps of its day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from gamebash.core.db import db
from gamebash.core.filters import clock, counted, day
from gamebash.events.freeze import is_public
from gamebash.events.models import Event
from gamebash.events.rules import Rules
from gamebash.play.models import Assist, Claim, Fix, FixState, Review, SpotCheck, Verdict
from gamebash.play.queries import rows
from gamebash.play.queries.changes import change_words
from gamebash.play.queries.rows import StoryRow
from gamebash.play.queries.sight import Sight
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One reviewer's word on an attempt; ``verdict`` is empty while they look."""

    reviewer: str
    initials: str
    verdict: Verdict | None
    reason: str
    at: datetime | None
    lease_ends_at: datetime
    is_knowing: bool
    is_appeal: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One submitted fix with what reviewers said. ``at_host`` is where the change stands there, empty where nobody knows."""

    number: int
    author: str
    submitted_at: datetime
    change_url: str
    what_was_done: str
    root_cause: str
    root_cause_found: str
    prevention: str
    deployed_at: datetime | None
    at_host: str
    begun_at: datetime | None
    is_own_change: bool
    unpaid_because: str
    waived_because: str
    assists: tuple[str, ...]
    state: FixState
    appeal_reason: str
    reviews: tuple[ReviewLine, ...]
    same_as: str
    hides_reviewers: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a story on game day."""

    title: str
    text: str
    state: str


_AS_TOLD = (
    joinedload(Fix.player),
    joinedload(Fix.claim),
    joinedload(Fix.same_as).joinedload(Fix.story),
    joinedload(Fix.assists).joinedload(Assist.player),
    joinedload(Fix.change),
)


def fixes_of(event_id: int) -> Mapping[int, tuple[Fix, ...]]:
    """Return the fixes of an event by story, the first attempt first, in two queries."""
    query = sa.select(Fix).where(Fix.event_id == event_id).order_by(Fix.id)
    query = query.options(*_AS_TOLD, selectinload(Fix.reviews).joinedload(Review.player))
    found: dict[int, tuple[Fix, ...]] = defaultdict(tuple)
    for fix in db.session.scalars(query).unique():
        found[fix.story_id] += (fix,)
    return found


def fixes_of_story(story_id: int) -> tuple[Fix, ...]:
    """Return the fixes of a story in every event with what others said of them, the first attempt first, in one query.

    A story has a few fixes, and each a few reviews, assists and second looks, so that all of it can be joined.
    """
    query = sa.select(Fix).where(Fix.story_id == story_id).order_by(Fix.id)
    query = query.options(
        *_AS_TOLD,
        joinedload(Fix.reviews).joinedload(Review.player),
        joinedload(Fix.checks).joinedload(SpotCheck.player),
    )
    return tuple(db.session.scalars(query).unique())


def reviews_it(fixes: Sequence[Fix], player_id: int | None) -> bool:
    """Say whether a player was drawn to review one of these fixes and has not said their word."""
    return any(
        review.player_id == player_id and review.verdict is None and review.ended_at is None
        for fix in fixes
        if fix.state is FixState.IN_REVIEW
        for review in fix.reviews
    )


def attempts_of(fixes: Sequence[Fix], sight: Sight) -> tuple[Attempt, ...]:
    """Return the attempts as somebody may see them."""
    return tuple(_attempt(fix, sight) for fix in fixes)


def _attempt(fix: Fix, sight: Sight) -> Attempt:
    is_veiled = not sight.has_part(fix.story_id) and fix.state is not FixState.SENT_BACK
    is_told = fix.decided_at is not None and is_public(fix.decided_at, sight.until)
    # What was not paid, and a deploy that is said later, would tell of an acceptance.
    is_secret = is_veiled and not is_told
    return Attempt(
        number=fix.attempt,
        author=fix.player.person.player_name,
        submitted_at=fix.submitted_at,
        change_url=fix.change_url,
        what_was_done=fix.what_was_done,
        root_cause=fix.root_cause.value.replace("_", " "),
        root_cause_found=fix.root_cause_found,
        prevention=fix.prevention,
        deployed_at=None if is_secret else fix.deployed_at,
        at_host=change_words(fix.change),
        begun_at=fix.begun_at,
        is_own_change=fix.is_own_change,
        unpaid_because="" if is_secret else fix.unpaid_because,
        waived_because=fix.waived_because,
        assists=tuple(assist.player.person.player_name for assist in fix.assists),
        state=FixState.IN_REVIEW if is_secret else fix.state,
        appeal_reason=fix.appeal_reason,
        same_as=fix.same_as.story.key if fix.same_as else "",
        reviews=tuple(_line(review) for review in fix.reviews if _is_shown(review, fix, sight)),
        hides_reviewers=is_veiled,
    )


def _is_shown(review: Review, fix: Fix, sight: Sight) -> bool:
    """Say whether a reviewer's line shows: while the board stands still, nobody else sees who looks at a fix or what they said.

    Who looks, and until when, would tell: a reviewer whose time is over and who is not replaced has decided.
    """
    if sight.has_part(fix.story_id) or fix.state is FixState.SENT_BACK:
        return review.verdict is not None or review.ended_at is None
    return review.decided_at is not None and is_public(review.decided_at, sight.until)


def _line(review: Review) -> ReviewLine:
    return ReviewLine(
        reviewer=review.player.person.player_name,
        initials=review.player.person.initials,
        verdict=review.verdict,
        reason=review.reason,
        at=review.decided_at,
        lease_ends_at=review.lease_ends_at,
        is_knowing=review.is_knowing,
        is_appeal=review.is_appeal,
    )


@dataclass(frozen=True, slots=True)
class Course:
    """What the steps of a story's day are told from: its running claim and its latest fix, where it has them."""

    event: Event
    story: Story
    claim: Claim | None
    latest: Fix | None

    def steps(self, row: StoryRow, rules: Rules) -> tuple[Step, ...]:
        """Return the steps as whoever sees this row sees them."""
        claim = self.claim
        if claim is None and self.latest is not None and row.place is rows.Place.IN_REVIEW:
            claim = self.latest.claim
        return (*_steps(row, claim, self.latest, rules), self._last_step(row, rules))

    def _last_step(self, row: StoryRow, rules: Rules) -> Step:
        """Return how the watch after the day stands: its end, or its verdict; from the story's state, which follows it."""
        story, fix = self.story, self.latest
        title = f"{rules.watch_days} quiet days"
        if story.state is StoryState.HELD:
            return Step(title, "It stayed away", "done")
        if story.state is StoryState.RECURRED:
            if fix is not None and _is_given_back(fix):
                return Step(title, "It was said to have come back; that was corrected", "done")
            return Step(title, "It came back, and so did a story about it", "now")
        if row.place is not rows.Place.SQUASHED or fix is None or fix.decided_at is None:
            return Step(title, "A bonus if it stays away", "next")
        began = max(fix.deployed_at or fix.decided_at, self.event.went_live_at or self.event.starts_at)
        return Step(
            title, f"Watched until {day(began + timedelta(days=rules.watch_days))}; a bonus if it stays away", "now"
        )


def _is_given_back(fix: Fix) -> bool:
    """Say whether what the watch of a fix took was given back: an organiser found that it had not come back after all."""
    clawback, correction = aliased(PointEntry), aliased(PointEntry)
    query = (
        sa.select(correction.id)
        .join(clawback, correction.reverses_id == clawback.id)
        .where(clawback.fix_id == fix.id, clawback.kind == EntryKind.CLAWBACK)
    )
    return db.session.scalar(query.limit(1)) is not None


def _claimed(who: str, claim: Claim | None) -> str:
    return f"{who}, {clock(claim.claimed_at)}" if claim else who


_REACHED = {
    rows.Place.OPEN: 0, rows.Place.MINE: 1, rows.Place.HELD: 1, rows.Place.SENT_BACK: 1, rows.Place.IN_REVIEW: 2,
    rows.Place.SQUASHED: 4,
}  # fmt: skip


def _steps(row: StoryRow, claim: Claim | None, fix: Fix | None, rules: Rules) -> tuple[Step, ...]:
    reached = _REACHED[row.place]
    who = "You" if row.is_mine else (row.holder.name if row.holder else "")
    reviewers = "one reviewer" if rules.reviews_needed == 1 else f"{rules.reviews_needed} reviewers"
    texts = (
        ("Claimed", _claimed(who, claim) if reached else "Anyone who plays may take it"),
        (
            "Fix submitted",
            "Sent back, another go" if fix and fix.state is FixState.SENT_BACK else "A change and what prevents it",
        ),
        ("Reviewed by another squad", f"Drawn, not chosen; {reviewers}"),
        ("Squashed", counted(row.points, "point") + (f" for {who}" if row.place is rows.Place.SQUASHED else "")),
    )
    return tuple(
        Step(title, text, "done" if place < reached else "now" if place == reached else "next")
        for place, (title, text) in enumerate(texts)
    )
