"""A story in play: whose it is, what was tried, what the viewer may do with it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.held_bonus import HeldBonus, held_bonus_for
from gamebash.events.lifecycle import EventState, clock_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.people.player_keys import player_key
from gamebash.play.leases import more_time_from
from gamebash.play.models import Fix, FixState
from gamebash.play.queries.attempts import Attempt, Course, Step, attempts_of, fixes_of_story, reviews_it
from gamebash.play.queries.checks import CheckLine, checks_of
from gamebash.play.queries.earlier import EarlierFix, earlier_fixes
from gamebash.play.queries.knowing import Knowing, knowing
from gamebash.play.queries.placed import Entered, find_placed
from gamebash.play.queries.rows import StoryRow, Strikes, latest_strikes
from gamebash.play.queries.view import View
from gamebash.policy import Permission, is_allowed
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.queries.estimates import Estimates, estimates_of
from gamebash.stories.queries.evidence import StoryEvidence, story_evidence
from gamebash.stories.queries.found import no_such_story, number_in
from gamebash.stories.queries.starting import Starting, starting

# What a story's page names of others besides what a board does, read with the story itself.
WITH_ALL = (
    joinedload(Story.team),
    joinedload(Story.problem),
    joinedload(Story.incident),
    joinedload(Story.estimated_by),
    joinedload(Story.second_by),
)


@dataclass(frozen=True, slots=True)
class StoryPlay:
    """What the game adds to a story's page; there is none for a story in no event.

    ``paid_note`` says why it pays less than it was sized at, once that is copied.
    """

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
    paid_note: str
    now: datetime


def story_play(
    found: Entered, attempts: Sequence[Fix], strikes: Strikes, person: Person, *, now: datetime
) -> StoryPlay:
    """Return what the game adds to the story's page for one person, from where it is played and what was tried."""
    entry, event, player, story = found.entry, found.entry.event, found.player, found.entry.story
    fixes = [fix for fix in attempts if fix.event_id == event.id]
    latest = fixes[-1] if fixes else None
    sight = found.sight(person, now=now)
    view = found.view(sight=sight, now=now)
    row, rules, claim = view.row(entry, {story.problem_id or 0: strikes}), view.rules, view.claims.get(story.id)
    is_holder = claim is not None and player is not None and claim.player_id == player.id and row.is_mine
    told = attempts_of(fixes, sight)
    is_running = is_holder and claim is not None and claim.lease_ends_at is not None
    return StoryPlay(
        event_slug=event.slug,
        event_name=event.name,
        event_state=event.state,
        row=row,
        rules=rules,
        attempts=told,
        steps=Course(event, story, claim, latest).steps(row, rules),
        draft=dict(claim.draft or {}) if is_running and claim else {},
        teammates=_others(event, player) if is_running else (),
        also=_also(view, story) if is_running else (),
        is_my_review=player is not None and reviews_it(fixes, player.id),
        can_submit=is_running,
        more_time_from=more_time_from(claim, rules) if is_running and claim is not None else None,
        can_appeal=is_running and latest is not None and latest.state is FixState.SENT_BACK and not latest.appealed_at,
        can_assign_reviewer=bool(told) and told[-1].state is FixState.IN_REVIEW,
        can_record_deploy=_can_record_deploy(story, latest, person),
        bonus=_bonus(entry, rules),
        paid_note=entry.note,
        now=now,
    )


def _bonus(entry: EventStory, rules: Rules) -> HeldBonus | None:
    """Return what a fix that holds is paid once more; None while nothing is copied, or nothing could come back."""
    if not entry.points or entry.problem_id is None:
        return None
    return held_bonus_for(entry.points, entry.value_per_hour, entry.middle_per_hour, rules)


def _can_record_deploy(story: Story, fix: Fix | None, person: Person) -> bool:
    """Say whether somebody may still say when the fix went out: its author or an organiser, once, until the verdict."""
    if fix is None or fix.deployed_at is not None or story.state is not StoryState.WATCHED:
        return False
    return fix.player.person_id == person.id or is_allowed(person.roles, Permission.ORGANISE_EVENTS)


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


def _also(view: View, story: Story) -> tuple[tuple[str, str], ...]:
    """Return the other stories that the player holds, which the same change may solve, as (key, words)."""
    ticking = clock_at(view.event.paused_at, view.now)
    return tuple(
        (claim.story.key, f"{claim.story.key} {claim.story.title}")
        for claim in view.claims.values()
        if claim.player_id == view.seat.player_id and claim.story_id != story.id
        if claim.lease_ends_at is not None and claim.lease_ends_at > ticking
    )


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
    knowing: Knowing


def story_page(key: str, person: Person, *, now: datetime) -> StoryPage:
    """Return a story as one person sees it, in at most ten queries.

    Raises:
        NoSuchStoryError: where there is none of that key.
    """
    found = find_placed(number_in(key) or 0, person, *WITH_ALL) if key.startswith("GB-") else None
    if found is None:
        raise no_such_story(key)
    story, entered = found
    evidence = story_evidence(story, now=now)
    fixes = fixes_of_story(story.id) if entered else ()
    can_shape = is_allowed(person.roles, Permission.SHAPE_STORIES)
    start = starting(story, person, can_shape=can_shape)
    return StoryPage(
        evidence=evidence,
        play=story_play(entered, fixes, latest_strikes(evidence.weeks), person, now=now) if entered else None,
        can_edit=can_shape and evidence.state in {StoryState.PROPOSED, StoryState.READY},
        checks=checks_of(fixes, person),
        estimates=estimates_of(story, person),
        earlier=earlier_fixes(story),
        start=start,
        knowing=knowing(story, namer=person if start.can_mark else None, now=now),
    )
