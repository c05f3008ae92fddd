"""Days together as entries of the calendars of giver and receiver."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.feeds import A_DAY, Item
from gamebash.rotation.models import Move
from gamebash.staffing.handovers.checklist import DAY_WORDS
from gamebash.staffing.handovers.models import Handover, HandoverDay

GIVER, RECEIVER = aliased(Person), aliased(Person)


def days_in_calendar(person: Person) -> tuple[Item, ...]:
    """Return the days together that somebody gives or receives on; those taken back say so. One query."""
    query = (
        sa.select(HandoverDay, Handover.number, Move.hash, GIVER.name, RECEIVER.name, Handover.person_id)
        .join_from(HandoverDay, Handover, Handover.id == HandoverDay.handover_id)
        .join(Move, Move.id == Handover.move_id)
        .join(GIVER, GIVER.id == Handover.person_id)
        .outerjoin(RECEIVER, RECEIVER.id == Handover.receiver_id)
        .where(sa.or_(Handover.person_id == person.id, Handover.receiver_id == person.id))
        .order_by(HandoverDay.id)
        .options(sa.orm.lazyload("*"))
    )
    items = []
    for day, number, digest, giver, receiver, giver_id in db.session.execute(query):
        other = receiver if giver_id == person.id else giver
        items.append(
            Item(
                uid=f"handover-{number}-{day.id}-{digest[:16]}@gamebash",
                sequence=1 if day.cancelled_at else 0,
                stamp=day.cancelled_at or day.planned_at,
                first=day.together_on,
                end=day.together_on + A_DAY,
                summary=f"{DAY_WORDS[day.kind]} with {other or 'who takes over'}",
                description="",
                status="CANCELLED" if day.cancelled_at else "CONFIRMED",
                path=f"/handovers/{number}",
            )
        )
    return tuple(items)
