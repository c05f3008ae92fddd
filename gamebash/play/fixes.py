"""Fixes: what a player submits for a claimed story, and the drawing of those who review it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import RootCause, Service
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.core.filters import clock
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.claims import lock_event_for_play, own_running_claim
from gamebash.play.drawing import Candidate, Occasion, draw
from gamebash.play.models import Assist, Claim, Fix, FixState, Review
from gamebash.stories.models import Story
from gamebash.stories.transitions import move_story

ASSISTS = 3
LEAST_SECONDS = 15 * 60


class FixRefusedError(DomainError):
    """The fix cannot be submitted now; the message says why and what now."""


@dataclass(frozen=True, slots=True)
class FixDraft:
    """What a player says of a fix. ``assists`` are handles of players who helped."""

    change_url: str
    what_was_done: str
    root_cause: RootCause
    root_cause_found: str
    prevention: str
    deployed_at: datetime | None = None
    assists: tuple[str, ...] = ()


def submit_fix(claim: Claim, draft: FixDraft, *, by: Player, now: datetime) -> Fix:
    """Submit a fix: the lease stands still from now on, and reviewers are drawn.

    Raises:
        LeaseRefusedError: where the claim is not theirs or ran out.
        FixRefusedError: where the event is over.
        InvalidError: where the link, the times or the assists cannot be used.
    """
    event = lock_event_for_play(claim.event_id)
    claim = own_running_claim(claim, by=by, now=now)
    attempt = 1 + (db.session.scalar(sa.select(sa.func.count()).where(Fix.claim_id == claim.id)) or 0)
    _check_open(event, attempt, now=now)
    _check_draft(draft, now=now)
    fix = Fix(
        event_id=event.id,
        story_id=claim.story_id,
        claim_id=claim.id,
        player_id=by.id,
        attempt=attempt,
        state=FixState.IN_REVIEW,
        change_url=draft.change_url,
        what_was_done=draft.what_was_done,
        root_cause=draft.root_cause,
        root_cause_found=draft.root_cause_found,
        prevention=draft.prevention,
        deployed_at=draft.deployed_at,
        submitted_at=now,
        assists=[Assist(player_id=player.id) for player in _helpers(event, draft.assists, by)],
    )
    halt_lease(claim, now=now)
    move_story(claim.story, "submit", now=now)
    db.session.add(fix)
    db.session.flush()
    draw_reviewers(fix, now=now)
    audit.record(
        "fix:submitted", claim.story.key, by_id=by.person_id, now=now, event_id=event.id, player=by.person.player_name
    )
    return fix


def draw_reviewers(fix: Fix, *, now: datetime, is_appeal: bool = False) -> list[Review]:
    """Draw as many reviewers as the fix still lacks; none where nobody may, which organisers see."""
    rules = Rules.from_document(fix.event.rules)
    earlier = _reviews_of_story(fix)
    active = [
        review
        for review in earlier
        if review.fix_id == fix.id and review.ended_at is None and review.is_appeal == is_appeal
    ]
    missing = (1 if is_appeal else rules.reviews_needed) - len(active)
    if missing <= 0:
        return []
    helpers = {assist.player_id for assist in fix.assists}
    occasion = Occasion(
        fix_id=fix.id,
        squad_id=fix.player.squad_id,
        excluded={fix.player_id, *helpers, *(review.player_id for review in earlier)},
        pair_limit=rules.pair_limit,
    )
    drawn = draw(candidates_for(fix), occasion, missing)
    return [_give(fix, one.player_id, is_knowing=one.knows_service, is_appeal=is_appeal, now=now) for one in drawn]


def assign_reviewer(fix: Fix, player: Player, *, reason: str, by: Person, now: datetime) -> Review:
    """Name a reviewer by hand, with a reason, where nobody could be drawn; the same people are excluded.

    Raises:
        InvalidError: without a reason.
        FixRefusedError: where the fix is decided or the player may not review it.
    """
    if not reason.strip():
        raise InvalidError("Say why this reviewer is named by hand; it stands in the record.")
    if fix.state is not FixState.IN_REVIEW:
        raise FixRefusedError(f"The fix for {fix.story.key} is {fix.state.value.replace('_', ' ')} already.")
    helpers = {assist.player_id for assist in fix.assists}
    shares_squad = fix.player.squad_id is not None and player.squad_id == fix.player.squad_id
    if player.id in {fix.player_id, *helpers} or shares_squad:
        raise FixRefusedError(f"{player.person.player_name} wrote or helped with this fix, or is in the same squad.")
    if player.id in {review.player_id for review in _reviews_of_story(fix) if review.fix_id == fix.id}:
        raise FixRefusedError(f"{player.person.player_name} was drawn for this fix before.")
    review = _give(fix, player.id, is_knowing=False, is_appeal=fix.appealed_at is not None, now=now)
    key = fix.story.key
    audit.record(
        "fix:reviewer_named",
        key,
        by_id=by.id,
        now=now,
        event_id=fix.event_id,
        player=player.person.player_name,
        reason=reason,
    )
    return review


def candidates_for(fix: Fix) -> list[Candidate]:
    """Return everybody who plays, with what drawing looks at, in three queries."""
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
    fixers = _fixers_of(service)
    return [
        Candidate(
            player_id, squad_id, team_id in knowing_teams or person_id in fixers, *counts.get(player_id, (0, 0, 0))
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


def get_latest_fix(story: Story, event: Event) -> Fix:
    """Return the latest fix of a story in an event, locked.

    Raises:
        NotFoundError: where there is none.
    """
    query = (
        sa.select(Fix)
        .where(Fix.story_id == story.id, Fix.event_id == event.id)
        .order_by(Fix.id.desc())
        .limit(1)
        .with_for_update()
    )
    fix = db.session.scalar(query.execution_options(populate_existing=True))
    if fix is None:
        raise NotFoundError(f"Nobody has submitted a fix for {story.key} in {event.name} yet.")
    return fix


def resume_lease(claim: Claim, *, now: datetime) -> None:
    """Let a lease run on with what was left when it was halted, but long enough to mend something."""
    left = max(claim.lease_left_seconds or 0, LEAST_SECONDS)
    claim.lease_ends_at = clock_at(claim.event.paused_at, now) + timedelta(seconds=left)
    claim.lease_left_seconds = None


def halt_lease(claim: Claim, *, now: datetime) -> None:
    """Let a lease stand still while the fix is in review."""
    ends_at = claim.lease_ends_at or now
    claim.lease_left_seconds = max(0, int((ends_at - clock_at(claim.event.paused_at, now)).total_seconds()))
    claim.lease_ends_at = None
    claim.draft = None


def _check_open(event: Event, attempt: int, *, now: datetime) -> None:
    present = state_at(event.state, event.ends_at, event.paused_at, now)
    is_mending = attempt > 1 and present is EventState.JUDGING and now < event.reviews_end_at
    if present is not EventState.LIVE and not is_mending:
        raise FixRefusedError(f"{event.name} ended at {clock(event.ends_at)}. Fixes that come later cannot score.")


def _check_draft(draft: FixDraft, *, now: datetime) -> None:
    if not draft.change_url.startswith(("https://", "http://")):
        raise InvalidError("The link to the change has to begin with https:// or http://.")
    if draft.deployed_at is not None and draft.deployed_at > now:
        raise InvalidError("The time of deployment lies in the future. Leave it empty until the change is out.")
    for words, name in ((draft.what_was_done, "what was done"), (draft.prevention, "what keeps it from coming back")):
        if not words.strip():
            raise InvalidError(f"Say {name}; the reviewer decides on it.")


def _helpers(event: Event, handles: tuple[str, ...], by: Player) -> list[Player]:
    if len(handles) > ASSISTS:
        raise InvalidError(f"Name at most {ASSISTS} people who helped.")
    query = sa.select(Player).join(Player.person).where(Player.event_id == event.id, Person.handle.in_(handles))
    players = list(db.session.scalars(query))
    unknown = set(handles) - {player.person.handle for player in players}
    if unknown:
        raise InvalidError(f"{', '.join(sorted(unknown))} does not play in {event.name}, so cannot be named as help.")
    if by.id in {player.id for player in players}:
        raise InvalidError("You cannot name yourself as help.")
    return players


def _reviews_of_story(fix: Fix) -> list[Review]:
    query = sa.select(Review).join(Review.fix).where(Fix.story_id == fix.story_id, Fix.event_id == fix.event_id)
    return list(db.session.scalars(query))


def _give(fix: Fix, player_id: int, *, is_knowing: bool, is_appeal: bool, now: datetime) -> Review:
    minutes = Rules.from_document(fix.event.rules).review_lease_minutes
    review = Review(
        fix_id=fix.id,
        player_id=player_id,
        drawn_at=now,
        lease_ends_at=now + timedelta(minutes=minutes),
        is_knowing=is_knowing,
        is_appeal=is_appeal,
    )
    db.session.add(review)
    db.session.flush()
    return review


def _pass_on(fix: Fix, *, now: datetime) -> bool:
    """Draw somebody else for a lapsed review; whoever let it lapse keeps it as long as nobody else may."""
    fix = db.session.scalars(
        sa.select(Fix).where(Fix.id == fix.id).with_for_update(of=Fix).execution_options(populate_existing=True)
    ).one()
    if fix.state is not FixState.IN_REVIEW:
        return False
    waiting = [review for review in fix.reviews if review.verdict is None and review.ended_at is None]
    for review in waiting:
        if review.lease_ends_at <= now or review.player.left_at is not None:
            review.ended_at = now
    drawn = draw_reviewers(fix, now=now, is_appeal=fix.appealed_at is not None)
    ended = [review for review in waiting if review.ended_at is not None]
    for review in ended[len(drawn) :]:
        review.ended_at = None
    return bool(drawn)


def _fixers_of(service: Service) -> set[int]:
    query = (
        sa.select(Player.person_id)
        .join(Fix, Fix.player_id == Player.id)
        .join(Story, Story.id == Fix.story_id)
        .where(Story.service_id == service.id, Fix.state == FixState.ACCEPTED)
        .distinct()
    )
    return set(db.session.scalars(query))
