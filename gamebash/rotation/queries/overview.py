"""The rotation page: the finding, the timeline, who is where on a day, what was logged last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from gamebash.core.charts import Turn
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.rotation.findings import Coming, Finding, Longest, finding, on_a_day
from gamebash.rotation.kinds import KIND_WORDS, TeamKind
from gamebash.rotation.lanes import Span, Stay, note, span_around, stays, turns
from gamebash.rotation.membership import Member, TeamBadge, entries_by_person, everyone_on, is_standing, places_on
from gamebash.rotation.models import Move, Team
from gamebash.rotation.queries.found import people_choices, team_badges, team_choices
from gamebash.rotation.queries.log import FROM, TO, LogRow, latest_rows
from gamebash.rotation.tours import Entry, history

LANES = 14
LATEST = 6
MONTHS_BEFORE, MONTHS_AFTER = 3, 2


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
class Lane:
    """One person's row of a timeline, drawn and in words."""

    handle: str
    name: str
    initials: str
    colour: str
    note: str
    turns: tuple[Turn, ...]
    stays: tuple[Stay, ...]


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
class TeamOnDay:
    """A team and the people in it on the day looked at."""

    team: TeamBadge
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything on the rotation page."""

    finding: Finding
    timeline: Timeline
    teams_on_day: tuple[TeamOnDay, ...]
    latest: tuple[LogRow, ...]
    people: tuple[tuple[str, str], ...]
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

    def team_of(self, handle: str) -> str:
        """Return the code of the team that a person is in on the day looked at; empty outside all teams."""
        members = (member for team in self.teams_on_day for member in team.members)
        return next((member.team.code for member in members if member.handle == handle), "")


def overview_page(filter_: TimelineFilter, number: int, *, today: date, can_log: bool) -> OverviewPage:
    """Return the rotation page of a day; ``can_log`` adds whom a move can be logged for."""
    badges = team_badges()
    everyone = everyone_on(filter_.on)
    teams = _teams_on_day(badges, everyone)
    if filter_.on == today:
        headline = finding(_coming(today), _longest(everyone, today))
    else:
        headline = on_a_day(filter_.on, today, len(everyone), sum(bool(team.members) for team in teams))
    timeline = _timeline(filter_, number, badges, today)
    people = people_choices() if can_log else ()
    return OverviewPage(headline, timeline, teams, latest_rows(LATEST), people, today, can_log)


def timeline_fragment(filter_: TimelineFilter, number: int, *, today: date) -> Timeline:
    """Return the timeline alone."""
    return _timeline(filter_, number, team_badges(), today)


def lanes_of(people: tuple[Person, ...], badges: Mapping[int, TeamBadge], span: Span, today: date) -> tuple[Lane, ...]:
    """Return the lanes of people over some days; one query."""
    logs = entries_by_person([person.id for person in people])
    return tuple(lane(person, logs.get(person.id, ()), badges, (span, today)) for person in people)


def lane(person: Person, entries: tuple[Entry, ...], badges: Mapping[int, TeamBadge], days: tuple[Span, date]) -> Lane:
    """Return one person's lane."""
    span, today = days
    past = history(entries)
    here = past.team_on(today)
    return Lane(
        person.handle,
        person.name,
        person.initials,
        badges[here].colour if here else "ops",
        note(past, badges, today),
        turns(past, badges, span, today),
        stays(past, badges, today),
    )


def _timeline(filter_: TimelineFilter, number: int, badges: Mapping[int, TeamBadge], today: date) -> Timeline:
    span = span_around(filter_.on, MONTHS_BEFORE, MONTHS_AFTER)
    query = sa.select(Person).where(Person.id.in_(staying(span, _where(filter_))))
    if filter_.q:
        query = query.where(
            sa.or_(
                Person.name.icontains(filter_.q, autoescape=True), Person.handle.icontains(filter_.q, autoescape=True)
            )
        )
    moves_next = _next_day(filter_.on)
    query = query.order_by(moves_next.is_(None), moves_next, Person.name, Person.id).options(
        sa.orm.lazyload(Person.role_rows)
    )
    rows, total = fetch_page(query, number, LANES)
    lanes = lanes_of(tuple(person for (person,) in rows), badges, span, today)
    return Timeline(Paged(lanes, number, total, LANES), span, today, filter_, tuple(badges.values()))


def _next_day(day: date) -> sa.ScalarSelect[date]:
    """Return a person's next move after a day as an expression: who moves next stands first."""
    coming = sa.select(sa.func.min(Move.effective_on)).where(Move.effective_on > day, is_standing())
    return coming.where(Move.person_id == Person.id).correlate(Person).scalar_subquery()


def staying(span: Span, where: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    """Return the ids of people who are in a team of that kind on some day of the span; ``where`` is about teams."""
    places = places_on(span.first)
    at_first = sa.select(places.c.person_id).join(Team, Team.id == places.c.to_team_id).where(where)
    coming = sa.select(Move.person_id).join(Team, Team.id == Move.to_team_id)
    later = coming.where(where, is_standing(), Move.effective_on > span.first, Move.effective_on < span.last)
    return sa.select(at_first.union(later).subquery().c.person_id)


def _where(filter_: TimelineFilter) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if filter_.team:
        conditions.append(Team.code == filter_.team)
    if filter_.kind in set(TeamKind):
        conditions.append(Team.kind == TeamKind(filter_.kind))
    return sa.and_(*conditions)


def _teams_on_day(badges: Mapping[int, TeamBadge], everyone: tuple[Member, ...]) -> tuple[TeamOnDay, ...]:
    members: dict[int, list[Member]] = {}
    for member in everyone:
        members.setdefault(member.team.id, []).append(member)
    shown = (team for team in badges.values() if team.is_active or team.id in members)
    return tuple(TeamOnDay(team, tuple(members.get(team.id, ()))) for team in shown)


def _coming(today: date) -> tuple[Coming, ...]:
    query = (
        sa.select(Person.name, FROM.name, TO.name, Move.effective_on)
        .join_from(Move, Person, Person.id == Move.person_id)
        .outerjoin(FROM, FROM.id == Move.from_team_id)
        .outerjoin(TO, TO.id == Move.to_team_id)
        .where(Move.effective_on > today, is_standing())
        .order_by(Move.effective_on, Person.name)
    )
    return tuple(Coming(name, from_ or "", to or "", on) for name, from_, to, on in db.session.execute(query))


def _longest(everyone: tuple[Member, ...], today: date) -> Longest | None:
    if not everyone:
        return None
    member = min(everyone, key=lambda member: (member.since_on, member.name))
    return Longest(member.name, member.team.name, (today - member.since_on).days)
