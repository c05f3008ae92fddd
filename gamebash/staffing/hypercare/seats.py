"""Asking people to stay as L3, and what they say. Nobody is put on without saying yes, and anybody may step back."""

from datetime import date, datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.people.models import Person
from gamebash.rotation.refusals import words
from gamebash.staffing.hypercare import telling
from gamebash.staffing.hypercare.builders import builders_of
from gamebash.staffing.hypercare.kinds import SEAT_WORDS, SeatState
from gamebash.staffing.hypercare.models import Hypercare, L3Seat
from gamebash.staffing.hypercare.proposing import proposals
from gamebash.staffing.hypercare.running import lock_hypercare

BY_HAND = "was asked by hand"
_ONE_A_PERSON = next(
    constraint
    for constraint in db.metadata.tables["l3_seats"].constraints
    if isinstance(constraint, sa.UniqueConstraint)
)


class AnsweredSeatError(DomainError):
    """The person answered before, or stepped back; the message says what and when."""


class AlreadyAskedError(DomainError):
    """The person was asked before."""


def ask_builders(hypercare: Hypercare, *, now: datetime) -> tuple[L3Seat, ...]:
    """Ask those who built it: all authors, and others until as many are asked or on as the rule wants."""
    standing = sum(_counts(seat) for seat in hypercare.seats)
    wanted = max(0, hypercare.asks.seats - standing)
    found = proposals(builders_of(hypercare, today=now.date()), wanted)
    seats = tuple(_ask(hypercare, one.person, list(one.reasons), None, now=now) for one in found)
    if not seats and not standing:
        telling.tell_nobody(hypercare, now=now)
    return seats


def ask_person(hypercare: Hypercare, person: Person, *, by: Person, now: datetime) -> L3Seat:
    """Ask somebody by hand to stay as L3.

    Raises:
        AlreadyAskedError: where they were asked before; says what they said.
        EndedHypercareError: where it is over.
        InvalidError: where they left.
    """
    hypercare = lock_hypercare(hypercare)
    if not person.is_active:
        raise InvalidError(f"{person.name} is not here any more. Ask somebody else.")
    known = next((seat for seat in hypercare.seats if seat.person_id == person.id), None)
    if known is not None:
        raise AlreadyAskedError(_asked_before(known))
    return _ask(hypercare, person.id, [BY_HAND], by, now=now)


def accept_seat(hypercare: Hypercare, *, by: Person, now: datetime) -> L3Seat:
    """Say yes: from today, or from the first day of the hypercare where that lies ahead. It moves nobody out of their team.

    Raises:
        AnsweredSeatError: where they said yes before, or stepped back.
        EndedHypercareError: where it is over.
        NotAllowedError: where they were not asked.
    """
    hypercare = lock_hypercare(hypercare)
    seat = _own(hypercare, by)
    if seat.state is SeatState.ACCEPTED:
        raise AnsweredSeatError(_answered(seat))
    seat.state, seat.answered_at = SeatState.ACCEPTED, now
    seat.from_on = max(hypercare.begins_on, now.date())
    audit.record("l3:accepted", str(hypercare.number), by_id=by.id, now=now)
    telling.tell_answered(seat, f"{by.name} stays as L3 for {hypercare.service.name}.", now=now)
    return seat


def decline_seat(hypercare: Hypercare, *, by: Person, now: datetime) -> L3Seat:
    """Say no; no reason is asked. The next of those who built it is asked instead.

    Raises:
        AnsweredSeatError: where they answered before.
        EndedHypercareError: where it is over.
        NotAllowedError: where they were not asked.
    """
    hypercare = lock_hypercare(hypercare)
    seat = _own(hypercare, by)
    if seat.state is not SeatState.ASKED:
        raise AnsweredSeatError(_answered(seat))
    seat.state, seat.answered_at = SeatState.DECLINED, now
    audit.record("l3:declined", str(hypercare.number), by_id=by.id, now=now)
    db.session.flush()
    telling.tell_answered(seat, f"{by.name} cannot stay as L3 for {hypercare.service.name}.", now=now)
    ask_builders(hypercare, now=now)
    return seat


def step_back(hypercare: Hypercare, *, by: Person, now: datetime) -> L3Seat:
    """Stop being L3 before the end; the days so far count, and the next of those who built it is asked.

    Raises:
        AnsweredSeatError: where they stepped back before.
        EndedHypercareError: where it is over.
        NotAllowedError: where they are not L3.
    """
    hypercare = lock_hypercare(hypercare)
    seat = _own(hypercare, by)
    if seat.state is not SeatState.ACCEPTED or seat.from_on is None:
        raise NotAllowedError(f"You are not L3 for {hypercare.service.name}.")
    if seat.until_on is not None:
        raise AnsweredSeatError(_answered(seat))
    seat.until_on = max(seat.from_on, now.date())
    audit.record("l3:stepped_back", str(hypercare.number), by_id=by.id, now=now)
    db.session.flush()
    telling.tell_answered(seat, f"{by.name} steps back from being L3 for {hypercare.service.name}.", now=now)
    ask_builders(hypercare, now=now)
    return seat


def end_seats(hypercare: Hypercare, on: date) -> None:
    """Let everybody go who is L3, with the end of the hypercare."""
    for seat in hypercare.seats:
        if seat.state is SeatState.ACCEPTED and seat.until_on is None and seat.from_on is not None:
            seat.until_on = max(seat.from_on, on)


def let_go_who_left(*, now: datetime) -> bool:
    """Let everybody go who is L3 or asked and not here any more, and ask the next; a chore of the worker."""
    gone = (
        sa.select(Hypercare)
        .join(L3Seat, L3Seat.hypercare_id == Hypercare.id)
        .join(Person, Person.id == L3Seat.person_id)
        .where(Hypercare.ended_on.is_(None), L3Seat.until_on.is_(None), L3Seat.state != SeatState.DECLINED)
        .where(~Person.is_active)
        .order_by(Hypercare.id)
        .limit(1)
    )
    found = db.session.scalars(gone).first()
    if found is None:
        return False
    hypercare = lock_hypercare(found)
    for seat in hypercare.seats:
        if _counts(seat) and not seat.person.is_active:
            if seat.state is SeatState.ASKED or seat.from_on is None:
                seat.state, seat.answered_at = SeatState.DECLINED, now
            else:
                seat.until_on = max(seat.from_on, now.date())
            audit.record("l3:left", str(hypercare.number), by_id=None, now=now, person_id=seat.person_id)
    db.session.flush()
    ask_builders(hypercare, now=now)
    return True


def _ask(hypercare: Hypercare, person_id: int, reasons: list[str], by: Person | None, *, now: datetime) -> L3Seat:
    seat = L3Seat(
        hypercare_id=hypercare.id, person_id=person_id, reasons=reasons, state=SeatState.ASKED, asked_at=now,
        asked_by_id=by.id if by else None,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(seat)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_A_PERSON):
            raise
        raise AlreadyAskedError("They were asked at this very moment by somebody else. Look at it again.") from error
    audit.record("l3:asked", str(hypercare.number), by_id=by.id if by else None, now=now, person_id=person_id)
    telling.tell_asked(seat, now=now)
    db.session.expire(hypercare, ["seats"])
    return seat


def _own(hypercare: Hypercare, by: Person) -> L3Seat:
    seat = next((one for one in hypercare.seats if one.person_id == by.id), None)
    if seat is None:
        raise NotAllowedError(f"You were not asked to stay as L3 for {hypercare.service.name}.")
    return seat


def _counts(seat: L3Seat) -> bool:
    return seat.state is SeatState.ASKED or (seat.state is SeatState.ACCEPTED and seat.until_on is None)


def _answered(seat: L3Seat) -> str:
    if seat.until_on is not None:
        return f"You stepped back on {words(seat.until_on)}. Let somebody ask another person."
    at = f" on {words(seat.answered_at)}" if seat.answered_at else ""
    return f"You {SEAT_WORDS[seat.state]}{at}. Step back if you cannot go on."


def _asked_before(seat: L3Seat) -> str:
    said = "has not answered" if seat.state is SeatState.ASKED else SEAT_WORDS[seat.state]
    return f"{seat.person.name} was asked on {words(seat.asked_at)}, and {said}."
