"""Lessons of an event: chosen by an organiser, carried into every further draft of the series until somebody ticks them off."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.events.drafts import lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Lesson
from gamebash.people.models import Person

LONGEST = 300
MOST_OPEN = 12


class LessonRefusedError(DomainError):
    """The lesson cannot be kept; the message says why."""


def choose_lesson(event: Event, text: str, *, by: Person, now: datetime) -> Lesson:
    """Keep a lesson for the next event of the series.

    Raises:
        InvalidError: without words, or with too many.
        LessonRefusedError: where the event is not over, is of no series, or the series has too many open lessons to heed.
    """
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise InvalidError(f"Say the lesson in one sentence of at most {LONGEST} letters.")
    lock_event(event)
    if event.state is not EventState.CLOSED:
        raise LessonRefusedError(f"{event.name} is {event.state.value}. Lessons are drawn when it is closed.")
    if event.series_id is None:
        raise LessonRefusedError(f"{event.name} is of no series, so there is no next one to carry a lesson into.")
    number = (
        db.session.scalar(sa.select(sa.func.max(Lesson.number)).where(Lesson.series_id == event.series_id)) or 0
    ) + 1
    if len(open_lessons(event.series_id)) >= MOST_OPEN:
        raise LessonRefusedError(f"{MOST_OPEN} lessons are open already. Tick one off first: nobody heeds more.")
    lesson = Lesson(
        series_id=event.series_id, number=number, event_id=event.id, text=text, chosen_by_id=by.id, chosen_at=now
    )
    db.session.add(lesson)
    db.session.flush()
    audit.record("lesson:chosen", event.slug, by_id=by.id, now=now, event_id=event.id, text=text)
    return lesson


def tick_off_lesson(event: Event, number: int, *, by: Person, now: datetime) -> Lesson:
    """Say that a lesson of the event's series is heeded; a second time changes nothing.

    Raises:
        NotFoundError: where the series has no such lesson.
    """
    query = sa.select(Lesson).where(Lesson.series_id == event.series_id, Lesson.number == number)
    lesson = db.session.scalar(query.with_for_update())
    if lesson is None:
        raise NotFoundError(f"There is no lesson {number} in the series of {event.name}.")
    if lesson.done_at is None:
        lesson.done_at = now
        audit.record("lesson:ticked_off", event.slug, by_id=by.id, now=now, event_id=event.id, text=lesson.text)
    return lesson


def open_lessons(series_id: int | None) -> tuple[Lesson, ...]:
    """Return the lessons of a series that nobody ticked off, oldest first."""
    query = sa.select(Lesson).where(Lesson.series_id == series_id, Lesson.done_at.is_(None)).order_by(Lesson.number)
    return tuple(db.session.scalars(query)) if series_id is not None else ()
