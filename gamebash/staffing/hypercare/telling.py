"""What people hear of hypercare: builders that they are asked, learners what to confirm, managers what to decide."""

from datetime import date, datetime

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.rotation.managing import is_manager, managers_of
from gamebash.rotation.refusals import words
from gamebash.staffing.hypercare.kinds import SeatState
from gamebash.staffing.hypercare.models import Hypercare, L3Seat, TeachEntry

AT_ONCE = 200
MOST_MANAGERS = 20


def tell_asked(seat: L3Seat, *, now: datetime) -> None:
    """Ask somebody to stay as L3, and say why them."""
    hypercare = seat.hypercare
    why = f" You {_as_you(seat.reasons[0])}." if seat.reasons else ""
    text = f"{hypercare.service.name} went out. Will you stay as L3 until {words(hypercare.expected_on)}?{why}"
    _tell(hypercare, seat.person_id, text, f"asked:{seat.id}", now=now)


def tell_answered(seat: L3Seat, text: str, *, now: datetime) -> None:
    """Tell who asked by hand what the answer is."""
    if seat.asked_by_id is not None and seat.asked_by_id != seat.person_id:
        _tell(seat.hypercare, seat.asked_by_id, text, f"answered:{seat.id}:{seat.state.value}", now=now)


def tell_nobody(hypercare: Hypercare, *, now: datetime) -> None:
    """Tell managers that nobody is left to be asked."""
    text = f"Nobody is left who could stay as L3 for {hypercare.service.name}. Ask somebody by hand."
    for person_id in managers_for(hypercare):
        _tell(hypercare, person_id, text, "nobody", now=now)


def tell_taught(entry: TeachEntry, *, now: datetime) -> None:
    """Ask the learner to confirm."""
    text = f"{entry.teacher.name} says they taught you: {entry.what}. Confirm it, if so."
    _tell(entry.hypercare, entry.learner_id, text, f"taught:{entry.id}", now=now)


def tell_confirmed(entry: TeachEntry, *, now: datetime) -> None:
    """Tell the teacher that the lesson counts."""
    text = f"{entry.learner.name} confirms that you taught them: {entry.what}."
    _tell(entry.hypercare, entry.teacher_id, text, f"confirmed:{entry.id}", now=now)


def tell_ended(hypercare: Hypercare, by: Person, *, now: datetime) -> None:
    """Tell everybody who said yes that it is over, with thanks."""
    text = f"Hypercare of {hypercare.service.name} is over. Thank you for standing beside ops."
    for seat in hypercare.seats:
        if seat.state is SeatState.ACCEPTED and seat.person_id != by.id:
            _tell(hypercare, seat.person_id, text, "ended", now=now)


def tell_prolonged(hypercare: Hypercare, by: Person, *, now: datetime) -> None:
    """Tell everybody who said yes that it goes on."""
    text = f"{by.name} lets hypercare of {hypercare.service.name} go on until {words(hypercare.longest_on)}."
    for seat in hypercare.seats:
        if seat.state is SeatState.ACCEPTED and seat.until_on is None and seat.person_id != by.id:
            _tell(hypercare, seat.person_id, text, f"prolonged:{hypercare.longest_on}", now=now)


def ask_for_decisions(*, now: datetime) -> bool:
    """Tell L3 and managers that the usual days are over, and managers once the longest are; a chore of the worker.

    Looks at each hypercare that runs once a day.
    """
    today = now.date()
    query = sa.select(Hypercare).where(
        Hypercare.ended_on.is_(None),
        Hypercare.expected_on <= today,
        sa.or_(Hypercare.reminded_on.is_(None), Hypercare.reminded_on < today),
    )
    due = db.session.scalars(query.order_by(Hypercare.id).limit(AT_ONCE)).all()
    for hypercare in due:
        _remind(hypercare, today, now=now)
        hypercare.reminded_on = today
    return bool(due)


def managers_for(hypercare: Hypercare) -> set[int]:
    """Return who decides about a hypercare: managers of the team that owns the service, else any managers."""
    owner = hypercare.service.team_id
    named = managers_of([owner]) if owner is not None else {}
    if named:
        return {person.id for people in named.values() for person in people}
    query = sa.select(Person.id).where(Person.is_active, is_manager()).order_by(Person.id).limit(MOST_MANAGERS)
    return set(db.session.scalars(query))


def _remind(hypercare: Hypercare, today: date, *, now: datetime) -> None:
    name, days = hypercare.service.name, (hypercare.expected_on - hypercare.begins_on).days
    if today >= hypercare.longest_on:
        text = f"Hypercare of {name} runs since {words(hypercare.begins_on)}. End it or let it go on, and say why."
        for person_id in managers_for(hypercare):
            _tell(hypercare, person_id, text, f"decide:{hypercare.longest_on}", now=now)
        return
    text = f"{days} days of hypercare of {name} are over. See what is missing before it can end."
    standing = {one.person_id for one in hypercare.seats if one.state is SeatState.ACCEPTED and one.until_on is None}
    for person_id in standing | managers_for(hypercare):
        _tell(hypercare, person_id, text, f"expected:{hypercare.expected_on}", now=now)


def _as_you(reason: str) -> str:
    return f"are{reason[2:]}" if reason.startswith("is ") else reason


def _tell(hypercare: Hypercare, person_id: int, text: str, what: str, *, now: datetime) -> None:
    key = f"hypercare:{hypercare.number}:{what}"
    tell(person_id, NoticeKind.HYPERCARE, text, key=key, now=now, url=f"/hypercare/{hypercare.number}")
