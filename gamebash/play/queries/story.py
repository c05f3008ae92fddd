"""A story in play: whose it is, what was tried, what the viewer may do with it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from gamebash.core.db import db
from gamebash.core.errors import NotAllowedError, NotFoundError
from gamebash.core.filters import clock, day
from gamebash.events.freeze import is_public
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.people.player_keys import player_key
from gamebash.play.models import Assist, Claim, Fix, FixState, Review, Verdict
from gamebash.play.queries import rows
from gamebash.play.queries.board import find_player, story_row
from gamebash.play.queries.changes import change_words
from gamebash.play.queries.checks import CheckLine, checks_of
from gamebash.play.queries.earlier import EarlierFix, earlier_fixes, who_fixed
from gamebash.play.queries.rows import StoryRow
from gamebash.play.queries.sight import Sight, sight_of
from gamebash.policy import Permission, is_allowed
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.queries.estimates import Estimates, estimates_of
from gamebash.stories.queries.evidence import StoryEvidence, story_evidence
from gamebash.stories.queries.found import get_story, number_in
from gamebash.stories.queries.starting import Starting, starting

UNFINISHED = (EventState.DRAFT, EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)


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
    is_mine: bool


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


@dataclass(frozen=True, slots=True)
class StoryPlay:
    """What the game adds to a story's page; there is none for a story in no event."""

    event_slug: str
    event_name: str
    event_state: EventState
    row: StoryRow
    rules: Rules
    attempts: tuple[Attempt, ...]
    steps: tuple[Step, ...]
    draft: dict[str, str]
    teammates: tuple[tuple[str, str], ...]
    also: tuple[tuple[str, str], ...]
    is_my_review: bool
    can_submit: bool
    can_extend: bool
    can_appeal: bool
    can_assign_reviewer: bool
    can_record_deploy: bool
    now: datetime


def find_event_of(story: Story) -> Event | None:
    """Return the event that the story is in now, or the latest one it was in."""
    query = (
        sa.select(Event)
        .join(EventStory, EventStory.event_id == Event.id)
        .where(EventStory.story_id == story.id, Event.state != EventState.CANCELLED)
        .order_by(Event.state.in_(UNFINISHED).desc(), Event.starts_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def story_play(story: Story, person: Person, *, now: datetime) -> StoryPlay | None:
    """Return what the game adds to the story's page for one person."""
    event = find_event_of(story)
    if event is None:
        return None
    row = story_row(event, story.number, person, now=now)
    player = find_player(event, person)
    fixes = _fixes(event, story)
    claim = _claim(event, story)
    is_holder = claim is not None and player is not None and claim.player_id == player.id and row.is_mine
    latest = fixes[-1] if fixes else None
    rules = Rules.from_document(event.rules)
    sight = sight_of(event, person, player, now=now)
    attempts = tuple(_attempt(fix, player, sight) for fix in fixes)
    if claim is None and latest is not None and row.place is rows.Place.IN_REVIEW:
        claim = latest.claim
    is_running = is_holder and claim is not None and claim.lease_ends_at is not None
    return StoryPlay(
        event_slug=event.slug,
        event_name=event.name,
        event_state=event.state,
        row=row,
        rules=rules,
        attempts=attempts,
        steps=(*_steps(row, claim, latest, rules), _last_step(row, story, latest, rules)),
        draft=dict(claim.draft or {}) if is_running and claim else {},
        teammates=_others(event, player) if is_running else (),
        also=_also(event, story, player, now=now) if is_running and player else (),
        is_my_review=any(line.is_mine for attempt in attempts for line in attempt.reviews),
        can_submit=is_running,
        can_extend=is_running and claim is not None and claim.extensions < rules.extensions,
        can_appeal=is_running and latest is not None and latest.state is FixState.SENT_BACK and not latest.appealed_at,
        can_assign_reviewer=bool(attempts) and attempts[-1].state is FixState.IN_REVIEW,
        can_record_deploy=_can_record_deploy(story, latest, person),
        now=now,
    )


def _can_record_deploy(story: Story, fix: Fix | None, person: Person) -> bool:
    """Say whether somebody may still say when the fix went out: its author or an organiser, once, until the verdict."""
    if fix is None or fix.deployed_at is not None or story.state is not StoryState.WATCHED:
        return False
    return fix.player.person_id == person.id or is_allowed(person.roles, Permission.ORGANISE_EVENTS)


def _claim(event: Event, story: Story) -> Claim | None:
    query = sa.select(Claim).where(Claim.event_id == event.id, Claim.story_id == story.id, Claim.ended_at.is_(None))
    return db.session.scalar(query)


def _fixes(event: Event, story: Story) -> list[Fix]:
    query = (
        sa.select(Fix)
        .where(Fix.event_id == event.id, Fix.story_id == story.id)
        .options(
            joinedload(Fix.player),
            joinedload(Fix.claim),
            selectinload(Fix.assists).joinedload(Assist.player),
            selectinload(Fix.reviews).joinedload(Review.player),
            joinedload(Fix.change),
        )
        .order_by(Fix.id)
    )
    return list(db.session.scalars(query))


def _attempt(fix: Fix, viewer: Player | None, sight: Sight) -> Attempt:
    is_veiled = not sight.has_part(fix.story_id) and fix.state is not FixState.SENT_BACK
    is_told = fix.decided_at is not None and is_public(fix.decided_at, sight.until)
    return Attempt(
        number=fix.attempt,
        author=fix.player.person.player_name,
        submitted_at=fix.submitted_at,
        change_url=fix.change_url,
        what_was_done=fix.what_was_done,
        root_cause=fix.root_cause.value.replace("_", " "),
        root_cause_found=fix.root_cause_found,
        prevention=fix.prevention,
        deployed_at=fix.deployed_at,
        at_host=change_words(fix.change),
        begun_at=fix.begun_at,
        is_own_change=fix.is_own_change,
        unpaid_because=fix.unpaid_because,
        waived_because=fix.waived_because,
        assists=tuple(assist.player.person.player_name for assist in fix.assists),
        state=FixState.IN_REVIEW if is_veiled and not is_told else fix.state,
        appeal_reason=fix.appeal_reason,
        same_as=fix.same_as.story.key if fix.same_as else "",
        reviews=tuple(_line(review, fix, viewer) for review in fix.reviews if _is_shown(review, fix, sight)),
        hides_reviewers=is_veiled,
    )


def _is_shown(review: Review, fix: Fix, sight: Sight) -> bool:
    """Say whether a reviewer's line shows: while the board stands still, nobody else sees who looks at a fix or what they said.

    Who looks, and until when, would tell: a reviewer whose time is over and who is not replaced has decided.
    """
    if sight.has_part(fix.story_id) or fix.state is FixState.SENT_BACK:
        return review.verdict is not None or review.ended_at is None
    return review.decided_at is not None and is_public(review.decided_at, sight.until)


def _line(review: Review, fix: Fix, viewer: Player | None) -> ReviewLine:
    is_open = review.verdict is None and review.ended_at is None and fix.state is FixState.IN_REVIEW
    return ReviewLine(
        reviewer=review.player.person.player_name,
        initials=review.player.person.initials,
        verdict=review.verdict,
        reason=review.reason,
        at=review.decided_at,
        lease_ends_at=review.lease_ends_at,
        is_knowing=review.is_knowing,
        is_appeal=review.is_appeal,
        is_mine=is_open and viewer is not None and review.player_id == viewer.id,
    )


def _others(event: Event, player: Player | None) -> tuple[tuple[str, str], ...]:
    """Return who could have assisted, as (what names them in a form, name)."""
    query = (
        sa.select(Person.handle, Person.alias, Person.name)
        .join(Player, Player.person_id == Person.id)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .order_by(Person.name)
    )
    if player is not None:
        query = query.where(Player.id != player.id)
    return tuple((player_key(handle, alias), alias or name) for handle, alias, name in db.session.execute(query))


def _also(event: Event, story: Story, player: Player, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return the other stories that the player holds, which the same change may solve, as (key, words)."""
    query = (
        sa.select(Claim)
        .where(Claim.event_id == event.id, Claim.player_id == player.id, Claim.ended_at.is_(None))
        .where(Claim.story_id != story.id, Claim.lease_ends_at > (event.paused_at or now))
        .options(joinedload(Claim.story))
        .order_by(Claim.id)
    )
    return tuple((claim.story.key, f"{claim.story.key} {claim.story.title}") for claim in db.session.scalars(query))


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
        ("Squashed", f"{row.points} points" + (f" for {who}" if row.place is rows.Place.SQUASHED else "")),
    )
    return tuple(
        Step(title, text, "done" if place < reached else "now" if place == reached else "next")
        for place, (title, text) in enumerate(texts)
    )


def _last_step(row: StoryRow, story: Story, fix: Fix | None, rules: Rules) -> Step:
    """Return how the watch after the day stands: its end, or its verdict; from the story's state, which follows it."""
    title = f"{rules.watch_days} quiet days"
    if story.state is StoryState.HELD:
        return Step(title, "It stayed away", "done")
    if story.state is StoryState.RECURRED:
        return Step(title, "It came back, and so did a story about it", "now")
    if row.place is not rows.Place.SQUASHED or fix is None or fix.decided_at is None:
        return Step(title, "A bonus if it stays away", "next")
    began = max(fix.deployed_at or fix.decided_at, fix.event.went_live_at or fix.event.starts_at)
    return Step(
        title, f"Watched until {day(began + timedelta(days=rules.watch_days))}; a bonus if it stays away", "now"
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A story, the event it is played in, its entry on the board, and the person's part in it."""

    story: Story
    event: Event
    entry: EventStory
    player: Player


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story's page: what speaks for it, and what the game adds."""

    evidence: StoryEvidence
    play: StoryPlay | None
    can_edit: bool
    checks: tuple[CheckLine, ...]
    estimates: Estimates
    earlier: tuple[EarlierFix, ...]
    start: Starting
    knowing: tuple[str, ...]


def get_place(key: str, person: Person) -> Placed:
    """Return where and as whom a person plays a story, in one query.

    Raises:
        NoSuchStoryError: where there is no story of that key.
        NotFoundError: where the story is on no board.
        NotAllowedError: where the person is no player of that event.
    """
    query = (
        sa.select(EventStory, Player)
        .join(EventStory.story)
        .join(EventStory.event)
        .outerjoin(Player, sa.and_(Player.event_id == EventStory.event_id, Player.person_id == person.id))
        .where(Story.number == (number_in(key) or 0), Event.state != EventState.CANCELLED)
        .options(contains_eager(EventStory.story), contains_eager(EventStory.event), lazyload(Player.person))
        .order_by(Event.state.in_(UNFINISHED).desc(), Event.starts_at.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    if found is None:
        raise NotFoundError(
            f"{get_story(key).key} is on no board. It has to be pulled into an event before it can be claimed."
        )
    entry, player = found
    if player is None:
        raise NotAllowedError(f"You do not play in {entry.event.name} yet. Join it on its players page.")
    return Placed(entry.story, entry.event, entry, player)


def story_page(key: str, person: Person, *, now: datetime) -> StoryPage:
    """Return a story as one person sees it."""
    evidence = story_evidence(key, now=now)
    story = get_story(key)
    play = story_play(story, person, now=now)
    can_edit = evidence.state in {StoryState.PROPOSED, StoryState.READY} and is_allowed(
        person.roles, Permission.SHAPE_STORIES
    )
    checks = checks_of(story, person) if play else ()
    can_shape = is_allowed(person.roles, Permission.SHAPE_STORIES)
    return StoryPage(
        evidence, play, can_edit, checks, estimates_of(story, person), earlier_fixes(story),
        starting(story, person, can_shape=can_shape), who_fixed(story, now=now),
    )  # fmt: skip
