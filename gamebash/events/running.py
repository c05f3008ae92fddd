"""Scheduling an event, taking it back, and going live: each a transition that one person makes, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.filters import when
from gamebash.core.lifecycles import next_state
from gamebash.events.audience import tell_everybody
from gamebash.events.changes import last_change
from gamebash.events.drafts import lock_event
from gamebash.events.first_call import open_windows
from gamebash.events.held_bonus import middle_of, value_per_hour
from gamebash.events.lifecycle import TRANSITIONS, EventState
from gamebash.events.models import Event, EventStory
from gamebash.events.paid_size import board_per_hour, paid_size
from gamebash.events.queries.late_trouble import Lateness, lateness_of
from gamebash.events.queries.weighting import value_factors
from gamebash.events.refusals import NotReadyError, TransitionLostError
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.stories.grades import Grade, counted_grade, lower
from gamebash.stories.models import Origin, Story

ON_TIME = Lateness(1.0)
ONE_ESTIMATE = "Only one person estimated it, so the next smaller grade counts."
TWO_ESTIMATES = "The smaller of two estimates counts."
OF_LITTLE_USE = "An hour on it prevents {own:.2f}, on the board {board:.2f}: it counts as the size in which such an hour prevents as much."
OF_UNKNOWN_USE = "What it prevents cannot be counted, so it counts as the smallest size."
OF_NO_USE = (
    "An hour on it prevents {own:.2f}, on the board {board:.2f}: too little to pay. It mends, and pays its reviewer."
)
DONE_BY = {
    EventState.DRAFT: (("event:drafted", "event:back_to_draft"), "drafted it", "Schedule it first."),
    EventState.SCHEDULED: (("event:scheduled",), "scheduled it", "It waits to go live."),
    EventState.LIVE: (("event:went_live",), "took it live", "It is running: there is nothing more to press."),
    EventState.JUDGING: (("event:judged", "event:ended"), "ended it", "It is being judged."),
    EventState.CLOSED: (("event:closed",), "closed it", "Its results stand."),
    EventState.CANCELLED: (("event:cancelled",), "cancelled it", "Draft another one."),
}


def schedule_event(event: Event, *, by: Person, now: datetime) -> Event:
    """Announce a drafted event: from now on it is in everybody's list, and people join.

    Raises:
        TransitionLostError: where it is not a draft any more, with who and when.
        NotReadyError: where its day is past.
    """
    if event.state is EventState.DRAFT and event.ends_at <= now:
        message = f"{event.name} was to end at {when(event.ends_at)}, which is past. Change its day, then schedule it."
        raise NotReadyError(message)
    # The first announcement counts: from then on everybody knows which trouble would be worth making.
    transition(event, "schedule", now=now, scheduled_at=event.scheduled_at or now)
    entries = sa.select(EventStory).where(EventStory.event_id == event.id).options(joinedload(EventStory.story))
    for entry in db.session.scalars(entries):
        entry.scheduled_grade = entry.scheduled_grade or entry.story.grade
    audit.record("event:scheduled", event.slug, by_id=by.id, now=now, event_id=event.id)
    return event


def back_to_draft(event: Event, *, by: Person, now: datetime) -> Event:
    """Take a scheduled event back; who joined stays, and so do the stories.

    Raises:
        TransitionLostError: where it is not scheduled, with who and when.
    """
    transition(event, "back_to_draft", now=now)
    audit.record("event:back_to_draft", event.slug, by_id=by.id, now=now, event_id=event.id)
    return event


def go_live(event: Event, *, by: Person, now: datetime) -> Event:
    """Open the board: now is the start, the rules freeze, and each story's grade, points and value are copied.

    Of any number of organisers who press at once, one does it; the others are told who and when.

    Raises:
        TransitionLostError: where it is not scheduled, with who and when.
        NotReadyError: where there is nothing to play, the rules are not confirmed, or the day is past.
    """
    if event.state is EventState.SCHEDULED:
        _refuse_unplayable(event, now)
    transition(event, "go_live", now=now, starts_at=now, went_live_at=now)
    stories = _freeze(event, now=now)
    text = f"{event.name} is live until {when(event.ends_at, now)}. The board is open."
    tell_everybody(event, text, key=f"live:{event.id}", now=now)
    audit.record("event:went_live", event.slug, by_id=by.id, now=now, event_id=event.id, stories=stories)
    return event


def transition(event: Event, verb: str, *, now: datetime, **changes: datetime | str | None) -> Event:
    """Make one step of an event's life, only if it still stands where it stood: the database lets one through.

    Raises:
        TransitionLostError: where it stands elsewhere by now; says who brought it there, when, and what to do.
    """
    db.session.flush()
    possible = [state for state, verbs in TRANSITIONS.items() if verb in verbs]
    state = event.state if event.state in possible else possible[0]
    target = next_state(TRANSITIONS, state, verb, event.name)
    update = sa.update(Event).where(Event.id == event.id, Event.state == state).values(state=target, **changes)
    moved = db.session.execute(update.returning(Event.id), execution_options={"synchronize_session": False}).first()
    db.session.refresh(event)
    if moved is None:
        raise TransitionLostError(_why_not(event, verb, now))
    return event


def copy_points(event: Event, entries: Sequence[EventStory]) -> None:
    """Fix what stories pay in this event: later changes of a story or of settings never move it.

    Incidents that opened after the event was scheduled add no value, and a story about nothing else pays nothing. Of two
    estimates the smaller counts, of a single one the grade below; and no story pays as bigger than it matters (``paid_size``).
    """
    rules = Rules.from_document(event.rules)
    stories = [entry.story for entry in entries]
    factors = value_factors(stories, rules.severity_weights)
    lateness = lateness_of(event, stories) if rules.skips_late_trouble else {}
    for entry in entries:
        story = entry.story
        late = lateness.get(story.id, ON_TIME)
        entry.grade, entry.note = _paid_grade(entry, rules), late.note
        if not late.note and entry.grade is not story.grade:
            entry.note = ONE_ESTIMATE if story.second_grade is None else TWO_ESTIMATES
        entry.problem_id = story.problem_id or (story.incident.problem_id if story.incident else None)
        entry.points = 0 if late.note else rules.points_for(entry.grade)
        entry.value = story.value * factors.get(story.id, 1.0) * late.share_before
        entry.value_per_hour = value_per_hour(entry.value, story.effort_hours, entry.grade)
    db.session.flush()
    measures = _copy_middles(event, entries)
    if rules.bounds_by_value:
        _bound_by_value(entries, measures, rules)


def _copy_middles(event: Event, entries: Sequence[EventStory]) -> dict[bool, float]:
    """Keep with each story the middle of those on the board whose value is counted in the same unit.

    Return what an hour on the board prevents, of stories about noise and of others.
    """
    copied = (
        sa.select(EventStory.value, EventStory.value_per_hour, Story.origin)
        .join(Story, Story.id == EventStory.story_id)
        .where(EventStory.event_id == event.id, EventStory.value_per_hour.is_not(None))
    )
    board: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for value, per_hour, origin in db.session.execute(copied):
        board[origin is Origin.NOISE].append((value or 0.0, per_hour or 0.0))
    middles = {of_noise: middle_of(own for _, own in stories) for of_noise, stories in board.items()}
    for entry in entries:
        entry.middle_per_hour = middles[entry.story.origin is Origin.NOISE]
    db.session.flush()
    return {of_noise: board_per_hour(stories) for of_noise, stories in board.items()}


def _bound_by_value(entries: Sequence[EventStory], measures: Mapping[bool, float], rules: Rules) -> None:
    """Let no story pay as bigger than what it prevents bears out, and say so where it pays less for that."""
    for entry in entries:
        own, board = entry.value_per_hour or 0.0, measures[entry.story.origin is Origin.NOISE]
        sized = entry.grade or entry.story.grade
        grade = paid_size(sized, entry.value or 0.0, own, board)
        if grade is not sized and entry.points:
            entry.grade, entry.points = grade or Grade.BLUE, rules.points_for(grade) if grade else 0
            why = OF_NO_USE if not grade else OF_LITTLE_USE if entry.value else OF_UNKNOWN_USE
            entry.note = why.format(own=own, board=board)
    db.session.flush()


def _paid_grade(entry: EventStory, rules: Rules) -> Grade:
    """Return the grade that a story is paid by: never above the one when the event was announced."""
    story = entry.story
    grade = counted_grade(story.grade, story.second_grade) if rules.needs_second_estimate else story.grade
    return lower(grade, entry.scheduled_grade or grade)


def _freeze(event: Event, *, now: datetime) -> int:
    """Keep the rules whole, with what was not named in them, and fix the points of every story; return how many."""
    lock_event(event)
    event.rules = Rules.from_document(event.rules).to_document()
    entries = db.session.scalars(
        sa.select(EventStory).where(EventStory.event_id == event.id).options(joinedload(EventStory.story))
    ).all()
    copy_points(event, entries)
    open_windows(event, entries, now=now)
    return len(entries)


def _refuse_unplayable(event: Event, now: datetime) -> None:
    if event.ends_at <= now:
        message = f"{event.name} was to end at {when(event.ends_at)}, which is past. Change its day, then go live."
        raise NotReadyError(message)
    if event.freezes_at is not None and event.freezes_at <= now:
        message = f"The freeze, {when(event.freezes_at)}, is past. Move it or leave it out, then go live."
        raise NotReadyError(message)
    if event.rules_confirmed_at is None:
        message = f"The rules of {event.name} are not confirmed, and they freeze when it goes live. Confirm them first."
        raise NotReadyError(message)
    if not db.session.scalar(sa.select(sa.exists().where(EventStory.event_id == event.id))):
        message = f"{event.name} has no stories. Pull some, then go live."
        raise NotReadyError(message)


def _why_not(event: Event, verb: str, now: datetime) -> str:
    tags, words, what_now = DONE_BY[event.state]
    change = last_change(event, tags)
    by = f" {change.who} {words} at {when(change.at, now)}." if change else ""
    wanted = verb.replace("_", " ")
    return f"{event.name} is {event.state.value}, so it cannot {wanted} now.{by} {what_now}"
