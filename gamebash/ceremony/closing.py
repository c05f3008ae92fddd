"""The end of an event: judging, closing, cancelling. Closing is final."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.ceremony.results import fix_result
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import clock
from gamebash.core.lifecycles import next_state
from gamebash.events.audience import tell_everybody
from gamebash.events.lifecycle import TRANSITIONS, EventState, state_at
from gamebash.events.models import Event, EventStory
from gamebash.people.models import Person
from gamebash.play.claims import end_claim
from gamebash.play.models import Claim, ClaimEnd, Fix, FixState, Review, SpotCheck
from gamebash.play.pauses import locked_event
from gamebash.play.reveal import reveal_event
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.transitions import move_story

# How long a closed event waits for its ceremony before its result is out by itself.
REVEAL_AFTER = timedelta(hours=2)
# The tag under which reaching a state is recorded.
_TAGS = {EventState.JUDGING: "event:judged", EventState.CLOSED: "event:closed", EventState.CANCELLED: "event:cancelled"}


class ClosingRefusedError(DomainError):
    """The event cannot be judged, closed or cancelled now; the message says why and who did what."""


def judge_event(event: Event, *, by: Person | None, now: datetime) -> Event:
    """Begin judging, once the end is reached.

    Raises:
        ClosingRefusedError: before the end, or where somebody began it already.
    """
    event = locked_event(event)
    if event.state is EventState.LIVE and state_at(event.state, event.ends_at, event.paused_at, now) is EventState.LIVE:
        raise ClosingRefusedError(f"{event.name} runs until {clock(event.ends_at)}. End it first, or wait.")
    _move(event, "judge")
    event.judged_from = now
    text = f"Full time. {event.name} is judged; reviews go on until {clock(event.reviews_end_at)}."
    tell_everybody(event, text, key=f"judged:{event.id}", now=now)
    audit.record("event:judged", event.slug, by_id=by.id if by else None, now=now, event_id=event.id)
    return event


def close_event(event: Event, *, by: Person, now: datetime, reason: str = "") -> Event:
    """Close for good: open claims end, unfinished stories go back to ready, and the result is fixed.

    Later corrections are entries of their own. The public board stays as it froze until the ceremony reveals the
    result, or ``REVEAL_AFTER`` has passed.

    Raises:
        ClosingRefusedError: while fixes wait for review before the deadline, or one that failed a second look still pays,
            unless a reason is given.
    """
    event = locked_event(event)
    waiting = db.session.scalar(
        sa.select(sa.func.count()).where(Fix.event_id == event.id, Fix.state == FixState.IN_REVIEW)
    )
    if event.state is EventState.JUDGING and waiting and now < event.reviews_end_at and not reason.strip():
        raise ClosingRefusedError(
            f"{waiting} fixes wait for a review until {clock(event.reviews_end_at)}. Wait for them, or say why you close now."
        )
    failed = _failed_and_paid(event)
    if event.state is EventState.JUDGING and failed and not reason.strip():
        raise ClosingRefusedError(
            f"{', '.join(failed)} failed a second look and {'pays' if len(failed) == 1 else 'pay'} all the same. "
            "Take back what was paid, or say why it stands."
        )
    _move(event, "close")
    event.closed_at, event.reveals_at = now, now + REVEAL_AFTER
    _clear_board(event, now=now)
    fix_result(event, now=now)
    audit.record("event:closed", event.slug, by_id=by.id, now=now, event_id=event.id, reason=reason)
    return event


def _failed_and_paid(event: Event) -> list[str]:
    """Return the stories whose accepted fix failed a second look and whose points nobody took back."""
    reversal = aliased(PointEntry)
    query = (
        sa.select(Story.number)
        .join(Fix, Fix.story_id == Story.id)
        .join(SpotCheck, SpotCheck.fix_id == Fix.id)
        .join(PointEntry, sa.and_(PointEntry.fix_id == Fix.id, PointEntry.kind == EntryKind.FIX))
        .where(Fix.event_id == event.id, SpotCheck.holds.is_(False))
        .where(~sa.exists().where(reversal.reverses_id == PointEntry.id))
        .distinct()
        .order_by(Story.number)
    )
    return [f"GB-{number}" for number in db.session.scalars(query)]


def cancel_event(event: Event, *, reason: str, by: Person, now: datetime) -> Event:
    """Cancel an event that is not closed; its stories go back to ready, its ledger stays.

    Raises:
        InvalidError: without a reason.
    """
    if not reason.strip():
        raise InvalidError("Say why the event is cancelled; everybody who joined reads it.")
    event = locked_event(event)
    _move(event, "cancel")
    event.cancelled_at, event.cancelled_reason, event.paused_at = now, reason.strip(), None
    _clear_board(event, now=now)
    audit.record("event:cancelled", event.slug, by_id=by.id, now=now, event_id=event.id, reason=reason)
    return event


def sweep_events(*, now: datetime) -> bool:
    """Begin the judging of events whose end has passed; says whether there were any."""
    query = sa.select(Event).where(Event.state == EventState.LIVE, Event.ends_at <= now, Event.paused_at.is_(None))
    over = list(db.session.scalars(query))
    for event in over:
        judge_event(event, by=None, now=now)
    return bool(over)


def _move(event: Event, verb: str) -> None:
    """Change the state, or say who was first when two organisers press at once."""
    last = db.session.execute(
        sa.select(audit.AuditEntry.at, Person.name)
        .outerjoin(Person, Person.id == audit.AuditEntry.person_id)
        .where(audit.AuditEntry.event_id == event.id, audit.AuditEntry.tag == _TAGS.get(event.state, ""))
        .order_by(audit.AuditEntry.id.desc())
        .limit(1)
    ).first()
    if verb not in TRANSITIONS[event.state] and last is not None:
        raise ClosingRefusedError(
            f"{last.name or 'The clock'} was faster: {event.name} is {event.state.value} since {clock(last.at)}."
        )
    event.state = next_state(TRANSITIONS, event.state, verb, event.name)


def _clear_board(event: Event, *, now: datetime) -> None:
    """End what is open and give back every story that was not squashed; where no ceremony waits, tell what was held back."""
    if event.public_until(now) is None:
        reveal_event(event, now=now)
    for review in db.session.scalars(
        sa.select(Review)
        .join(Review.fix)
        .where(Fix.event_id == event.id, Review.verdict.is_(None), Review.ended_at.is_(None))
    ):
        review.ended_at = now
    for fix in db.session.scalars(sa.select(Fix).where(Fix.event_id == event.id, Fix.state == FixState.IN_REVIEW)):
        fix.state, fix.decided_at = FixState.SENT_BACK, now
        move_story(fix.story, "send_back", now=now)
    for claim in db.session.scalars(
        sa.select(Claim).where(Claim.event_id == event.id, Claim.ended_at.is_(None)).with_for_update()
    ):
        if claim.lease_ends_at is None:
            claim.lease_ends_at, claim.lease_left_seconds = now, None
        end_claim(claim, ClaimEnd.EVENT_OVER, now=now)
        move_story(claim.story, "let_go", now=now)
    query = sa.select(Story).join(EventStory, EventStory.story_id == Story.id).where(EventStory.event_id == event.id)
    for story in db.session.scalars(query.where(Story.state.in_([StoryState.SCHEDULED, StoryState.CLAIMED]))):
        if story.state is StoryState.CLAIMED:
            move_story(story, "lapse", now=now)
        move_story(story, "unschedule", now=now)
