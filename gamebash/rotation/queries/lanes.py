"""People as lanes of a timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from gamebash.core.charts import Turn
from gamebash.people.models import Person
from gamebash.rotation.lanes import Span, Stay, note, stays, turns
from gamebash.rotation.limits import Limits, Verdict, limit_on, verdict
from gamebash.rotation.membership import TeamBadge, entries_by_person
from gamebash.rotation.parts import turns_beside
from gamebash.rotation.tours import Entry, History, history


@dataclass(frozen=True, slots=True)
class Lane:
    """One person's row of a timeline, drawn and in words; ``limits`` are the days by which tours shown are too long.

    ``beside`` is what they did beside their team, such as L3 after a release; it is no tour.
    """

    handle: str
    name: str
    initials: str
    colour: str
    note: str
    turns: tuple[Turn, ...]
    stays: tuple[Stay, ...]
    limits: tuple[date, ...] = ()
    is_long: bool = False
    beside: tuple[Turn, ...] = ()


def lanes_of(people: tuple[Person, ...], badges: Mapping[int, TeamBadge], span: Span, today: date) -> tuple[Lane, ...]:
    """Return the lanes of people over some days; one query, and those of what is drawn beside."""
    ids = [person.id for person in people]
    logs, beside = entries_by_person(ids), turns_beside(ids, span, today)
    return tuple(
        replace(
            lane_of_history(person, history(logs.get(person.id, ())), badges, (span, today)),
            beside=beside.get(person.id, ()),
        )
        for person in people
    )


def lane(person: Person, entries: tuple[Entry, ...], badges: Mapping[int, TeamBadge], days: tuple[Span, date]) -> Lane:
    """Return one person's lane."""
    span, today = days
    beside = turns_beside([person.id], span, today).get(person.id, ())
    return replace(lane_of_history(person, history(entries), badges, days), beside=beside)


def lane_of_history(person: Person, past: History, badges: Mapping[int, TeamBadge], days: tuple[Span, date]) -> Lane:
    """Return the lane of a history, as it is or as it would be."""
    span, today = days
    here = past.tour_on(today)
    is_long = here is not None and verdict(here, limits_of(badges[here.team]), today) is Verdict.LONG
    return Lane(
        person.handle,
        person.name,
        person.initials,
        badges[here.team].colour if here else "ops",
        note(past, badges, today),
        turns(past, badges, span, today),
        stays(past, badges, today),
        _limits(past, badges, span),
        is_long,
    )


def limits_of(team: TeamBadge) -> Limits:
    """Return the limits that a team sets to its tours."""
    return Limits(team.min_weeks, team.max_weeks)


def _limits(past: History, badges: Mapping[int, TeamBadge], span: Span) -> tuple[date, ...]:
    """Return the days within the span on which a tour passes its limit, or would if it went on; not where it ended before."""
    days = ((tour, limit_on(tour, limits_of(badges[tour.team]))) for tour in past.tours)
    return tuple(
        day
        for tour, day in days
        if day and span.first <= day < span.last and (tour.until_on is None or day <= tour.until_on)
    )
