"""A person's tours as a lane of the timeline: ops and SRE above, scrum below, what is planned dashed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from gamebash.core.charts import Turn
from gamebash.rotation.tours import History, Tour

WEEK = 7
FEW_DAYS = 14
MONTHS = 12


class Badge(Protocol):
    """What a lane shows of a team."""

    @property
    def code(self) -> str:
        """The three letters."""

    @property
    def colour(self) -> str:
        """The colour's name."""

    @property
    def is_ops(self) -> bool:
        """Whether it is drawn above the line."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a timeline shows, from the first up to, not including, the last."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """The months shown: ``August 2026 to January 2027``."""
        end = self.last - timedelta(days=1)
        return f"{self.first:%B} {self.first.year} to {end:%B} {end.year}"


@dataclass(frozen=True, slots=True)
class Stay:
    """A tour in words: the team's code, from when, up to when, and whether it has yet to begin."""

    code: str
    from_on: date
    until_on: date | None
    days: int
    is_planned: bool

    @property
    def last_on(self) -> date | None:
        """The last day there, where there is one."""
        return self.until_on - timedelta(days=1) if self.until_on else None


def month_start(day: date, months: int = 0) -> date:
    """Return the first day of a day's month, or of the month so many later (earlier if negative)."""
    month = day.year * MONTHS + day.month - 1 + months
    return date(month // MONTHS, month % MONTHS + 1, 1)


def span_around(day: date, before: int, after: int) -> Span:
    """Return whole months: so many before the day's month, that month, and so many after it."""
    return Span(month_start(day, -before), month_start(day, after + 1))


def turns(history: History, teams: Mapping[int, Badge], span: Span, today: date) -> tuple[Turn, ...]:
    """Return what a lane draws of a history; a tour that reaches over today is split only by the line of today."""
    drawn = []
    for tour in history.tours:
        end = min(tour.until_on or span.last, span.last)
        start = max(tour.from_on, span.first)
        if start < end:
            team = teams[tour.team]
            drawn.append(Turn(start, end, team.code, team.colour, team.is_ops, is_planned=tour.from_on > today))
    return tuple(drawn)


def stays(history: History, teams: Mapping[int, Badge], today: date) -> tuple[Stay, ...]:
    """Return all tours in words, latest first."""
    return tuple(
        Stay(teams[tour.team].code, tour.from_on, tour.until_on, tour.days(today), tour.from_on > today)
        for tour in reversed(history.tours)
    )


def note(history: History, teams: Mapping[int, Badge], today: date) -> str:
    """Return the line under a name: the next move, else how long the person has been where they are."""
    coming = next((entry for entry in history.entries if entry.on > today), None)
    here = history.tour_on(today)
    if coming:
        on = f"{coming.on.day} {coming.on:%b}"
        if coming.to_team is None:
            return f"Leaves on {on}"
        return f"{'Moves to' if here else 'Joins'} {teams[coming.to_team].code} on {on}"
    if here and here.from_on == today:
        return f"{teams[here.team].code} from today"
    return f"{teams[here.team].code} for {lasting(here, today)}" if here else "In no team"


def lasting(tour: Tour, today: date) -> str:
    """Return how long a tour has lasted: ``5 days``, ``9 weeks``."""
    return days_in_words(tour.days(today))


def days_in_words(days: int) -> str:
    """Return days in words, from two weeks on as whole weeks."""
    if days < FEW_DAYS:
        return f"{days} day" if days == 1 else f"{days} days"
    return f"{days // WEEK} weeks"
