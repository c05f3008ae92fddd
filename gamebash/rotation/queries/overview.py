"""The rotation page: the finding, the timeline, who is where on a day, what was logged last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.rotation.findings import Coming, Finding, Longest, finding, on_a_day
from gamebash.rotation.kinds import KIND_WORDS, TeamKind
from gamebash.rotation.lanes import Span, span_around
from gamebash.rotation.membership import TeamBadge, is_on, is_standing
from gamebash.rotation.models import Move, Team, TourRow
from gamebash.rotation.queries.day import Day, day_of
from gamebash.rotation.queries.found import offered_people, team_badges, team_choices
from gamebash.rotation.queries.lanes import Lane, lanes_of
from gamebash.rotation.queries.log import FROM, TO, LogRow, latest_rows

LANES = 14
LATEST = 6
MONTHS_BEFORE, MONTHS_AFTER = 3, 2
COMING = 30


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """How a reader narrows the timeline: a team's code, a kind of team, part of a name; and the day looked at."""

    on: date
    team: str = ""
    kind: str = ""
    q: str = ""

    def params(self, today: date, **changed: str) -> dict[str, str]:
        """Return what an address carries of this filter, with some of it changed; today needs no saying."""
        on = "" if self.on == today else self.on.isoformat()
        values = {"on": on, "team": self.team, "kind": self.kind, "q": self.q} | changed
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of lanes, the days they show, and the day that the line stands on."""

    lanes: Paged[Lane]
    span: Span
    today: date
    filter: TimelineFilter
    teams: tuple[TeamBadge, ...]

    @property
    def team_choices(self) -> tuple[tuple[str, str], ...]:
        """The teams to narrow by."""
        return team_choices(self.teams)

    @property
    def kind_choices(self) -> tuple[tuple[str, str], ...]:
        """The kinds of team to narrow by."""
        return ("", "Both sides"), *((kind.value, words) for kind, words in KIND_WORDS.items())


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything on the rotation page."""

    finding: Finding
    timeline: Timeline
    day: Day
    latest: tuple[LogRow, ...]
    people: tuple[tuple[str, str], ...] | None
    today: date
    can_log: bool

    @property
    def on(self) -> date:
        """The day looked at."""
        return self.timeline.filter.on

    @property
    def is_another_day(self) -> bool:
        """Whether the reader chose another day than today."""
        return self.on != self.today

    @property
    def has_limits(self) -> bool:
        """Whether any team limits its tours."""
        return any(team.max_weeks for team in self.timeline.teams)


def overview_page(filter_: TimelineFilter, number: int, *, today: date, can_log: bool) -> OverviewPage:
    """Return the rotation page of a day; ``can_log`` adds whom a move can be logged for."""
    badges = team_badges()
    day = day_of(filter_.on, badges)
    headline = _finding(day, filter_.on, today)
    timeline = _timeline(filter_, number, badges, today)
    choices = offered_people() if can_log else ()
    return OverviewPage(headline, timeline, day, latest_rows(LATEST), choices, today, can_log)


def team_code_of(handle: str, on: date) -> str:
    """Return the code of the team that a person is in on a day; empty outside all teams. One query."""
    query = sa.select(Team.code).join(TourRow, TourRow.team_id == Team.id).join(Person, Person.id == TourRow.person_id)
    return db.session.scalar(query.where(Person.handle == handle, is_on(on))) or ""


def timeline_fragment(filter_: TimelineFilter, number: int, *, today: date) -> Timeline:
    """Return the timeline alone."""
    return _timeline(filter_, number, team_badges(), today)


def _timeline(filter_: TimelineFilter, number: int, badges: Mapping[int, TeamBadge], today: date) -> Timeline:
    span = span_around(filter_.on, MONTHS_BEFORE, MONTHS_AFTER)
    query = sa.select(Person).where(Person.id.in_(staying(span, _where(filter_))))
    if filter_.q:
        query = query.where(
            sa.or_(
                Person.name.icontains(filter_.q, autoescape=True), Person.handle.icontains(filter_.q, autoescape=True)
            )
        )
    changes_next = _next_day(filter_.on)
    query = query.order_by(changes_next.is_(None), changes_next, Person.name, Person.id).options(
        sa.orm.lazyload(Person.role_rows)
    )
    rows, total = fetch_page(query, number, LANES)
    lanes = lanes_of(tuple(person for (person,) in rows), badges, span, today)
    return Timeline(Paged(lanes, number, total, LANES), span, today, filter_, tuple(badges.values()))


def _next_day(day: date) -> sa.ScalarSelect[date]:
    """Return the day of a person's next change after a day as an expression: who moves next stands first."""
    change = sa.case((TourRow.from_on > day, TourRow.from_on), else_=TourRow.until_on)
    ahead = sa.select(sa.func.min(change)).where(sa.or_(TourRow.from_on > day, TourRow.until_on > day))
    return ahead.where(TourRow.person_id == Person.id).correlate(Person).scalar_subquery()


def staying(span: Span, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the ids of people who are in a team of that kind on some day of the span; ``where`` is about teams."""
    touches = sa.and_(TourRow.from_on < span.last, sa.or_(TourRow.until_on.is_(None), TourRow.until_on > span.first))
    return sa.select(TourRow.person_id).join(Team, Team.id == TourRow.team_id).where(touches, where).distinct()


def _where(filter_: TimelineFilter) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if filter_.team:
        conditions.append(Team.code == filter_.team)
    if filter_.kind in set(TeamKind):
        conditions.append(Team.kind == TeamKind(filter_.kind))
    return sa.and_(*conditions)


def _coming(today: date) -> tuple[tuple[Coming, ...], int]:
    """Return the moves of the next day on which anybody moves, the first of them by name, and how many lie ahead."""
    is_ahead = sa.and_(Move.effective_on > today, is_standing())
    query = (
        sa.select(Person.name, FROM.name, TO.name, Move.effective_on, sa.func.count().over())
        .join_from(Move, Person, Person.id == Move.person_id)
        .outerjoin(FROM, FROM.id == Move.from_team_id)
        .outerjoin(TO, TO.id == Move.to_team_id)
        .where(is_ahead)
        .order_by(Move.effective_on, Person.name)
        .limit(COMING)
    )
    rows = db.session.execute(query).all()
    coming = tuple(Coming(name, from_ or "", to or "", on) for name, from_, to, on, _ in rows)
    return coming, rows[0][-1] if rows else 0


def _finding(day: Day, on: date, today: date) -> Finding:
    if on != today:
        return on_a_day(on, today, day.people, day.staffed)
    return finding(*_coming(today), _longest(day))


def _longest(day: Day) -> Longest | None:
    line = day.longest
    return Longest(line.name, line.team.name, line.days) if line else None
