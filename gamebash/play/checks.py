"""Spot checks: accepted fixes that a second person looks at, drawn like a reviewer, after the points are paid.

A check that a fix fails takes nothing back by itself: it is shown to the organisers, who may. It counts like a send-back.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.core.filters import clock
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.play.allowances import Conduct, allowance
from gamebash.play.checking import is_drawn_for_check
from gamebash.play.claims import conduct_columns
from gamebash.play.drawing import Occasion, draw
from gamebash.play.models import CheckCause, Fix, FixState, SpotCheck
from gamebash.play.reviewers import candidates_for


class CheckRefusedError(DomainError):
    """The check does not count; the message says who decided, when, and what now."""


def check_if_drawn(fix: Fix, entry: EventStory, *, now: datetime) -> SpotCheck | None:
    """Have an accepted fix looked at a second time where its lot says so; one that pays nothing never."""
    points = 0 if fix.unpaid_because else entry.points or 0
    if not is_drawn_for_check(fix.id, points, Rules.from_document(fix.event.rules)):
        return None
    return _draw_check(fix, CheckCause.LOT, now=now)


def check_all_after_send_backs(author: Player, *, now: datetime) -> list[SpotCheck]:
    """Have everything of a player's that was accepted looked at again, once their send-backs have reached the limit."""
    rules = Rules.from_document(author.event.rules)
    sent_back = db.session.scalar(sa.select(conduct_columns(now)[0]).select_from(Player).where(Player.id == author.id))
    if allowance(Conduct(sent_back=sent_back or 0), rules).claims:
        return []
    accepted = sa.select(Fix).where(Fix.player_id == author.id, Fix.state == FixState.ACCEPTED).order_by(Fix.id)
    drawn = [_draw_check(fix, CheckCause.SEND_BACKS, now=now) for fix in db.session.scalars(accepted).all()]
    return [check for check in drawn if check is not None]


def decide_check(fix: Fix, *, holds: bool, reason: str, by: Player, now: datetime) -> SpotCheck:
    """Say whether an accepted fix does what it says, as the one who was drawn to look again.

    Raises:
        InvalidError: without a reason where it does not.
        NotAllowedError: where the player was not drawn, or plays in the author's squad by now.
        CheckRefusedError: where they decided already, their time ran out, or reviews are over.
    """
    if not holds and not reason.strip():
        raise InvalidError("Say what does not hold; the organisers decide by your words.")
    query = sa.select(SpotCheck).where(SpotCheck.fix_id == fix.id, SpotCheck.player_id == by.id)
    check = db.session.scalar(query.with_for_update(of=SpotCheck).execution_options(populate_existing=True))
    key = fix.story.key
    if check is None:
        raise NotAllowedError(f"You were not drawn to look at {key} again.")
    if by.squad_id is not None and by.squad_id in {fix.squad_id, fix.player.squad_id}:
        raise NotAllowedError(f"You play in the squad of {fix.player.person.player_name} by now.")
    if check.decided_at is not None:
        raise CheckRefusedError(f"You decided this at {clock(check.decided_at)} already.")
    if check.ended_at is not None:
        raise CheckRefusedError(f"Your time to look at {key} ran out at {clock(check.ended_at)}.")
    _refuse_over(fix.event, now)
    check.holds, check.reason, check.decided_at = holds, reason.strip(), now
    tag = "fix:check_held" if holds else "fix:check_failed"
    audit.record(tag, key, by_id=by.person_id, now=now, event_id=fix.event_id, reason=reason.strip())
    db.session.flush()
    if not holds:
        check_all_after_send_backs(fix.player, now=now)
    return check


def sweep_checks(*, now: datetime) -> bool:
    """Draw somebody else where a check ran out or its player left; says whether anything changed. A chore of the worker."""
    late = sa.or_(SpotCheck.lease_ends_at <= now, Player.left_at.is_not(None))
    query = (
        sa.select(SpotCheck)
        .join(SpotCheck.player)
        .join(SpotCheck.fix)
        .join(Fix.event)
        .where(SpotCheck.decided_at.is_(None), SpotCheck.ended_at.is_(None), late, Event.paused_at.is_(None))
        .where(Event.state.in_([EventState.LIVE, EventState.JUDGING]), Event.reviews_end_at > now)
        .options(joinedload(SpotCheck.fix))
        .order_by(SpotCheck.id)
        .with_for_update(of=SpotCheck, skip_locked=True)
    )
    changed = False
    for check in db.session.scalars(query).all():
        check.ended_at = now
        changed = _draw_check(check.fix, check.cause, now=now) is not None or changed
    return changed


def _draw_check(fix: Fix, cause: CheckCause, *, now: datetime) -> SpotCheck | None:
    """Draw whoever may look: nobody with a part in the fix, nobody who judged it before; None where nobody may."""
    looked = db.session.scalars(sa.select(SpotCheck).where(SpotCheck.fix_id == fix.id)).all()
    if any(check.decided_at is None and check.ended_at is None for check in looked):
        return None
    seen = {*(one.player_id for one in looked), *(one.player_id for one in fix.reviews)}
    barred = {fix.player_id, *(assist.player_id for assist in fix.assists), *seen}
    rules = Rules.from_document(fix.event.rules)
    occasion = Occasion(fix.id, fix.player.squad_id, barred, pair_limit=rules.pair_limit + 1)
    drawn = draw(candidates_for(fix), occasion, 1)
    if not drawn:
        return None
    ends_at = now + timedelta(minutes=rules.review_lease_minutes)
    check = SpotCheck(fix_id=fix.id, player_id=drawn[0].player_id, cause=cause, drawn_at=now, lease_ends_at=ends_at)
    db.session.add(check)
    db.session.flush()
    text = f"You were drawn to look at {fix.story.key} a second time, until {clock(ends_at)}."
    url = f"/stories/{fix.story.key}#check"
    tell(check.player.person_id, NoticeKind.REVIEW_DRAWN, text, key=f"check-{check.id}", now=now, url=url)
    return check


def _refuse_over(event: Event, now: datetime) -> None:
    is_running = event.state in {EventState.LIVE, EventState.JUDGING}
    if not is_running or (event.paused_at is None and now > event.reviews_end_at):
        raise CheckRefusedError(f"Reviews of {event.name} are over.")
