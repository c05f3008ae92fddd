"""Tours as a list: who was where, for how long, and what is past the limits of its team."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.rotation.kinds import KIND_WORDS, TeamKind
from gamebash.rotation.lanes import days_in_words
from gamebash.rotation.limits import WEEK, Verdict, verdict
from gamebash.rotation.membership import TeamBadge, badge, is_on, members_query
from gamebash.rotation.models import Team, TourRow
from gamebash.rotation.queries.found import team_badges, team_choices
from gamebash.rotation.queries.lanes import limits_of
from gamebash.rotation.tours import Tour

EXPORTED = 100_000


@dataclass(frozen=True, slots=True)
class TourFilter:
    """How a reader narrows and orders tours: of those on a day, or of those that touch a period."""

    on: date | None = None
    since: date | None = None
    until: date | None = None
    team: str = ""
    kind: str = ""
    q: str = ""
    limit: str = ""
    sort: str = "longest"

    def params(self, **changed: str) -> dict[str, str]:
        """Return what an address carries of this filter, with some of it changed."""
        values = {name: str(getattr(self, name) or "") for name in self.__slots__} | changed
        return {name: value for name, value in values.items() if value and (name, value) != ("sort", "longest")}


@dataclass(frozen=True, slots=True)
class TourLine:
    """One tour as it is shown; ``days`` are those it has lasted by the day looked at."""

    handle: str
    name: str
    initials: str
    team: TeamBadge
    from_on: date
    until_on: date | None
    days: int
    verdict: Verdict
    is_planned: bool

    @property
    def lasting(self) -> str:
        """How long, in words."""
        return days_in_words(self.days)

    @property
    def limit(self) -> str:
        """The limits of the team, in words."""
        return limits_of(self.team).words

    @property
    def last_on(self) -> date | None:
        """The last day there, where there is one."""
        return self.until_on - timedelta(days=1) if self.until_on else None


@dataclass(frozen=True, slots=True)
class ToursPage:
    """The list of tours: its lines, the filter in use, what can be filtered by, and the day judged by."""

    lines: Paged[TourLine]
    filter: TourFilter
    team_choices: tuple[tuple[str, str], ...]
    kind_choices: tuple[tuple[str, str], ...]
    too_long: int
    today: date


SORTS: dict[str, tuple[Any, ...]] = {
    "longest": (TourRow.from_on, Person.name, TourRow.id),
    "newest": (TourRow.from_on.desc(), Person.name, TourRow.id),
    "person": (Person.name, Person.id, TourRow.from_on.desc()),
    "team": (Team.code, TourRow.from_on, TourRow.id),
}


def tours_page(filter_: TourFilter, number: int, *, today: date) -> ToursPage:
    """Return a page of tours; without a day or a period those of today."""
    badges = team_badges()
    rows, total = fetch_page(_narrowed(filter_, badges, today), number)
    lines = tuple(line_of(row, today) for row in rows)
    kinds = ("", "Both sides"), *((kind.value, words) for kind, words in KIND_WORDS.items())
    long = sa.select(sa.func.count()).select_from(TourRow).where(is_on(today), is_too_long(badges.values(), today))
    return ToursPage(
        Paged(lines, number, total), filter_, team_choices(badges.values()), kinds, db.session.scalar(long) or 0, today
    )


def all_tours(filter_: TourFilter, *, today: date) -> tuple[TourLine, ...]:
    """Return all tours that a filter leaves, for export."""
    rows = db.session.execute(_narrowed(filter_, team_badges(), today).limit(EXPORTED))
    return tuple(line_of(row, today) for row in rows)


def is_too_long(teams: Iterable[TeamBadge], today: date) -> sa.ColumnElement[bool]:
    """Return the condition that a tour lasts longer than its team's limit, by ``today`` where it goes on."""
    goes_on = sa.or_(TourRow.until_on.is_(None), TourRow.until_on > today)
    conditions: list[sa.ColumnElement[bool]] = [sa.false()]
    for team in teams:
        if team.max_weeks:
            began = TourRow.from_on < today - timedelta(weeks=team.max_weeks)
            ended = sa.and_(TourRow.until_on <= today, TourRow.days > team.max_weeks * WEEK)
            conditions.append(sa.and_(TourRow.team_id == team.id, sa.or_(sa.and_(goes_on, began), ended)))
    return sa.or_(*conditions)


def _is_too_short(teams: Iterable[TeamBadge]) -> sa.ColumnElement[bool]:
    limited = [team for team in teams if team.min_weeks]
    short = (sa.and_(TourRow.team_id == team.id, TourRow.days < team.min_weeks * WEEK) for team in limited)
    return sa.or_(sa.false(), *short)


def _narrowed(filter_: TourFilter, badges: Mapping[int, TeamBadge], today: date) -> sa.Select[Any]:
    query: sa.Select[Any] = members_query().order_by(*SORTS.get(filter_.sort, SORTS["longest"]))
    if filter_.since or filter_.until:
        if filter_.since:
            query = query.where(sa.or_(TourRow.until_on.is_(None), TourRow.until_on > filter_.since))
        if filter_.until:
            query = query.where(TourRow.from_on <= filter_.until)
    elif filter_.limit != "short" or filter_.on:
        query = query.where(is_on(filter_.on or today))
    if filter_.team:
        query = query.where(Team.code == filter_.team)
    if filter_.kind in set(TeamKind):
        query = query.where(Team.kind == TeamKind(filter_.kind))
    if filter_.q:
        query = query.where(
            sa.or_(
                Person.name.icontains(filter_.q, autoescape=True), Person.handle.icontains(filter_.q, autoescape=True)
            )
        )
    if filter_.limit == "long":
        query = query.where(is_too_long(badges.values(), filter_.on or today))
    if filter_.limit == "short":
        query = query.where(_is_too_short(badges.values()))
    return query


def line_of(row: Any, today: date) -> TourLine:
    """Return a row of person, team and tour as it is shown on a day."""
    person, team, tour = row
    shown, plain = badge(team), Tour(tour.team_id, tour.from_on, tour.until_on)
    return TourLine(
        handle=person.handle,
        name=person.name,
        initials=person.initials,
        team=shown,
        from_on=tour.from_on,
        until_on=tour.until_on,
        days=plain.days(today),
        verdict=verdict(plain, limits_of(shown), today),
        is_planned=tour.from_on > today,
    )
