"""Reviews: a drawn reviewer accepts a fix or sends it back; its author may ask another reviewer once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.core.filters import clock
from gamebash.events.freeze import is_public
from gamebash.events.lifecycle import EventState, clock_at
from gamebash.events.models import EventStory, Player
from gamebash.events.rules import Rules
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.checks import check_all_after_send_backs, check_if_drawn
from gamebash.play.claims import end_claim, lock_event_for_play
from gamebash.play.leases import find_break, halt_lease, lock_player, resume_lease
from gamebash.play.models import ClaimEnd, Fix, FixState, Review, Verdict
from gamebash.play.paying import pay_first_fix, pay_fix
from gamebash.play.reveal import reveal_fix
from gamebash.play.reviewers import draw_reviewers, lacks_knowing
from gamebash.play.same_work import also_of, appeal_also, by_worth, send_back_also
from gamebash.stories.transitions import move_story


class ReviewRefusedError(DomainError):
    """The verdict does not count; the message says who decided, when, and what now."""


def accept_fix(fix: Fix, *, by: Player, now: datetime, reason: str = "") -> Fix:
    """Accept a fix. Enough acceptances squash the story and pay, all in one transaction.

    Enough is as many as the rules say, and one of them by somebody who knows the service where the fix needs one.

    Raises:
        ReviewRefusedError: where it is decided already, or the review deadline has passed.
        NotAllowedError: where the player was not drawn for it.
    """
    fix, review = _for_verdict(fix, by, now=now)
    _decide(review, Verdict.ACCEPT, reason, by=by, now=now)
    if _is_enough(fix) and not lacks_knowing(fix):
        _squash(fix, by=by.person, now=now)
    else:
        audit.record("fix:review_accepted", fix.story.key, by_id=by.person_id, now=now, event_id=fix.event_id)
    return fix


def waive_knowing(fix: Fix, *, reason: str, by: Person, now: datetime) -> Fix:
    """Do without somebody who knows the service, with a reason; where the other acceptances are in, that squashes it.

    Raises:
        InvalidError: without a reason.
        ReviewRefusedError: where the fix is decided, or waits for nobody who knows the service.
    """
    if not reason.strip():
        raise InvalidError("Say why it can do without somebody who knows the service; it stands in the record.")
    lock_event_for_play(fix.event_id)
    fix = _locked(fix)
    if fix.state is not FixState.IN_REVIEW:
        raise ReviewRefusedError(f"{fix.story.key} is {_present(fix)}. There is nothing to waive.")
    if not lacks_knowing(fix):
        raise ReviewRefusedError(f"{fix.story.key} waits for nobody who knows the service.")
    fix.waived_by_id, fix.waived_because = by.id, reason.strip()
    audit.record(
        "fix:knowing_waived", fix.story.key, by_id=by.id, now=now, event_id=fix.event_id, reason=reason.strip()
    )
    text = f"Your fix of {fix.story.key} can do without somebody who knows the service: {reason.strip()}"
    url = f"/stories/{fix.story.key}"
    tell(fix.player.person_id, NoticeKind.FIX_DECIDED, text, key=f"waived:{fix.id}", now=now, url=url)
    if _is_enough(fix):
        _squash(fix, by=by, now=now)
    return fix


def send_back_fix(fix: Fix, *, reason: str, by: Player, now: datetime) -> Fix:
    """Send a fix back with a reason: it is its author's again, with the time that was left.

    Raises:
        InvalidError: without a reason.
        ReviewRefusedError, NotAllowedError: as for accepting.
    """
    if not reason.strip():
        raise InvalidError("Say what is missing; the author mends it by your words.")
    fix, review = _for_verdict(fix, by, now=now)
    _decide(review, Verdict.SEND_BACK, reason, by=by, now=now)
    fix.state, fix.decided_at = FixState.SENT_BACK, now
    for other in fix.reviews:
        if other.verdict is None and other.ended_at is None:
            other.ended_at = now
    resume_lease(fix.claim, now=now)
    move_story(fix.story, "send_back", now=now)
    send_back_also(fix, now=now)
    # A fix that was accepted meanwhile may have waited for this one to know which was the first of the day.
    pay_first_fix(fix.event, by_id=by.person_id, now=now)
    _tell_author(
        fix,
        f"{by.person.player_name} sent {fix.story.key} back: {reason.strip()}",
        f"sent_back:{fix.id}:{review.id}",
        now,
    )
    check_all_after_send_backs(fix.player, now=now)
    author = fix.player.person.player_name
    audit.record("fix:sent_back", fix.story.key, by_id=by.person_id, now=now, event_id=fix.event_id, author=author)
    return fix


def appeal_send_back(fix: Fix, *, reason: str, by: Player, now: datetime) -> Fix:
    """Ask another reviewer, once; the lease stands still again.

    Raises:
        NotAllowedError: where the fix is somebody else's.
        ReviewRefusedError: where it was not sent back, was appealed before, or nobody else may review it.
    """
    fix = _locked(fix)
    if fix.player_id != by.id:
        raise NotAllowedError(f"Only {fix.player.person.player_name}, who wrote this fix, may appeal.")
    if not reason.strip():
        raise InvalidError("Say why another reviewer should look.")
    if fix.state is not FixState.SENT_BACK:
        raise ReviewRefusedError(f"The fix for {fix.story.key} is {_present(fix)}; there is nothing to appeal.")
    if fix.appealed_at is not None:
        raise ReviewRefusedError("You appealed this fix already. Mend it and submit it again.")
    if find_break(fix.player, fix.event, now=now) is not None:
        raise ReviewRefusedError("You are on a break. Return to the game first; nothing runs out meanwhile.")
    if not fix.claim.holds_at(clock_at(fix.event.paused_at, now)):
        raise ReviewRefusedError(f"Your claim on {fix.story.key} has ended. Claim it again first.")
    _check_deadline(fix, now=now)
    fix.state, fix.decided_at, fix.appealed_at, fix.appeal_reason = FixState.IN_REVIEW, None, now, reason.strip()
    if not draw_reviewers(fix, now=now, is_appeal=True):
        raise ReviewRefusedError(
            "Nobody else may review this fix now. Mend it and submit it again, or ask an organiser."
        )
    halt_lease(fix.claim, now=now)
    move_story(fix.story, "submit", now=now)
    appeal_also(fix, now=now)
    audit.record("fix:appealed", fix.story.key, by_id=by.person_id, now=now, event_id=fix.event_id)
    return fix


def _for_verdict(fix: Fix, by: Player, *, now: datetime) -> tuple[Fix, Review]:
    """Return the fix, locked, and the player's open review of it.

    Whoever was not drawn, or whose time ran out before, hears only that: how it ended may be under the freeze.
    """
    # Before the fix, as closing does: whether the board stands still is decided under this lock.
    lock_event_for_play(fix.event_id)
    fix = _locked(fix)
    if fix.player_id == by.id:
        raise NotAllowedError("Nobody reviews their own fix.")
    review = next((one for one in fix.reviews if one.player_id == by.id), None)
    if review is None:
        raise NotAllowedError(f"Reviewers are drawn, and you were not drawn for {fix.story.key}.")
    was_late = review.verdict is None and review.ended_at is not None and review.ended_at != fix.decided_at
    if fix.state is not FixState.IN_REVIEW and not was_late:
        raise ReviewRefusedError(f"{fix.story.key} is {_present(fix)}. Your verdict was not counted.")
    _check_deadline(fix, now=now)
    if by.squad_id is not None and by.squad_id in {fix.squad_id, fix.player.squad_id}:
        raise NotAllowedError(
            f"You play in the squad of {fix.player.person.player_name} by now. Somebody else reviews."
        )
    if by.left_at is not None:
        raise NotAllowedError(f"You left {fix.event.name}. Join it again to review.")
    if review.verdict is not None:
        raise ReviewRefusedError(f"You decided this at {clock(review.decided_at)} already.")
    if review.ended_at is not None:
        raise ReviewRefusedError(
            f"Your time to review {fix.story.key} ran out at {clock(review.ended_at)}; somebody else was drawn."
        )
    return fix, review


def _decide(review: Review, verdict: Verdict, reason: str, *, by: Player, now: datetime) -> None:
    review.verdict, review.reason, review.decided_at = verdict, reason.strip(), now
    review.squad_id = by.squad_id
    db.session.flush()


def _is_enough(fix: Fix) -> bool:
    """Say whether as many accepted as the rules ask; one is enough after an appeal."""
    accepted = [one for one in fix.reviews if one.verdict is Verdict.ACCEPT]
    needed = 1 if fix.appealed_at else Rules.from_document(fix.event.rules).reviews_needed
    return len(accepted) >= needed


def _locked(fix: Fix) -> Fix:
    """Return the fix as it is now, held, with its author, against a pause, a break or a verdict at the same instant.

    The order is that of whoever begins a break: the event, the player, then what is theirs.
    """
    lock_event_for_play(fix.event_id)
    lock_player(fix.player_id)
    query = (
        sa.select(Fix)
        .where(Fix.id == fix.id)
        .options(joinedload(Fix.story), joinedload(Fix.event), joinedload(Fix.player))
        .with_for_update(of=Fix)
    )
    return db.session.scalars(query, execution_options={"populate_existing": True}).unique().one()


def _check_deadline(fix: Fix, *, now: datetime) -> None:
    event = fix.event
    if event.state not in {EventState.LIVE, EventState.JUDGING}:
        raise ReviewRefusedError(f"{event.name} is {event.state.value}, so reviews are over.")
    if event.paused_at is None and now > event.reviews_end_at:
        raise ReviewRefusedError(f"Reviews ended at {clock(event.reviews_end_at)}. Ask an organiser.")


def _present(fix: Fix) -> str:
    if fix.state is FixState.IN_REVIEW:
        return "in review"
    word = "squashed" if fix.state is FixState.ACCEPTED else "sent back"
    verdict = Verdict.ACCEPT if fix.state is FixState.ACCEPTED else Verdict.SEND_BACK
    who = [one.player.person.player_name for one in fix.reviews if one.verdict is verdict]
    by = f" by {who[-1]}" if who else ""
    return f"{word}{by} at {clock(fix.decided_at)}" if fix.decided_at else word


def _squash(fix: Fix, *, by: Person, now: datetime) -> None:
    """Squash a story, and what the same change solves; what pays most is paid first, since one problem pays once."""
    for one, entry in by_worth([fix, *also_of(fix, FixState.IN_REVIEW)]):
        _squash_one(one, entry, by=by, now=now)


def _squash_one(fix: Fix, entry: EventStory, *, by: Person, now: datetime) -> None:
    fix.state, fix.decided_at = FixState.ACCEPTED, now
    for other in fix.reviews:
        if other.verdict is None and other.ended_at is None:
            other.ended_at = now
    entry.squashed_at, entry.squashed_by_id = now, fix.player_id
    end_claim(fix.claim, ClaimEnd.ACCEPTED, now=now)
    db.session.flush()
    paid = pay_fix(fix, entry, by_id=by.id, now=now)
    if is_public(now, fix.event.public_until(now)):
        reveal_fix(fix, now=now)
    _tell_author(
        fix, f"{fix.story.key} is squashed. {by.player_name} accepted it. {paid:+d}", f"squashed:{fix.id}", now
    )
    check_if_drawn(fix, entry, now=now)
    author = fix.player.person.player_name
    audit.record(
        "fix:accepted", fix.story.key, by_id=by.id, now=now, event_id=fix.event_id, player=author, points=paid,
        reviewer=by.player_name,
    )  # fmt: skip


def _tell_author(fix: Fix, text: str, key: str, now: datetime) -> None:
    """Tell whoever wrote a fix what became of it; a freeze hides nothing from them."""
    url = f"/stories/{fix.story.key}"
    tell(fix.player.person_id, NoticeKind.FIX_DECIDED, text, key=key, now=now, url=url)
