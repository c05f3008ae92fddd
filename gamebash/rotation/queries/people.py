"""The page of one person: where they are, their whole timeline, and every entry about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gamebash.people.models import Person
from gamebash.rotation.lanes import MONTHS, Span, days_in_words, month_start
from gamebash.rotation.limits import limit_on
from gamebash.rotation.membership import TeamBadge, entries_of
from gamebash.rotation.queries.found import team_badges
from gamebash.rotation.queries.lanes import Lane, lane, limits_of
from gamebash.rotation.queries.log import LogRow, rows_of_person
from gamebash.rotation.tours import Entry, Tour, history


@dataclass(frozen=True, slots=True)
class Share:
    """How long a person has been in a team altogether, in days."""

    team: TeamBadge
    days: int

    @property
    def words(self) -> str:
        """The time in words."""
        return days_in_words(self.days)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person's rotation: the lane of their whole time, the shares of teams in it, and the log."""

    lane: Lane
    team: TeamBadge | None
    since_on: date | None
    past_limit: str
    span: Span
    shares: tuple[Share, ...]
    log: tuple[LogRow, ...]
    today: date
    can_log: bool


def person_page(person: Person, *, today: date, can_log: bool) -> PersonPage:
    """Return a person's page; the timeline begins with their first tour and shows a year at least."""
    badges = team_badges()
    entries = entries_of(person.id)
    past = history(entries)
    here = past.tour_on(today)
    span = _whole(entries, today)
    shares: dict[int, int] = {}
    for tour in past.tours:
        shares[tour.team] = shares.get(tour.team, 0) + tour.days(today)
    return PersonPage(
        lane=lane(person, entries, badges, (span, today)),
        team=badges[here.team] if here else None,
        since_on=here.from_on if here else None,
        past_limit=_past_limit(here, badges, today),
        span=span,
        shares=tuple(
            Share(badges[team], days) for team, days in sorted(shares.items(), key=lambda one: -one[1]) if days
        ),
        log=rows_of_person(person.id),
        today=today,
        can_log=can_log,
    )


def _whole(entries: tuple[Entry, ...], today: date) -> Span:
    days = [entry.on for entry in entries]
    first = min([month_start(today, 2 - MONTHS), *days])
    return Span(month_start(first), month_start(max([today, *days]), 2))


def _past_limit(here: Tour | None, badges: Mapping[int, TeamBadge], today: date) -> str:
    """Return by how much the tour of today is past the limit of its team, in words; empty within it."""
    if here is None:
        return ""
    limit = limit_on(here, limits_of(badges[here.team]))
    if limit is None or limit >= today:
        return ""
    return f"{days_in_words((today - limit).days)} past the {badges[here.team].max_weeks} weeks of {badges[here.team].code}"
