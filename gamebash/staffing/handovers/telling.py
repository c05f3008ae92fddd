"""What the people of a handover are told: who receives, that it can be signed, that it was, and that its day is near."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.rotation.managing import managers_of, sides_of
from gamebash.rotation.membership import is_standing
from gamebash.rotation.models import Move
from gamebash.rotation.refusals import words
from gamebash.staffing.handovers.models import Handover, HandoverDay, HandoverItem, HandoverSignOff

# How many days ahead giver and receiver are reminded, the nearest last, and how long managers hear of one overdue.
AHEAD = (7, 1)
OVERDUE_DAYS = 60
AT_ONCE = 200


def tell_begun(handover: Handover, *, now: datetime) -> None:
    """Tell the giver that there is a list."""
    day, team = words(handover.move.effective_on), _left(handover)
    _tell(handover, handover.person_id, f"You leave {team} on {day}. Your handover list is ready.", "begun", now=now)


def tell_receiver(handover: Handover, *, now: datetime) -> None:
    """Tell the receiver, and the giver, who receives."""
    receiver = handover.receiver
    if receiver is None:
        return
    day, team, what = words(handover.move.effective_on), _left(handover), f"receiver:{receiver.id}"
    text = f"You take over from {handover.person.name}, who leaves {team} on {day}. In the end you sign for it."
    _tell(handover, receiver.id, text, what, now=now)
    _tell(handover, handover.person_id, f"{receiver.name} takes over from you in {team}.", what, now=now)


def tell_ready(handover: Handover, *, now: datetime) -> None:
    """Tell the receiver that everything is ticked."""
    if handover.receiver_id is not None:
        text = f"{handover.person.name} has ticked everything. If you have it, sign for it."
        _tell(handover, handover.receiver_id, text, f"ready:{len(handover.items)}", now=now)


def tell_signed(handover: Handover, *, now: datetime) -> None:
    """Tell the giver and the managers of both teams that it is signed."""
    name = handover.receiver.name if handover.receiver else ""
    _tell(handover, handover.person_id, f"{name} has signed your handover. Thank you for it.", "signed", now=now)
    text = f"{name} has signed the handover of {handover.person.name} from {_left(handover)}."
    for manager in _managers(handover) - {handover.person_id, handover.receiver_id}:
        _tell(handover, manager, text, "signed", now=now)


def tell_day(day: HandoverDay, text: str, by_id: int, *, now: datetime) -> None:
    """Tell the one of the two who did not plan or cancel a day together."""
    for person_id in {day.handover.person_id, day.handover.receiver_id} - {by_id, None}:
        if person_id is not None:
            what = f"day:{day.id}:{'off' if day.cancelled_at else 'on'}"
            _tell(day.handover, person_id, text, what, now=now)


def remind_of_handovers(*, now: datetime) -> bool:
    """Remind giver and receiver a week and a day ahead, and managers too once the day came without a signature.

    A chore of the worker. Looks at each handover once a day, and only at those near or overdue.
    """
    today = now.date()
    first, last = today - timedelta(days=OVERDUE_DAYS), today + timedelta(days=max(AHEAD))
    signed = sa.exists().where(HandoverSignOff.handover_id == Handover.id)
    query = (
        sa.select(Handover)
        .join(Move, Move.id == Handover.move_id)
        .where(Move.effective_on >= first, Move.effective_on <= last, is_standing(), ~signed)
        .where(sa.or_(Handover.reminded_on.is_(None), Handover.reminded_on < today))
        .order_by(Handover.id)
        .limit(AT_ONCE)
    )
    near = db.session.scalars(query).all()
    for handover in near:
        _remind(handover, today, now=now)
        handover.reminded_on = today
    return bool(near)


def _remind(handover: Handover, today: date, *, now: datetime) -> None:
    left = handover.move.effective_on - today
    if left <= timedelta(0):
        text = f"{handover.person.name} left {_left(handover)} on {words(handover.move.effective_on)}, and the handover is not signed."
        for person_id in _managers(handover) | {handover.person_id}:
            _tell(handover, person_id, text, "overdue", now=now)
        if handover.receiver_id:
            _tell(handover, handover.receiver_id, f"{text} Sign for it, or say what is missing.", "overdue", now=now)
        return
    days = min(one for one in AHEAD if left.days <= one)
    when = "tomorrow" if days == 1 else "within a week"
    unticked = sa.select(sa.func.count()).where(
        HandoverItem.handover_id == handover.id, HandoverItem.ticked_at.is_(None)
    )
    missing = db.session.scalar(unticked.select_from(HandoverItem)) or 0
    what = f"{missing} of your handover list are open" if missing else "your list is ticked"
    receiver = "" if handover.receiver_id else ", and nobody is named who receives"
    text = f"You leave {_left(handover)} {when}; {what}{receiver}."
    _tell(handover, handover.person_id, text, f"ahead:{days}", now=now)
    if handover.receiver_id:
        text = f"{handover.person.name} leaves {_left(handover)} {when}. You sign for what is handed over."
        _tell(handover, handover.receiver_id, text, f"ahead:{days}", now=now)


def _tell(handover: Handover, person_id: int, text: str, what: str, *, now: datetime) -> None:
    key = f"handover:{handover.number}:{what}:{handover.move.number}"
    tell(person_id, NoticeKind.HANDOVER, text, key=key, now=now, url=f"/handovers/{handover.number}")


def _left(handover: Handover) -> str:
    return handover.move.from_team.code if handover.move.from_team else "the team"


def _managers(handover: Handover) -> set[int]:
    named = managers_of(tuple(sides_of(handover.move).values()))
    return {person.id for people in named.values() for person in people}
