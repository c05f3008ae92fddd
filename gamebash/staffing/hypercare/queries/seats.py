"""Who is or was L3, as other pages need it: hours for sprints, turns of the timeline, days for fairness."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.charts import Turn
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.feeds import Item
from gamebash.rotation.lanes import Span
from gamebash.staffing.hypercare.kinds import SeatState
from gamebash.staffing.hypercare.models import Hypercare, L3Seat

FRIDAY = 4
A_DAY = timedelta(days=1)
# More days than a hypercare can last.
MOST_DAYS = 10_000


@dataclass(frozen=True, slots=True)
class Duty:
    """Days as L3 for a service, from the first up to, not including, ``until_on``; expected ones too where it runs."""

    person: int
    service: int
    from_on: date
    until_on: date
    is_over: bool
    hours_per_day: int


def duties_between(first: date, until: date, people: Collection[int] | None = None, *, today: date) -> tuple[Duty, ...]:
    """Return who is L3 on some day from the first up to, not including, ``until``. One query."""
    query = _seats().where(L3Seat.from_on < until, sa.or_(L3Seat.until_on.is_(None), L3Seat.until_on > first))
    if people is not None:
        query = query.where(L3Seat.person_id.in_(people))
    found = (_duty(row, today) for row in db.session.execute(query))
    return tuple(duty for duty in found if duty.until_on > first and duty.from_on < duty.until_on)


def duty_hours(first: date, until: date, people: Collection[int] | None = None, *, today: date) -> dict[int, float]:
    """Return how many hours of sprint work being L3 counts for each person in a period: its working days. One query.

    Somebody who is L3 for two services on a day counts that day once, with the larger of the two figures.
    """
    hours: dict[tuple[int, date], int] = {}
    for duty in duties_between(first, until, people, today=today):
        for day in _working_days(max(duty.from_on, first), min(duty.until_on, until)):
            hours[duty.person, day] = max(hours.get((duty.person, day), 0), duty.hours_per_day)
    found: dict[int, float] = {}
    for (person, _), amount in hours.items():
        found[person] = found.get(person, 0.0) + amount
    return found


def turns_of(people: Collection[int], span: Span, today: date) -> dict[int, tuple[Turn, ...]]:
    """Return what is drawn beside people's tours: each time they were L3. One query."""
    found: dict[int, tuple[Turn, ...]] = {}
    for duty in duties_between(span.first, span.last, people, today=today):
        start, end = max(duty.from_on, span.first), min(duty.until_on, span.last)
        turn = Turn(start, end, "L3", "ops", is_ops=True, is_planned=duty.from_on > today)
        found[duty.person] = (*found.get(duty.person, ()), turn)
    return found


def seats_in_calendar(person: Person, today: date) -> tuple[Item, ...]:
    """Return the days somebody is or was L3, as an entry of their calendar each. One query."""
    columns: tuple[Any, ...] = (
        L3Seat.id, L3Seat.asked_at, L3Seat.answered_at, L3Seat.from_on, L3Seat.until_on, Hypercare.expected_on,
        Hypercare.number, Service.name,
    )  # fmt: skip
    query = (
        sa.select(*columns)
        .join_from(L3Seat, Hypercare, Hypercare.id == L3Seat.hypercare_id)
        .join(Service, Service.id == Hypercare.service_id)
        .where(L3Seat.person_id == person.id, L3Seat.state == SeatState.ACCEPTED)
        .order_by(L3Seat.id)
    )
    return tuple(_item(row, today) for row in db.session.execute(query))


def _item(row: Any, today: date) -> Item:
    seat, asked_at, answered_at, first, until_on, expected_on, number, service = row
    end = until_on or max(expected_on, today + A_DAY)
    return Item(
        # The moment tells this installation's from another's.
        uid=f"l3-{number}-{seat}-{asked_at:%Y%m%d%H%M%S%f}@gamebash",
        # The end only moves on while it runs, and stands after: the days tell the newer entry from the older.
        sequence=(end - first).days + (MOST_DAYS if until_on else 0),
        stamp=answered_at,
        first=first,
        end=max(end, first + A_DAY),
        summary=f"L3 for {service}",
        description="",
        status="CONFIRMED" if end > first else "CANCELLED",
        path=f"/hypercare/{number}",
    )


def _seats() -> sa.Select[*tuple[Any, ...]]:
    columns = (
        L3Seat.person_id, Hypercare.service_id, L3Seat.from_on, L3Seat.until_on, Hypercare.expected_on, Hypercare.rule,
    )  # fmt: skip
    joined = sa.select(*columns).join_from(L3Seat, Hypercare, Hypercare.id == L3Seat.hypercare_id)
    return joined.where(L3Seat.state == SeatState.ACCEPTED).order_by(L3Seat.from_on, L3Seat.id)


def _duty(row: Any, today: date) -> Duty:
    person, service, from_on, until_on, expected_on, rule = row
    end = until_on or max(expected_on, today + A_DAY)
    return Duty(person, service, from_on, end, until_on is not None, int(rule.get("hours_per_day", 0)))


def _working_days(first: date, until: date) -> Iterator[date]:
    for number in range((until - first).days):
        day = first + timedelta(days=number)
        if day.weekday() <= FRIDAY:
            yield day
