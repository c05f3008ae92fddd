"""The knowledge map: who knows which service, where the gaps are, and what would be left without some people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.core.paging import Paged
from gamebash.rotation.membership import Member, TeamBadge, badge, everyone_on
from gamebash.rotation.models import Team
from gamebash.rotation.queries.found import team_choices
from gamebash.staffing.knowledge import (
    GROUND_WORDS,
    HALF_LIVES_READ,
    HYPERCARE_DAYS,
    LEAST_SCORE,
    LEVEL_WORDS,
    MOST_TOUR,
    TOUR_DAYS,
    WORTH,
    Knowledge,
    KnowledgeMap,
    Level,
)
from gamebash.staffing.queries.facts import known_on
from gamebash.staffing.rulebook import KnowledgeRule, RuleKind
from gamebash.staffing.rules import Version, present_rule

SHOWN_KNOWERS = 8
GAP = 1


@dataclass(frozen=True, slots=True)
class MapFilter:
    """How a reader narrows the map, and whom they imagine gone. Empty means everything and nobody."""

    team: str = ""
    q: str = ""
    person: str = ""
    show: str = ""
    without: tuple[str, ...] = ()

    def params(self) -> dict[str, str | list[str]]:
        """Return what an address carries of this filter."""
        values = {"team": self.team, "q": self.q, "person": self.person, "show": self.show}
        kept: dict[str, str | list[str]] = {name: value for name, value in values.items() if value}
        return {**kept, "without": list(self.without)} if self.without else kept

    def params_but(self, handle: str) -> dict[str, str | list[str]]:
        """Return the same with one of those imagined gone back again."""
        others = tuple(one for one in self.without if one != handle)
        return MapFilter(self.team, self.q, self.person, self.show, others).params()


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of fact adds to a score."""

    words: str
    score: float


@dataclass(frozen=True, slots=True)
class Knower:
    """A person and how well they know a service."""

    person_id: int
    handle: str
    name: str
    initials: str
    team: TeamBadge
    level: Level
    score: float
    parts: tuple[Part, ...]

    @property
    def words(self) -> str:
        """The level in words."""
        return LEVEL_WORDS[self.level]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service: how many people know it, how many of them stand in ops or SRE, and how many would be left."""

    slug: str
    name: str
    tier: int
    owner: TeamBadge | None
    knowers: tuple[Knower, ...]
    known_by: int
    in_ops: int
    left: int

    @property
    def is_gap(self) -> bool:
        """Whether one person or none knows it."""
        return self.known_by <= GAP

    @property
    def is_lost(self) -> bool:
        """Whether it becomes a gap, or a worse one, without the people imagined gone."""
        return self.left <= GAP and self.left < self.known_by

    @property
    def shown(self) -> tuple[Knower, ...]:
        """The best of those who know it or have worked on it."""
        return self.knowers[:SHOWN_KNOWERS]


@dataclass(frozen=True, slots=True)
class Formula:
    """The rule of fading as it holds, and the figures of the formula, for the page."""

    rule: KnowledgeRule
    version: Version
    worths: tuple[tuple[str, float], ...]
    levels: tuple[tuple[str, float], ...]
    tour_days: int = TOUR_DAYS
    most_tour: float = MOST_TOUR
    hypercare_days: int = HYPERCARE_DAYS
    half_lives_read: int = HALF_LIVES_READ


@dataclass(frozen=True, slots=True)
class KnowledgePage:
    """The knowledge map of a day."""

    rows: Paged[ServiceRow]
    filter: MapFilter
    formula: Formula
    services: int
    gaps: int
    new_gaps: int
    gone: tuple[Member, ...]
    team_choices: tuple[tuple[str, str], ...]
    people_choices: tuple[tuple[str, str], ...]
    can_set: bool


@dataclass(frozen=True, slots=True)
class ServicePage:
    """Who knows one service, with the parts of each score."""

    row: ServiceRow
    formula: Formula


def knowledge_page(filter_: MapFilter, number: int, *, today: date, can_set: bool) -> KnowledgePage:
    """Return the map; services that fewest people know stand first, of those the most critical."""
    formula = _formula()
    found = known_on(today, rule=formula.rule)
    people = {member.person_id: member for member in everyone_on(today)}
    gone = tuple(member for member in people.values() if member.handle in filter_.without)
    rows = _rows(found, people, frozenset(member.person_id for member in gone))
    kept = sorted(
        (row for row in rows if _is_wanted(row, filter_)), key=lambda row: _order(row, is_imagined=bool(gone))
    )
    start = (number - 1) * (per_page := Paged((), number, 0).per_page)
    return KnowledgePage(
        rows=Paged(tuple(kept[start : start + per_page]), number, len(kept)),
        filter=filter_,
        formula=formula,
        services=len(rows),
        gaps=sum(row.is_gap for row in rows),
        new_gaps=sum(row.is_lost for row in rows),
        gone=gone,
        team_choices=team_choices({row.owner.code: row.owner for row in rows if row.owner}.values()),
        people_choices=(("", "Choose a person"), *((one.handle, one.name) for one in people.values())),
        can_set=can_set,
    )


def service_page(slug: str, *, today: date) -> ServicePage:
    """Return who knows a service.

    Raises:
        NotFoundError: where there is no such service.
    """
    formula = _formula()
    people = {member.person_id: member for member in everyone_on(today)}
    rows = _rows(known_on(today, rule=formula.rule), people, frozenset())
    row = next((row for row in rows if row.slug == slug), None)
    if row is None:
        raise NotFoundError(f"There is no service called {slug}. The knowledge map lists them all.")
    return ServicePage(row, formula)


def ops_counts(found: KnowledgeMap, ops: frozenset[int]) -> dict[int, int]:
    """Return how many of the people who are in ops or SRE know each service."""
    return {service: len(found.knowers(service, ops)) for service in found.services}


def _rows(found: KnowledgeMap, people: Mapping[int, Member], gone: frozenset[int]) -> list[ServiceRow]:
    query = sa.select(Service, Team).outerjoin(Team, Team.id == Service.team_id).options(sa.orm.lazyload("*"))
    return [_row(service, team, found, people, gone) for service, team in db.session.execute(query)]


def _row(
    service: Service, team: Team | None, found: KnowledgeMap, people: Mapping[int, Member], gone: frozenset[int]
) -> ServiceRow:
    present = [one for one in found.of(service.id) if one.person in people]
    known = [one for one in present if one.is_known]
    return ServiceRow(
        slug=service.slug,
        name=service.name,
        tier=service.tier,
        owner=badge(team) if team else None,
        knowers=tuple(_knower(one, people[one.person]) for one in present if one.level is not Level.NONE),
        known_by=len(known),
        in_ops=sum(people[one.person].team.is_ops for one in known),
        left=sum(one.person not in gone for one in known),
    )


def _knower(known: Knowledge, member: Member) -> Knower:
    parts = tuple(Part(GROUND_WORDS[ground], score) for ground, score in known.parts)
    return Knower(
        member.person_id, member.handle, member.name, member.initials, member.team, known.level, known.score, parts
    )


def _is_wanted(row: ServiceRow, filter_: MapFilter) -> bool:
    return (
        (not filter_.team or (row.owner is not None and row.owner.code == filter_.team))
        and filter_.q.casefold() in f"{row.name} {row.slug}".casefold()
        and (not filter_.person or any(one.handle == filter_.person for one in row.knowers))
        and (filter_.show != "gaps" or row.is_gap or row.is_lost)
    )


def _order(row: ServiceRow, *, is_imagined: bool) -> tuple[bool, int, int, str]:
    return (is_imagined and not row.is_lost, row.left, row.tier, row.name)


def _formula() -> Formula:
    version = present_rule(RuleKind.KNOWLEDGE)
    return Formula(
        KnowledgeRule.from_document(version.document),
        version,
        tuple((GROUND_WORDS[ground], value) for ground, value in WORTH.items()),
        tuple((LEVEL_WORDS[level], value) for level, value in LEAST_SCORE.items()),
    )
