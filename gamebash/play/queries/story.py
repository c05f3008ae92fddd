"""A story in play: whose it is, what was tried, what the viewer may do with it now."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from gamebash.core.db import db
from gamebash.core.errors import NotAllowedError, NotFoundError
from gamebash.events.held_bonus import HeldBonus, held_bonus_for
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.people.player_keys import player_key
from gamebash.play.leases import more_time_from
from gamebash.play.models import Claim, Fix, FixState
from gamebash.play.queries.attempts import Attempt, Course, Step, attempts_of, fixes_of, reviews_it
from gamebash.play.queries.board import find_player, story_row
from gamebash.play.queries.checks import CheckLine, checks_of
from gamebash.play.queries.earlier import EarlierFix, earlier_fixes, who_fixed
from gamebash.play.queries.rows import StoryRow
from gamebash.play.queries.sight import sight_of
from gamebash.policy import Permission, is_allowed
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.queries.estimates import Estimates, estimates_of
from gamebash.stories.queries.evidence import StoryEvidence, story_evidence
from gamebash.stories.queries.found import get_story, number_in
from gamebash.stories.queries.starting import Starting, starting

UNFINISHED = (EventState.DRAFT, EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)


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
    more_time_from: datetime | None
    can_appeal: bool
    can_assign_reviewer: bool
    can_record_deploy: bool
    bonus: HeldBonus | None
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
    fixes = fixes_of(event.id, story.id).get(story.id, ())
    claim = _claim(event, story)
    is_holder = claim is not None and player is not None and claim.player_id == player.id and row.is_mine
    latest = fixes[-1] if fixes else None
    rules = Rules.from_document(event.rules)
    sight = sight_of(event, person, player, now=now)
    attempts = attempts_of(fixes, sight)
    is_running = is_holder and claim is not None and claim.lease_ends_at is not None
    return StoryPlay(
        event_slug=event.slug,
        event_name=event.name,
        event_state=event.state,
        row=row,
        rules=rules,
        attempts=attempts,
        steps=Course(event, story, claim, latest).steps(row, rules),
        draft=dict(claim.draft or {}) if is_running and claim else {},
        teammates=_others(event, player) if is_running else (),
        also=_also(event, story, player, now=now) if is_running and player else (),
        is_my_review=player is not None and reviews_it(fixes, player.id),
        can_submit=is_running,
        more_time_from=more_time_from(claim, rules) if is_running and claim is not None else None,
        can_appeal=is_running and latest is not None and latest.state is FixState.SENT_BACK and not latest.appealed_at,
        can_assign_reviewer=bool(attempts) and attempts[-1].state is FixState.IN_REVIEW,
        can_record_deploy=_can_record_deploy(story, latest, person),
        bonus=_bonus(event, story, rules),
        now=now,
    )


def _bonus(event: Event, story: Story, rules: Rules) -> HeldBonus | None:
    """Return what a fix that holds is paid once more; None while nothing is copied, or nothing could come back."""
    query = sa.select(EventStory).where(EventStory.event_id == event.id, EventStory.story_id == story.id)
    entry = db.session.scalars(query).one()
    if not entry.points or entry.problem_id is None:
        return None
    return held_bonus_for(entry.points, entry.value_per_hour, entry.middle_per_hour, rules)


def _can_record_deploy(story: Story, fix: Fix | None, person: Person) -> bool:
    """Say whether somebody may still say when the fix went out: its author or an organiser, once, until the verdict."""
    if fix is None or fix.deployed_at is not None or story.state is not StoryState.WATCHED:
        return False
    return fix.player.person_id == person.id or is_allowed(person.roles, Permission.ORGANISE_EVENTS)


def _claim(event: Event, story: Story) -> Claim | None:
    query = sa.select(Claim).where(Claim.event_id == event.id, Claim.story_id == story.id, Claim.ended_at.is_(None))
    return db.session.scalar(query)


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
