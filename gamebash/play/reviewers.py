"""Who reviews a fix: drawn, drawn anew where a review lapses, named by hand where nobody could be drawn.

An outsider's fix needs somebody who knows the service (27 % of the wrong fixes in Yin et al. 2011, How do fixes become bugs?,
came from people who had never touched the file). An organiser may do without, with a reason that stands in the record.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Service
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import clock
from gamebash.core.rows import lock_row
from gamebash.events.lifecycle import EventState, clock_at
from gamebash.events.models import Event, Player
from gamebash.events.rules import Rules
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.drawing import Candidate, Occasion, draw, may_ever
from gamebash.play.models import Break, Fix, FixState, Review, Verdict
from gamebash.stories.models import Story


class ReviewerRefusedError(DomainError):
    """Somebody cannot be named as a reviewer of this fix; the message says why."""


def draw_reviewers(fix: Fix, *, now: datetime, is_appeal: bool = False) -> list[Review]:
    """Draw as many reviewers as the fix still lacks, among them one who knows the service where it needs one.

    Nobody where nobody may, which organisers see.
    """
    rules = Rules.from_document(fix.event.rules)
    earlier = _reviews_of_story(fix)
    of_fix = [review for review in earlier if review.fix_id == fix.id]
    active = [review for review in of_fix if review.ended_at is None and review.is_appeal == is_appeal]
    missing = (1 if is_appeal else rules.reviews_needed) - len(active)
    needs_knowing = fix.needs_knowing and not fix.waived_because and not any(one.is_knowing for one in active)
    if missing <= 0 and not needs_knowing:
        return []
    occasion = Occasion(
        fix_id=fix.id,
        squad_id=fix.player.squad_id,
        barred=_no_part_in(fix, of_fix),
        pair_limit=rules.pair_limit,
        earlier={review.player_id for review in earlier},
        needs_knowing=needs_knowing,
    )
    drawn = draw(candidates_for(fix), occasion, max(0, missing))
    return [_give(fix, one.player_id, is_knowing=one.knows_service, is_appeal=is_appeal, now=now) for one in drawn]


def is_by_outsider(fix: Fix) -> bool:
    """Say whether a fix is by somebody outside the service's team, while somebody who may review it knows the service."""
    service = db.session.get_one(Service, fix.story.service_id)
    teams = {service.team_id, service.builder_team_id} - {None}
    is_on = Rules.from_document(fix.event.rules).needs_knowing_reviewer
    return is_on and fix.player.team_id not in teams and _is_known_to_some(fix, ())


def lacks_knowing(fix: Fix) -> bool:
    """Say whether a fix still needs the acceptance of somebody who knows the service.

    Where everybody who does has left, or has sent it back before its appeal, it needs none.
    """
    if not fix.needs_knowing or fix.waived_because:
        return False
    if any(review.is_knowing and review.verdict is Verdict.ACCEPT for review in fix.reviews):
        return False
    return _is_known_to_some(fix, [review for review in fix.reviews if review.verdict is Verdict.SEND_BACK])


def assign_reviewer(fix: Fix, player: Player, *, reason: str, by: Person, now: datetime) -> Review:
    """Name a reviewer by hand, with a reason, where nobody could be drawn; the same people are excluded.

    Raises:
        InvalidError: without a reason.
        ReviewerRefusedError: where the fix is decided or the player may not review it.
    """
    if not reason.strip():
        raise InvalidError("Say why this reviewer is named by hand; it stands in the record.")
    if fix.state is not FixState.IN_REVIEW:
        raise ReviewerRefusedError(f"The fix for {fix.story.key} is {fix.state.value.replace('_', ' ')} already.")
    if fix.same_as is not None:
        raise ReviewerRefusedError(f"{fix.story.key} is decided with {fix.same_as.story.key}. Name a reviewer there.")
    name = player.person.player_name
    if player.left_at is not None:
        raise ReviewerRefusedError(f"{name} has left the event.")
    helpers = {assist.player_id for assist in fix.assists}
    shares_squad = fix.player.squad_id is not None and player.squad_id == fix.player.squad_id
    if player.id in {fix.player_id, *helpers} or shares_squad:
        raise ReviewerRefusedError(f"{name} wrote or helped with this fix, or is in the same squad.")
    if player.id in _passing_breaks(fix):
        raise ReviewerRefusedError(f"{name} is on a break for a live incident.")
    if player.id in {review.player_id for review in fix.reviews}:
        raise ReviewerRefusedError(f"{name} was drawn for this fix before.")
    knows = any(one.knows_service for one in candidates_for(fix) if one.player_id == player.id)
    review = _give(fix, player.id, is_knowing=knows, is_appeal=fix.appealed_at is not None, now=now)
    audit.record(
        "fix:reviewer_named", fix.story.key, by_id=by.id, now=now, event_id=fix.event_id, player=name, reason=reason
    )
    return review


def candidates_for(fix: Fix) -> list[Candidate]:
    """Return everybody who plays, with what drawing looks at, in five queries."""
    service = db.session.get_one(Service, fix.story.service_id)
    knowing_teams = {service.team_id, service.builder_team_id} - {None}
    open_reviews = sa.func.count().filter(Review.verdict.is_(None), Review.ended_at.is_(None))
    for_author = sa.func.count().filter(Fix.player_id == fix.player_id, Review.ended_at.is_(None))
    counts = {
        player_id: (busy, done, pair)
        for player_id, busy, done, pair in db.session.execute(
            sa.select(Review.player_id, open_reviews, sa.func.count(Review.verdict), for_author)
            .join(Review.fix)
            .where(Fix.event_id == fix.event_id)
            .group_by(Review.player_id)
        )
    }
    players = db.session.execute(
        sa.select(Player.id, Player.person_id, Player.squad_id, Player.team_id).where(
            Player.event_id == fix.event_id, Player.left_at.is_(None)
        )
    ).all()
    fixers, out = _fixers_of(service), set(_passing_breaks(fix))
    return [
        Candidate(
            player_id,
            squad_id,
            team_id in knowing_teams or person_id in fixers,
            *counts.get(player_id, (0, 0, 0)),
            is_on_break=player_id in out,
        )
        for player_id, person_id, squad_id, team_id in players
    ]


def sweep_reviews(*, now: datetime) -> bool:
    """Draw anew where a review lease ran out or nobody could be drawn before; says whether anything changed."""
    query = (
        sa.select(Fix)
        .join(Fix.event)
        .where(
            Fix.state == FixState.IN_REVIEW,
            Fix.same_as_id.is_(None),
            Event.state.in_([EventState.LIVE, EventState.JUDGING]),
            Event.paused_at.is_(None),
        )
        .options(joinedload(Fix.event), joinedload(Fix.story), joinedload(Fix.player))
        .order_by(Fix.id)
    )
    changed = False
    for fix in db.session.scalars(query).unique().all():
        changed = _pass_on(fix, now=now) or changed
    return changed


def _pass_on(fix: Fix, *, now: datetime) -> bool:
    """Draw somebody else for a lapsed review; whoever let it lapse keeps it as long as nobody else may.

    The last one who knows the service keeps it beside whoever was drawn instead, where the fix needs them.
    """
    fix = lock_row(Fix, fix.id)
    if fix.state is not FixState.IN_REVIEW:
        return False
    waiting = [review for review in fix.reviews if review.verdict is None and review.ended_at is None]
    gone = [review for review in waiting if review.player.left_at is not None]
    passing = _passing_breaks(fix)
    late = [one for one in waiting if one not in gone and _is_late(one, passing.get(one.player_id), now=now)]
    for review in (*late, *gone):
        review.ended_at = now
    drawn = draw_reviewers(fix, now=now, is_appeal=fix.appealed_at is not None)
    needs_knowing = lacks_knowing(fix) and not any(review.is_knowing for review in drawn)
    kept = late[len(drawn) :] + [review for review in late[: len(drawn)] if needs_knowing and review.is_knowing]
    for review in kept:
        review.ended_at = None
    return bool(drawn)


def _is_late(review: Review, is_passed_on: bool | None, *, now: datetime) -> bool:  # noqa: FBT001
    """Say whether somebody else is to be drawn: the time ran out, or its reviewer is on a break and passes reviews on."""
    if is_passed_on is None and review.lease_left_seconds is None:
        return review.lease_ends_at <= now
    return bool(is_passed_on)


def _passing_breaks(fix: Fix) -> dict[int, bool]:
    """Return who is on a break, by player id, and whether their reviews go to others."""
    query = sa.select(Break.player_id, Break.passes_reviews).where(
        Break.event_id == fix.event_id, Break.ended_at.is_(None)
    )
    return {player_id: passes for player_id, passes in db.session.execute(query)}  # noqa: C416 rows are no pairs to mypy


def _is_known_to_some(fix: Fix, barred: Sequence[Review]) -> bool:
    occasion = Occasion(fix.id, fix.player.squad_id, _no_part_in(fix, barred), pair_limit=0)
    return any(one.knows_service and may_ever(one, occasion) for one in candidates_for(fix))


def _no_part_in(fix: Fix, reviews: Sequence[Review]) -> set[int]:
    """Return who may not be drawn: the author, who helped, and who gave these reviews."""
    return {fix.player_id, *(one.player_id for one in fix.assists), *(one.player_id for one in reviews)}


def _reviews_of_story(fix: Fix) -> list[Review]:
    query = sa.select(Review).join(Review.fix).where(Fix.story_id == fix.story_id, Fix.event_id == fix.event_id)
    return list(db.session.scalars(query))


def _give(fix: Fix, player_id: int, *, is_knowing: bool, is_appeal: bool, now: datetime) -> Review:
    minutes = Rules.from_document(fix.event.rules).review_lease_minutes
    review = Review(
        fix_id=fix.id,
        player_id=player_id,
        drawn_at=now,
        # While the event is paused the time begins when the clock runs again.
        lease_ends_at=clock_at(fix.event.paused_at, now) + timedelta(minutes=minutes),
        is_knowing=is_knowing,
        is_appeal=is_appeal,
    )
    db.session.add(review)
    db.session.flush()
    key, until = fix.story.key, clock(review.lease_ends_at)
    text = f"You are drawn to review {key}: {fix.story.title}. It is yours until {until}."
    person_id = db.session.get_one(Player, player_id).person_id
    tell(person_id, NoticeKind.REVIEW_DRAWN, text, key=f"review:{review.id}", now=now, url=f"/stories/{key}#review")
    return review


def _fixers_of(service: Service) -> set[int]:
    query = (
        sa.select(Player.person_id)
        .join(Fix, Fix.player_id == Player.id)
        .join(Story, Story.id == Fix.story_id)
        .where(Story.service_id == service.id, Fix.state == FixState.ACCEPTED)
        .distinct()
    )
    return set(db.session.scalars(query))
