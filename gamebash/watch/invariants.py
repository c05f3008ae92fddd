"""What always holds of watches, for ``verify``: each function yields a sentence for every breach."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from gamebash.core.db import db
from gamebash.events.held_bonus import held_bonus_for
from gamebash.events.models import Event, EventStory
from gamebash.events.rules import Rules
from gamebash.play.models import Fix, FixState
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from gamebash.watch.paying import EARNING

# How the story of a watch stands; what came back is known to the fixer alone until it is settled.
STORY_STATES = {
    WatchState.WATCHING: {StoryState.WATCHED},
    WatchState.CAME_BACK: {StoryState.WATCHED, StoryState.HELD},
    WatchState.HELD: {StoryState.HELD},
    WatchState.RECURRED: {StoryState.RECURRED},
}
WATCHED_STATES = (StoryState.WATCHED, StoryState.HELD, StoryState.RECURRED)


def watches_have_paid() -> Iterator[str]:
    """Say which held bonus or clawback has no settled watch."""
    kinds = (EntryKind.HELD_BONUS, EntryKind.CLAWBACK)
    query = (
        sa.select(PointEntry, Watch.state, Watch.decided_at, Event.slug)
        .join(Event, Event.id == PointEntry.event_id)
        .outerjoin(Watch, Watch.fix_id == PointEntry.fix_id)
        .where(PointEntry.kind.in_(kinds))
        .order_by(PointEntry.event_id, PointEntry.seq)
    )
    for entry, state, decided_at, slug in db.session.execute(query):
        is_settled = decided_at is not None if entry.kind is EntryKind.HELD_BONUS else state is WatchState.RECURRED
        if not is_settled:
            yield f"entry {entry.seq} of {slug} is a {entry.kind.value.replace('_', ' ')} without a settled watch"
        if entry.kind is EntryKind.CLAWBACK and entry.reverses_id is None:
            yield f"entry {entry.seq} of {slug} takes points back and does not say which"


def bonuses_fit() -> Iterator[str]:
    """Say which held bonus is more than the rules give on what its fix paid the player."""
    earned = aliased(PointEntry)
    query = (
        sa.select(PointEntry, sa.func.sum(earned.points), EventStory, Event)
        .join(Event, Event.id == PointEntry.event_id)
        .join(
            EventStory,
            sa.and_(EventStory.event_id == PointEntry.event_id, EventStory.story_id == PointEntry.story_id),
        )
        .outerjoin(
            earned,
            sa.and_(
                earned.fix_id == PointEntry.fix_id, earned.player_id == PointEntry.player_id, earned.kind.in_(EARNING)
            ),
        )
        .where(PointEntry.kind == EntryKind.HELD_BONUS, EventStory.middle_per_hour.is_not(None))
        .group_by(PointEntry.id, EventStory.id, Event.id)
        .order_by(PointEntry.event_id, PointEntry.seq)
    )
    for entry, paid, story, event in db.session.execute(query):
        rules = Rules.from_document(event.rules)
        most = held_bonus_for(paid or 0, story.value_per_hour, story.middle_per_hour, rules).bonus
        if entry.points > most:
            yield f"entry {entry.seq} of {event.slug} is a held bonus of {entry.points}, the rules give {most}"


def watches_agree() -> Iterator[str]:
    """Say where a watch and its story disagree."""
    for watch in db.session.scalars(
        sa.select(Watch).options(joinedload(Watch.fix).joinedload(Fix.story)).order_by(Watch.id)
    ):
        story = watch.fix.story
        if story.state not in STORY_STATES[watch.state]:
            yield f"{story.key} is {story.state.value}, its watch says {watch.state.value}"
        if watch.fix.state is not FixState.ACCEPTED:
            yield f"{story.key} is watched, and its fix is {watch.fix.state.value}"
        if watch.state is WatchState.RECURRED and watch.recurrence_id is None:
            yield f"{story.key} recurred, and no incident says so"
    unwatched = sa.select(Story).where(
        Story.state.in_(WATCHED_STATES),
        ~sa.exists().where(Watch.fix_id == Fix.id, Fix.story_id == Story.id),
    )
    for story in db.session.scalars(unwatched.order_by(Story.number)):
        yield f"{story.key} is {story.state.value}, and nobody watches it"
    yield from _wrong_windows()


def _wrong_windows() -> Iterator[str]:
    """Say which watch is shorter or longer than its event's rules have it."""
    query = sa.select(Watch, Event).join(Event, Event.id == Watch.event_id).order_by(Watch.id)
    for watch, event in db.session.execute(query):
        days = Rules.from_document(event.rules).watch_days
        if watch.days != days:
            yield f"the watch of fix {watch.fix_id} lasts {watch.days} days, the rules of {event.slug} say {days}"
