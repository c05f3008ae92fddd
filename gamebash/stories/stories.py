"""Proposing, writing, readying and dropping improvement stories."""

from dataclasses import dataclass
from datetime import datetime

from gamebash.backlog.decisions import note_dropped_story, note_story
from gamebash.backlog.models import Service
from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.filters import when
from gamebash.people.models import Person
from gamebash.rotation.models import Team
from gamebash.stories.grades import Grade, grade_for
from gamebash.stories.grounds import BY_HAND, Evidence
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story, StoryNote
from gamebash.stories.queries.found import find_open_story
from gamebash.stories.readiness import missing
from gamebash.stories.refusals import (
    AlreadyOnItError,
    ContentFixedError,
    NotYetReadyError,
    StaleStoryError,
    UnusableTextError,
)
from gamebash.stories.transitions import lock_story, move_story
from gamebash.stories.valuation import set_value

EDITABLE = (StoryState.PROPOSED, StoryState.READY, StoryState.SCHEDULED)
LONGEST_REASON = 300
LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Content:
    """What people write into a story. Without a grade it follows from the effort (hours), without a team from the service."""

    title: str
    service: Service
    effort_hours: float
    why: str = ""
    description: str = ""
    acceptance_criteria: str = ""
    team: Team | None = None
    grade: Grade | None = None


def propose_story(content: Content, evidence: Evidence = BY_HAND, *, by: Person | None, now: datetime) -> Story:
    """Propose a story from a problem, a noisy group, one incident, or by hand; its key is the next number.

    A problem has one open story at a time.

    Raises:
        AlreadyOnItError: where an open story is about the same problem or incident; names it.
        DecisionRefusedError: where the problem was merged into another one; names that.
        UnusableTextError: where the title is empty or the effort is not above nothing.
    """
    # Taking the number first makes simultaneous proposals one after the other, so that the second one sees the first.
    number = next_number("stories")
    if evidence.problem is not None:
        note_story(evidence.problem, now=now)
    _refuse_second(evidence)
    story = Story(
        number=number,
        origin=evidence.origin,
        problem=evidence.problem,
        incident=evidence.incident,
        state=StoryState.PROPOSED,
        created_by=by,
        estimated_by=by,
        created_at=now,
        updated_at=now,
        dropped_reason="",
    )
    _write(story, content)
    set_value(story)
    db.session.add(story)
    db.session.flush()
    audit.record("story:proposed", story.key, by_id=by.id if by else None, now=now, origin=story.origin.value)
    return story


def edit_story(story: Story, content: Content, *, seen_at: datetime | None, by: Person, now: datetime) -> Story:
    """Rewrite a story that nobody has claimed yet; ``seen_at`` is when the editor's copy was last changed.

    Raises:
        ContentFixedError: where it is in play or over.
        StaleStoryError: where somebody changed it since.
        NotYetReadyError: where a ready story would lose what made it ready.
        UnusableTextError: where the title is empty or the effort is not above nothing.
    """
    story = lock_story(story)
    if story.state not in EDITABLE:
        message = f"{story.key} is {_present(story)}, so its text stands. Write a note instead; notes stay with it."
        raise ContentFixedError(message)
    if seen_at is not None and seen_at != story.updated_at:
        message = (
            f"{story.key} was changed at {when(story.updated_at, now)}, after you opened it. "
            "Nothing of yours was saved: open it again and add what is missing."
        )
        raise StaleStoryError(message)
    before = (story.effort_hours, story.grade)
    _write(story, content)
    if (story.effort_hours, story.grade) != before:
        _estimate_anew(story, before[1], by=by, now=now)
    if story.state is not StoryState.PROPOSED:
        _refuse_unready(story, "would not be ready any more")
    story.updated_at = now
    audit.record("story:edited", story.key, by_id=by.id, now=now)
    return story


def make_ready(story: Story, *, by: Person | None, now: datetime) -> Story:
    """Let a proposed story be pulled: it says when it is done, what it takes, and where it is.

    Raises:
        WrongStateError: where it is not proposed; names the state.
        NotYetReadyError: where something is missing; lists it.
    """
    story = lock_story(story)
    if story.state is StoryState.PROPOSED:
        _refuse_unready(story, "is not ready yet")
    move_story(story, "make_ready", now=now)
    audit.record("story:made_ready", story.key, by_id=by.id if by else None, now=now)
    return story


def drop_story(story: Story, reason: str, *, by: Person, now: datetime) -> Story:
    """Drop a proposed or ready story for a reason, which stays with it. Its problem is free for another story.

    Raises:
        WrongStateError: where it is on a board, in play or over; names the state.
        UnusableTextError: where no reason is given.
    """
    story = lock_story(story)
    move_story(story, "drop", now=now)
    story.dropped_reason = _text(reason, "Say why it is dropped, so that nobody proposes it again unknowing.")
    if story.problem is not None:
        note_dropped_story(story.problem)
    audit.record("story:dropped", story.key, by_id=by.id, now=now, reason=story.dropped_reason)
    return story


def write_note(story: Story, text: str, *, by: Person, now: datetime) -> StoryNote:
    """Leave a note with the story, whoever holds it now or later.

    Raises:
        UnusableTextError: where it says nothing, or more than 4,000 letters.
    """
    words = _text(text, "Write something first.", longest=LONGEST_NOTE)
    note = StoryNote(story_id=story.id, person=by, written_at=now, text=words)
    db.session.add(note)
    audit.record("story:noted", story.key, by_id=by.id, now=now)
    return note


def _write(story: Story, content: Content) -> None:
    if content.effort_hours <= 0:
        message = "The effort is more than nothing: estimate it in hours."
        raise UnusableTextError(message)
    story.title = _text(content.title, "Give it a title that says what happens to people.", longest=200)
    story.why = content.why.strip()
    story.description = content.description.strip()
    story.acceptance_criteria = content.acceptance_criteria.strip()
    story.service = content.service
    story.team = content.team or content.service.builder_team or content.service.team
    story.effort_hours = content.effort_hours
    story.grade = content.grade or grade_for(content.effort_hours)


def _estimate_anew(story: Story, before: Grade, *, by: Person, now: datetime) -> None:
    """Make a changed size a first estimate again; a change after the story was scheduled is on record, and not paid."""
    story.estimated_by, story.second_by, story.second_grade, story.second_at = by, None, None, None
    db.session.flush()
    audit.record("story:regraded", story.key, by_id=by.id, now=now, before=before.value, after=story.grade.value)


def _text(text: str, otherwise: str, *, longest: int = LONGEST_REASON) -> str:
    words = text.strip()
    if not words:
        raise UnusableTextError(otherwise)
    if len(words) > longest:
        message = f"{len(words):,} letters are too many: keep it within {longest:,}."
        raise UnusableTextError(message)
    return words


def _refuse_second(evidence: Evidence) -> None:
    other = find_open_story(evidence)
    if other is not None:
        what = "that problem" if other.problem_id is not None else "that incident"
        message = f"{other.key} is about {what} already and is {_present(other)}. Add to it instead of a second one."
        raise AlreadyOnItError(other.key, message)


def _refuse_unready(story: Story, words: str) -> None:
    if lacking := missing(story.ready_checks):
        listed = "; ".join(f"{check.what} ({check.advice})" for check in lacking)
        message = f"{story.key} {words}. Missing: {listed}."
        raise NotYetReadyError(message)


def _present(story: Story) -> str:
    return story.state.value.replace("_", " ")
