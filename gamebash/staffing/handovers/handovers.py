"""Beginning a handover with a planned move, naming who receives, and working through its list."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.people.models import Person
from gamebash.rotation.membership import is_standing
from gamebash.rotation.models import Move
from gamebash.staffing.handovers import telling
from gamebash.staffing.handovers.allowing import lock_handover, refuse_others_than_giver, refuse_strangers
from gamebash.staffing.handovers.models import Handover, HandoverItem
from gamebash.staffing.rulebook import LONGEST_ITEM, MOST_ITEMS
from gamebash.staffing.rules import handover_rule

AT_ONCE = 200


class Handovers:
    """Has a handover begun for each planned move out of a team, and lets it go over to what corrects the move."""

    name = "handovers"

    def written(self, move: Move, *, now: datetime) -> None:
        """Hear of an entry in the log."""
        handover = db.session.scalar(sa.select(Handover).where(Handover.move_id == move.corrects_id))
        if handover is not None:
            handover.move_id = move.id
            db.session.flush()
            db.session.expire(handover, ["move"])
        elif is_planned(move, now=now):
            begin_handover(move, now=now)


def is_planned(move: Move, *, now: datetime) -> bool:
    """Say whether a move leads out of a team on a day yet to come."""
    return move.from_team_id is not None and move.effective_on > now.date()


def begin_handover(move: Move, *, now: datetime) -> Handover:
    """Make the handover of a planned move from the list as it is set now; in a swap each receives from the other."""
    handover = Handover(number=next_number("handovers"), move=move, person_id=move.person_id, made_at=now)
    handover.items = [HandoverItem(text=text) for text in handover_rule().items]
    db.session.add(handover)
    db.session.flush()
    audit.record("handover:begun", str(handover.number), by_id=move.logged_by_id, now=now, move=move.number)
    telling.tell_begun(handover, now=now)
    if move.swap is not None:
        _receive_from_each_other(handover, now=now)
    return handover


def begin_missing_handovers(*, now: datetime) -> bool:
    """Begin the handovers of planned moves that were logged before there were any; a chore of the worker."""
    has_one = sa.exists().where(Handover.move_id == Move.id)
    query = sa.select(Move).where(
        Move.effective_on > now.date(), Move.from_team_id.is_not(None), is_standing(), ~has_one
    )
    found = db.session.scalars(query.order_by(Move.id).limit(AT_ONCE)).all()
    for move in found:
        begin_handover(move, now=now)
    return bool(found)


def name_receiver(handover: Handover, person: Person, *, by: Person, now: datetime) -> Handover:
    """Name who takes over and in the end signs; another one can be named until then.

    Raises:
        InvalidError: where it is the giver, or somebody who left.
        NotAllowedError: where somebody else than the giver and the managers of both teams names them.
        CalledOffHandoverError, SignedHandoverError: where it is over.
    """
    refuse_strangers(handover, by)
    handover = lock_handover(handover)
    if person.id == handover.person_id:
        raise InvalidError("Somebody else takes over. Choose another person.")
    if not person.is_active:
        raise InvalidError(f"{person.name} is not here any more. Choose another person.")
    if handover.receiver_id == person.id:
        return handover
    handover.receiver = person
    db.session.flush()
    audit.record("handover:receiver_named", str(handover.number), by_id=by.id, now=now, person_id=person.id)
    telling.tell_receiver(handover, now=now)
    return handover


def write_notes(handover: Handover, text: str, *, by: Person, now: datetime) -> Handover:
    """Keep what the giver wants the receiver to know; the two and the managers of both teams read it.

    Raises:
        NotAllowedError: where somebody else writes.
        CalledOffHandoverError, SignedHandoverError: where it is over.
    """
    refuse_others_than_giver(handover, by)
    handover = lock_handover(handover)
    handover.notes = text.strip()
    audit.record("handover:notes_written", str(handover.number), by_id=by.id, now=now)
    return handover


def tick_item(handover: Handover, item_id: int, *, by: Person, now: datetime) -> HandoverItem:
    """Say that something is passed on; a second time changes nothing. With the last one the receiver is told.

    Raises:
        NotAllowedError: where somebody else than the giver says so.
        NotFoundError: where the list has no such item.
        CalledOffHandoverError, SignedHandoverError: where it is over.
    """
    refuse_others_than_giver(handover, by)
    handover = lock_handover(handover)
    item = _item(handover, item_id)
    if item.ticked_at is None:
        item.ticked_at = now
        audit.record("handover:ticked", str(handover.number), by_id=by.id, now=now, item=item.text)
        if all(one.ticked_at for one in handover.items):
            telling.tell_ready(handover, now=now)
    return item


def untick_item(handover: Handover, item_id: int, *, by: Person, now: datetime) -> HandoverItem:
    """Take back that something is passed on.

    Raises:
        NotAllowedError, NotFoundError, CalledOffHandoverError, SignedHandoverError: as for ticking.
    """
    refuse_others_than_giver(handover, by)
    handover = lock_handover(handover)
    item = _item(handover, item_id)
    if item.ticked_at is not None:
        item.ticked_at = None
        audit.record("handover:unticked", str(handover.number), by_id=by.id, now=now, item=item.text)
    return item


def add_item(handover: Handover, text: str, *, by: Person, now: datetime) -> HandoverItem:
    """Add something to pass on.

    Raises:
        DomainError: where the list is full.
        InvalidError: without words, or with too many.
        NotAllowedError: where somebody else than the giver and the managers of both teams adds it.
        CalledOffHandoverError, SignedHandoverError: where it is over.
    """
    refuse_strangers(handover, by)
    handover = lock_handover(handover)
    if not 0 < len(text.strip()) <= LONGEST_ITEM:
        raise InvalidError(f"Say in up to {LONGEST_ITEM} letters what is to be passed on.")
    if len(handover.items) >= MOST_ITEMS:
        raise DomainError(f"The list has {MOST_ITEMS} items. Drop one first.")
    item = HandoverItem(text=text.strip())
    handover.items.append(item)
    db.session.flush()
    audit.record("handover:item_added", str(handover.number), by_id=by.id, now=now, item=item.text)
    return item


def drop_item(handover: Handover, item_id: int, *, by: Person, now: datetime) -> Handover:
    """Take something off the list that need not be passed on.

    Raises:
        DomainError: where it is ticked, or the last one.
        NotAllowedError, NotFoundError, CalledOffHandoverError, SignedHandoverError: as for adding.
    """
    refuse_strangers(handover, by)
    handover = lock_handover(handover)
    item = _item(handover, item_id)
    if item.ticked_at is not None:
        raise DomainError("That is passed on already. Untick it first if it is not.")
    if len(handover.items) == 1:
        raise DomainError("This is the last one. A handover passes on at least one thing.")
    handover.items.remove(item)
    db.session.delete(item)
    audit.record("handover:item_dropped", str(handover.number), by_id=by.id, now=now, item=item.text)
    db.session.flush()
    return handover


def _item(handover: Handover, item_id: int) -> HandoverItem:
    item = next((one for one in handover.items if one.id == item_id), None)
    if item is None:
        raise NotFoundError("That is not on the list any more. Look at it again.")
    return item


def _receive_from_each_other(handover: Handover, *, now: datetime) -> None:
    """Let the two of a swap receive from each other, once both moves are there."""
    query = (
        sa.select(Handover)
        .join(Move, Move.id == Handover.move_id)
        .where(Move.swap == handover.move.swap, Handover.id != handover.id)
    )
    other = db.session.scalar(query.order_by(Handover.id.desc()).limit(1))
    if other is None:
        return
    for one, receiver in ((handover, other.person), (other, handover.person)):
        if one.receiver_id is None and one.person_id != receiver.id:
            one.receiver = receiver
            db.session.flush()
            telling.tell_receiver(one, now=now)
