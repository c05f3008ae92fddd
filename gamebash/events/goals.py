"""Setting the shared goal of an event."""

from collections.abc import Iterable
from datetime import datetime

from gamebash.core import audit
from gamebash.core.errors import InvalidError
from gamebash.core.filters import when
from gamebash.events.drafts import lock_event
from gamebash.events.freeze import is_public
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, EventStory
from gamebash.events.refusals import NotReadyError
from gamebash.events.shared_goal import Goal, Progress, progress_of
from gamebash.people.models import Person

OPEN = (EventState.DRAFT, EventState.SCHEDULED, EventState.LIVE)


def set_goal(event: Event, goal: Goal, *, by: Person, now: datetime) -> Event:
    """Set what everybody fills together, and what all get for it; changed in the open, recorded with who and when.

    Raises:
        InvalidError: for a target of nothing, or without a reward.
        NotReadyError: once the event is over.
    """
    _refuse_late(event, now)
    target, reward = goal.target, goal.reward.strip()
    if target <= 0:
        raise InvalidError("A goal is more than nothing.")
    if not reward:
        raise InvalidError("Say what everybody gets when it is reached.")
    lock_event(event)
    event.goal_measure, event.goal_target, event.goal_reward = goal.measure, target, reward
    audit.record(
        "goal:set", event.slug, by_id=by.id, now=now, event_id=event.id, measure=goal.measure.value, target=target,
        reward=reward,
    )  # fmt: skip
    return event


def drop_goal(event: Event, *, by: Person, now: datetime) -> Event:
    """Do without a shared goal.

    Raises:
        NotReadyError: once the event is over.
    """
    _refuse_late(event, now)
    lock_event(event)
    event.goal_measure, event.goal_target, event.goal_reward = None, None, ""
    audit.record("goal:dropped", event.slug, by_id=by.id, now=now, event_id=event.id)
    return event


def goal_of(event: Event, entries: Iterable[EventStory], *, now: datetime) -> Progress | None:
    """Return how far the shared goal is filled by what the public may know of; None where there is none."""
    if event.goal_measure is None or event.goal_target is None:
        return None
    until = event.public_until(now)
    values = (
        entry.value or 0.0 for entry in entries if entry.squashed_at is not None and is_public(entry.squashed_at, until)
    )
    return progress_of(event.goal_measure, event.goal_target, event.goal_reward, values)


def _refuse_late(event: Event, now: datetime) -> None:
    if state_at(event.state, event.ends_at, event.paused_at, now) not in OPEN:
        raise NotReadyError(f"{event.name} ended at {when(event.ends_at)}; its goal stands as it was.")
