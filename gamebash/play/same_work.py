"""One change that solves two stories: both are decided by one review, and one problem is paid once.

The author holds both. The second story gets a fix of its own that is decided with the first; it pays where the two are known to
be different problems, otherwise the larger of the two pays.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.models import EventStory, Player
from gamebash.play.claims import find_open_claim, get_entry, own_running_claim
from gamebash.play.leases import halt_lease, resume_lease
from gamebash.play.models import Assist, Fix, FixState
from gamebash.stories.queries.found import get_story
from gamebash.stories.transitions import move_story


class SameWorkRefusedError(DomainError):
    """The other story cannot be solved by the same fix now; the message says why."""


def submit_also(fix: Fix, key: str, *, by: Player, now: datetime) -> Fix:
    """Submit the same change for another story that its author holds; it waits for the same verdict.

    Raises:
        NoSuchStoryError, NotFoundError: where there is no such story on the board.
        SameWorkRefusedError: where it is the same story, squashed, or the author does not hold it.
        LeaseRefusedError: where their claim on it ran out.
    """
    story = get_story(key)
    entry = get_entry(fix.event, story)
    if story.id == fix.story_id:
        raise SameWorkRefusedError(f"{key} is the story itself. Name another one, or none.")
    if entry.squashed_at is not None:
        raise SameWorkRefusedError(f"{key} is squashed already.")
    claim = find_open_claim(story.id)
    if claim is None or claim.player_id != by.id:
        raise SameWorkRefusedError(
            f"Claim {key} too, then name it: somebody else may be working on what you do not hold."
        )
    claim = own_running_claim(claim, by=by, now=now)
    attempt = 1 + (db.session.scalar(sa.select(sa.func.count()).where(Fix.claim_id == claim.id)) or 0)
    same = ("event_id", "player_id", "squad_id", "change_url", "what_was_done", "root_cause", "root_cause_found")
    more = ("prevention", "begun_at", "deployed_at", "is_own_change", "submitted_at")
    also = Fix(
        **{name: getattr(fix, name) for name in (*same, *more)},
        story_id=story.id, claim_id=claim.id, same_as_id=fix.id, attempt=attempt, state=FixState.IN_REVIEW,
        assists=[Assist(player_id=one.player_id) for one in fix.assists],
    )  # fmt: skip
    halt_lease(claim, now=now)
    move_story(story, "submit", now=now)
    db.session.add(also)
    db.session.flush()
    return also


def also_of(fix: Fix, state: FixState) -> list[Fix]:
    """Return the fixes that are decided with this one and stand so now, locked."""
    query = (
        sa.select(Fix)
        .where(Fix.same_as_id == fix.id, Fix.state == state)
        .options(joinedload(Fix.story), joinedload(Fix.claim))
        .order_by(Fix.id)
        .with_for_update(of=Fix)
    )
    return list(db.session.scalars(query, execution_options={"populate_existing": True}).unique())


def by_worth(fixes: list[Fix]) -> list[tuple[Fix, EventStory]]:
    """Return fixes of one change with their places on the board, what pays most first; the places are locked."""
    query = sa.select(EventStory).where(
        EventStory.event_id == fixes[0].event_id, EventStory.story_id.in_([one.story_id for one in fixes])
    )
    entries = {entry.story_id: entry for entry in db.session.scalars(query.with_for_update(of=EventStory))}
    pairs = [(one, entries[one.story_id]) for one in fixes]
    return sorted(pairs, key=lambda pair: (-(pair[1].points or 0), pair[0].id))


def send_back_also(fix: Fix, *, now: datetime) -> None:
    """Give the other story back to its author too, with the time that was left."""
    for also in also_of(fix, FixState.IN_REVIEW):
        also.state, also.decided_at = FixState.SENT_BACK, now
        resume_lease(also.claim, now=now)
        move_story(also.story, "send_back", now=now)


def appeal_also(fix: Fix, *, now: datetime) -> None:
    """Let the other story wait for the second reviewer too, where its author still holds it."""
    for also in also_of(fix, FixState.SENT_BACK):
        if also.claim.holds_at(fix.event.paused_at or now):
            also.state, also.decided_at = FixState.IN_REVIEW, None
            halt_lease(also.claim, now=now)
            move_story(also.story, "submit", now=now)
