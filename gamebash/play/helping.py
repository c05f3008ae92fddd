"""What an organiser does about a stuck claim: lengthen it for its player once, or put the story back with a reason."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import clock
from gamebash.events.lifecycle import clock_at
from gamebash.events.models import Event
from gamebash.events.rules import Rules
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.claims import end_claim, lock_event_for_play
from gamebash.play.models import Claim, ClaimEnd
from gamebash.stories.models import Story
from gamebash.stories.transitions import move_story


class HelpRefusedError(DomainError):
    """The claim cannot be lengthened or released now; the message says how it stands."""


def extend_for(story: Story, event: Event, *, by: Person, now: datetime) -> Claim:
    """Give a player a whole lease more, once a claim; one that ran out and that nobody took comes back to them.

    Raises:
        HelpRefusedError: where nobody holds it, it is in review, or it was lengthened for them before.
    """
    claim = _held(story, event)
    if claim.helped_at is not None:
        raise HelpRefusedError(
            f"{claim.story.key} was lengthened for {_name(claim)} at {clock(claim.helped_at)} already."
        )
    more = timedelta(minutes=Rules.from_document(event.rules).lease_minutes)
    claim.helped_at = now
    if claim.lease_ends_at is None:
        claim.lease_left_seconds = (claim.lease_left_seconds or 0) + int(more.total_seconds())
    else:
        claim.lease_ends_at = max(claim.lease_ends_at, clock_at(event.paused_at, now)) + more
    audit.record("story:extended_for", story.key, by_id=by.id, now=now, event_id=event.id, player=_name(claim))
    until = f" It is yours until {clock(claim.lease_ends_at)}." if claim.lease_ends_at else ""
    text = f"{by.name} gave you more time for {story.key}.{until}"
    key = f"helped:{claim.id}"
    tell(claim.player.person_id, NoticeKind.LEASE_ENDING, text, key=key, now=now, url=f"/stories/{story.key}")
    return claim


def release_for(story: Story, event: Event, *, reason: str, by: Person, now: datetime) -> Claim:
    """Put a story back on the board for a player who cannot, with a reason they read; draft and notes stay.

    Raises:
        InvalidError: without a reason.
        HelpRefusedError: where nobody holds it, or it is in review.
    """
    if not reason.strip():
        raise InvalidError("Say why; the player reads it.")
    claim = _held(story, event)
    end_claim(claim, ClaimEnd.RELEASED, now=now)
    move_story(claim.story, "let_go", now=now)
    audit.record(
        "story:released_for", story.key, by_id=by.id, now=now, event_id=event.id, player=_name(claim),
        reason=reason.strip(),
    )  # fmt: skip
    text = f"{by.name} put {story.key} back on the board: {reason.strip()} Your draft stays."
    key = f"released:{claim.id}"
    tell(claim.player.person_id, NoticeKind.LEASE_ENDING, text, key=key, now=now, url=f"/stories/{story.key}")
    return claim


def _held(story: Story, event: Event) -> Claim:
    lock_event_for_play(event.id)
    query = sa.select(Claim).where(Claim.story_id == story.id, Claim.event_id == event.id, Claim.ended_at.is_(None))
    claim = db.session.scalar(query.with_for_update(of=Claim).execution_options(populate_existing=True))
    if claim is None:
        raise HelpRefusedError(f"Nobody holds {story.key} any more.")
    if claim.lease_ends_at is None and not claim.is_on_break:
        raise HelpRefusedError(f"The fix for {story.key} is in review; its lease stands still.")
    return claim


def _name(claim: Claim) -> str:
    return claim.player.person.player_name
