"""Which stories are on an event's board: by the pull, or by hand with a reason. What a person decided, no pull undoes."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.filters import when
from gamebash.core.lifecycles import WrongStateError
from gamebash.events.changes import last_change
from gamebash.events.drafts import PLANNED, lock_event
from gamebash.events.first_call import open_windows
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.events.queries.candidates import ADDED, BY_HAND, PULLED, TAKEN_OFF, Pool, pool_of
from gamebash.events.refusals import NotOnBoardError, PickedElsewhereError, ReasonMissingError
from gamebash.events.running import copy_points
from gamebash.people.models import Person
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.pull import Limits, Pull, Pulled, pull
from gamebash.stories.transitions import move_story

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person puts on the board and takes off it, and why; both at once is a swap."""

    add: tuple[Story, ...] = ()
    take_off: tuple[Story, ...] = ()
    reason: str = ""


def pull_stories_into(event: Event, limits: Limits, *, by: Person | None, now: datetime) -> Pull:
    """Fill the board by value for an hour's work within the limits, which what lies there by hand uses up first.

    Pulling again replaces what the last pull chose; stories added by hand stay, stories taken off by hand stay off.

    Raises:
        WrongStateError: where the event is live or past that.
    """
    lock_event(event)
    _refuse_unless(event, PLANNED, now)
    pool = pool_of(event)
    found = pull(pool.candidates(), limits, taken=[pool.candidate(entry.story) for entry in pool.by_hand])
    wanted = {pulled.candidate.key: pulled for pulled in found.chosen}
    dropped = [entry for entry in pool.pulled if entry.story.key not in wanted]
    added = [story for story in pool.ready if story.key in wanted]
    _lock_stories([*(entry.story for entry in dropped), *added])
    for entry in dropped:
        _remove(entry, now)
    for story in added:
        # A story that another board took since the pull was worked out is left to it.
        if story.state is StoryState.READY:
            _put_on(event, story, by=by, now=now)
    _explain(event, wanted)
    counts = {"added": len(added), "dropped": len(dropped), "kept": len(pool.entries) - len(dropped)}
    audit.record(PULLED, event.slug, by_id=_id(by), now=now, event_id=event.id, limits=asdict(limits), **counts)
    return found


def choose_stories(event: Event, choice: Choice, *, by: Person, now: datetime) -> Event:
    """Put stories on the board and take others off, by hand and with a reason that everybody can read.

    While the event is live stories can still be added, for what they are worth then; none is taken off.

    Raises:
        WrongStateError: where the state of the event does not allow it.
        ReasonMissingError: where no reason is given.
        PickedElsewhereError: where a story is on a board, this or another, or is not ready.
        NotOnBoardError: where a story to take off is not on this board.
    """
    reason = _checked_reason(choice.reason)
    lock_event(event)
    _refuse_unless(event, PLANNED if choice.take_off else (*PLANNED, EventState.LIVE), now)
    _lock_stories([*choice.add, *choice.take_off])
    for story in choice.take_off:
        _remove(_entry(event, story), now)
        audit.record(
            TAKEN_OFF, story.key, by_id=by.id, now=now, event_id=event.id, reason=reason
        )  # fmt: skip
    for story in choice.add:
        _refuse_unready(story)
        entry = _put_on(event, story, by=by, now=now)
        entry.reason = f"{reason} (by hand, {by.name})"
        entry.reason_parts = {BY_HAND: True, "by": by.name, "reason": reason}
        if event.state is EventState.LIVE:
            copy_points(event, [entry])
            open_windows(event, [entry], now=now)
        audit.record(ADDED, story.key, by_id=by.id, now=now, event_id=event.id, reason=reason)
    if event.state in PLANNED:
        _rank(event)
    return event


def add_story(event: Event, story: Story, *, reason: str, by: Person, now: datetime) -> Event:
    """Put one story on the board by hand; see ``choose_stories``."""
    return choose_stories(event, Choice(add=(story,), reason=reason), by=by, now=now)


def take_off_story(event: Event, story: Story, *, reason: str, by: Person, now: datetime) -> Event:
    """Take one story off the board by hand; see ``choose_stories``."""
    return choose_stories(event, Choice(take_off=(story,), reason=reason), by=by, now=now)


def keys_on(event: Event) -> set[str]:
    """Return the keys of the stories on the board."""
    query = sa.select(Story).join(EventStory, EventStory.story_id == Story.id).where(EventStory.event_id == event.id)
    return {story.key for story in db.session.scalars(query)}


def _put_on(event: Event, story: Story, *, by: Person | None, now: datetime) -> EventStory:
    move_story(story, "schedule", now=now)
    highest = db.session.scalar(sa.select(sa.func.max(EventStory.rank)).where(EventStory.event_id == event.id))
    entry = EventStory(
        event_id=event.id, story_id=story.id, story=story, rank=(highest or 0) + 1, pulled_at=now, pulled_by_id=_id(by)
    )
    entry.scheduled_grade = None if event.state is EventState.DRAFT else story.grade
    db.session.add(entry)
    db.session.flush()
    return entry


def _remove(entry: EventStory, now: datetime) -> None:
    if entry.story.state is StoryState.SCHEDULED:
        move_story(entry.story, "unschedule", now=now)
    db.session.delete(entry)
    db.session.flush()


def _explain(event: Event, wanted: dict[str, Pulled]) -> None:
    """Say of every pulled story why it is there, by the newest pull, and put all in order."""
    for entry in _rank(event).pulled:
        pulled = wanted.get(entry.story.key)
        if pulled is not None:
            entry.reason, entry.reason_parts = pulled.reason[:500], dict(pulled.parts)


def _rank(event: Event) -> Pool:
    pool = pool_of(event)
    entries = {entry.story_id: entry for entry in pool.entries}
    for rank, story in enumerate(pool.in_order(entry.story for entry in pool.entries), start=1):
        entries[story.id].rank = rank
    db.session.flush()
    return pool


def _lock_stories(stories: Iterable[Story]) -> None:
    """Read the stories as they are now and keep others from moving them, in one order so that nobody deadlocks."""
    ids = sorted({story.id for story in stories})
    if ids:
        db.session.execute(
            sa.select(Story)
            .where(Story.id.in_(ids))
            .order_by(Story.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()


def _entry(event: Event, story: Story) -> EventStory:
    query = sa.select(EventStory).where(EventStory.event_id == event.id, EventStory.story_id == story.id)
    entry: EventStory | None = db.session.scalar(query)
    if entry is None:
        message = f"{story.key} is not on the board of {event.name}, so it cannot be taken off."
        raise NotOnBoardError(message)
    return entry


def _refuse_unready(story: Story) -> None:
    if story.state is StoryState.READY:
        return
    where = db.session.scalar(
        sa.select(Event.name)
        .join(EventStory, EventStory.event_id == Event.id)
        .where(EventStory.story_id == story.id, Event.state != EventState.CANCELLED)
        .order_by(Event.starts_at.desc())
        .limit(1)
    )
    state = story.state.value.replace("_", " ")
    message = f"{story.key} is {state}{f' for {where}' if where else ''}. Only a ready story can be put on a board."
    raise PickedElsewhereError(message)


def _refuse_unless(event: Event, states: Collection[EventState], now: datetime) -> None:
    if event.state in states:
        return
    change = last_change(event, ("event:went_live",))
    since = f" since {change.who} took it live at {when(change.at, now)}" if change else ""
    message = f"{event.name} is {event.state.value}{since}: its board stands. What is on it can only be played now."
    raise WrongStateError(message)


def _checked_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        message = f"Say why, in at most {LONGEST_REASON} letters: everybody reads it beside the story."
        raise ReasonMissingError(message)
    return reason


def _id(by: Person | None) -> int | None:
    return by.id if by else None
