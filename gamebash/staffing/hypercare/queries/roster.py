"""The roster: who is L3 for which service until when, what has ended, and the numbers of all that did."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.backlog.models import Incident, Service
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Team, TourRow
from gamebash.staffing.hypercare.kinds import ENDS, DecisionKind, SeatState
from gamebash.staffing.hypercare.models import Hypercare, HypercareDecision, L3Seat, Release
from gamebash.staffing.hypercare.numbers import BESIDE_DAYS, Ended, Numbers, numbers_of
from gamebash.staffing.hypercare.queries.evidence import Standing, standings
from gamebash.staffing.hypercare.queries.seats import duty_hours

# The numbers are of the latest: what was done years ago says little about how it goes now.
MOST_COUNTED = 100
NEAR = 4
HOURS_DAYS = 14


@dataclass(frozen=True, slots=True)
class SeatLine:
    """Somebody who was asked to stay as L3, why, and what they said."""

    handle: str
    name: str
    initials: str
    reasons: tuple[str, ...]
    state: SeatState
    from_on: date | None
    until_on: date | None

    @property
    def stands(self) -> bool:
        """Whether they are L3 now."""
        return self.state is SeatState.ACCEPTED and self.until_on is None

    @property
    def waits(self) -> bool:
        """Whether they have not answered."""
        return self.state is SeatState.ASKED


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A hypercare in the roster; ``standing`` while it runs, ``how`` it ended after."""

    number: int
    service: str
    slug: str
    owner: TeamBadge | None
    version: str
    begins_on: date
    expected_on: date
    longest_on: date
    ended_on: date | None
    seats: tuple[SeatLine, ...]
    standing: Standing | None
    how: DecisionKind | None
    today: date

    @property
    def on_duty(self) -> tuple[SeatLine, ...]:
        """Who is L3 now."""
        return tuple(seat for seat in self.seats if seat.stands)

    @property
    def stayed(self) -> tuple[SeatLine, ...]:
        """Everybody who was L3, to the end or until they stepped back."""
        return tuple(seat for seat in self.seats if seat.state is SeatState.ACCEPTED)

    @property
    def waiting(self) -> int:
        """How many were asked and have not answered."""
        return sum(seat.waits for seat in self.seats)

    @property
    def days(self) -> int:
        """How many days it lasts or lasted."""
        return ((self.ended_on or self.today) - self.begins_on).days

    @property
    def needs_decision(self) -> bool:
        """Whether its longest time is over."""
        return self.ended_on is None and self.today >= self.longest_on

    @property
    def is_ready(self) -> bool:
        """Whether everything is there for it to end."""
        return self.standing is not None and self.standing.met == len(self.standing.criteria)


@dataclass(frozen=True, slots=True)
class RosterFilter:
    """How a reader narrows the roster: running (or empty) or ended; part of a service's or an L3's name."""

    show: str = ""
    q: str = ""

    def params(self) -> dict[str, str]:
        """Return what an address carries of the filter."""
        return {name: value for name, value in (("show", self.show), ("q", self.q)) if value}


@dataclass(frozen=True, slots=True)
class RosterPage:
    """The roster with the numbers of what has ended; ``hours`` counted as sprint work in the last HOURS_DAYS days."""

    rows: Paged[RosterLine]
    filter: RosterFilter
    running: int
    on_duty: int
    hours: float
    numbers: Numbers
    can_register: bool
    can_set: bool
    can_connect: bool


@dataclass(frozen=True, slots=True)
class NearRoster:
    """The few hypercares that a side column has room for, and how many run."""

    lines: tuple[RosterLine, ...]
    running: int
    on_duty: int


def roster_page(filter_: RosterFilter, number: int, *, reader: Person, today: date) -> RosterPage:
    """Return a page of the roster: those that run the longest first; of ended ones the latest."""
    found, total = fetch_page(_narrowed(filter_), number)
    lines = _lines([row[0] for row in found], today)
    return RosterPage(
        Paged(lines, number, total),
        filter_,
        *_counts(),
        sum(duty_hours(today - timedelta(days=HOURS_DAYS - 1), today + timedelta(days=1), today=today).values()),
        hypercare_numbers(today=today),
        *(
            is_allowed(reader.roles, one)
            for one in (Permission.REGISTER_RELEASES, Permission.PLAN_STAFFING, Permission.MANAGE_SOURCES)
        ),
    )


def line_of(hypercare: Hypercare, *, today: date) -> RosterLine:
    """Return one as the roster shows it."""
    return _lines([hypercare], today)[0]


def roster_of_team(team_id: int, today: date) -> tuple[RosterLine, ...]:
    """Return the hypercares that run of services a team owns or builds, and those that somebody in it is L3 for."""
    services = sa.select(Service.id).where(sa.or_(Service.team_id == team_id, Service.builder_team_id == team_id))
    here = sa.select(TourRow.person_id).where(
        TourRow.team_id == team_id,
        TourRow.from_on <= today,
        sa.or_(TourRow.until_on.is_(None), TourRow.until_on > today),
    )
    stands = (L3Seat.state == SeatState.ACCEPTED, L3Seat.until_on.is_(None), L3Seat.person_id.in_(here))
    theirs = sa.or_(Hypercare.service_id.in_(services), Hypercare.id.in_(sa.select(L3Seat.hypercare_id).where(*stands)))
    query = sa.select(Hypercare).where(Hypercare.ended_on.is_(None), theirs).order_by(Hypercare.begins_on, Hypercare.id)
    return _lines(list(db.session.scalars(query)), today)


def near_roster(*, today: date) -> NearRoster:
    """Return the few hypercares that ask for somebody soonest, for the page of rotation."""
    query = sa.select(Hypercare).where(Hypercare.ended_on.is_(None)).order_by(Hypercare.expected_on, Hypercare.id)
    running, on_duty = _counts()
    found = list(db.session.scalars(query.limit(NEAR).options(sa.orm.lazyload("*"))))
    return NearRoster(_lines(found, today), running, on_duty)


def hypercare_numbers(*, today: date) -> Numbers:
    """Return the numbers of the latest that ended. Two queries."""
    first = sa.select(sa.func.min(Release.deployed_at)).where(Release.hypercare_id == Hypercare.id).scalar_subquery()
    query = (
        sa.select(Hypercare.service_id, Hypercare.begins_on, Hypercare.ended_on, HypercareDecision.kind, first)
        .join(HypercareDecision, HypercareDecision.hypercare_id == Hypercare.id)
        .where(HypercareDecision.kind.in_(ENDS))
        .order_by(Hypercare.ended_on.desc(), Hypercare.id.desc())
        .limit(MOST_COUNTED)
    )
    rows = db.session.execute(query).all()
    opened = _opened_around([(service, at) for service, _, _, _, at in rows if at])
    ended = []
    for service, begins_on, ended_on, kind, at in rows:
        times = opened.get(service, ()) if at and (today - at.date()).days >= BESIDE_DAYS else ()
        beside = timedelta(days=BESIDE_DAYS)
        before = sum(at - beside <= one < at for one in times)
        after = sum(at <= one < at + beside for one in times)
        days = (ended_on - begins_on).days if ended_on else 0
        ended.append(Ended(days, kind is DecisionKind.EVIDENCE, before, after))
    return numbers_of(ended)


def _opened_around(releases: list[tuple[int, datetime]]) -> Mapping[int, list[datetime]]:
    """Return when incidents of these services were opened, in the fortnights beside each release and not between. One query."""
    if not releases:
        return {}
    beside = timedelta(days=BESIDE_DAYS)
    windows = (
        sa.and_(Incident.service_id == service, Incident.opened_at >= at - beside, Incident.opened_at < at + beside)
        for service, at in releases
    )
    query = sa.select(Incident.service_id, Incident.opened_at).where(sa.or_(*windows), ~Incident.is_noise)
    found: dict[int, list[datetime]] = {}
    for service, opened_at in db.session.execute(query):
        found.setdefault(service, []).append(opened_at)
    return found


def seats_of(hypercares: Collection[int]) -> dict[int, tuple[SeatLine, ...]]:
    """Return everybody asked, by hypercare. One query."""
    query = (
        sa.select(L3Seat, Person)
        .join(Person, Person.id == L3Seat.person_id)
        .where(L3Seat.hypercare_id.in_(hypercares))
        .order_by(L3Seat.id)
        .options(sa.orm.lazyload("*"))
    )
    found: dict[int, tuple[SeatLine, ...]] = {}
    for seat, person in db.session.execute(query):
        line = SeatLine(
            person.handle, person.name, person.initials, tuple(seat.reasons), seat.state, seat.from_on, seat.until_on
        )
        found[seat.hypercare_id] = (*found.get(seat.hypercare_id, ()), line)
    return found


def _lines(hypercares: list[Hypercare], today: date) -> tuple[RosterLine, ...]:
    """Return hypercares as they are shown, in their order. Three queries."""
    ids = [one.id for one in hypercares]
    services, seats = _services(hypercares), seats_of(ids)
    standing = standings([one for one in hypercares if one.ended_on is None], today=today)
    lines = []
    for one in hypercares:
        service, team, version, how = services[one.id]
        lines.append(
            RosterLine(
                one.number, service.name, service.slug, badge(team) if team else None, version or "", one.begins_on,
                one.expected_on, one.longest_on, one.ended_on, seats.get(one.id, ()), standing.get(one.id),
                how, today,
            )
        )  # fmt: skip
    return tuple(lines)


def _services(hypercares: list[Hypercare]) -> dict[int, tuple[Any, ...]]:
    """Return service, owning team, newest version of each, and how it ended. One query."""
    newest = aliased(Release)
    end = sa.and_(HypercareDecision.hypercare_id == Hypercare.id, HypercareDecision.kind.in_(ENDS))
    latest = (
        sa.select(newest.version)
        .where(newest.hypercare_id == Hypercare.id)
        .order_by(newest.deployed_at.desc(), newest.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(Hypercare.id, Service, Team, latest, HypercareDecision.kind)
        .join(Service, Service.id == Hypercare.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(HypercareDecision, end)
        .where(Hypercare.id.in_([one.id for one in hypercares]))
        .options(sa.orm.lazyload("*"))
    )
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query)}


def _counts() -> tuple[int, int]:
    runs = sa.select(Hypercare.id).where(Hypercare.ended_on.is_(None))
    stands = (L3Seat.state == SeatState.ACCEPTED, L3Seat.until_on.is_(None), L3Seat.hypercare_id.in_(runs))
    on_duty = sa.select(sa.func.count(sa.distinct(L3Seat.person_id))).where(*stands)
    running = sa.select(sa.func.count()).select_from(Hypercare).where(Hypercare.ended_on.is_(None))
    row = db.session.execute(sa.select(running.scalar_subquery(), on_duty.scalar_subquery())).one()
    return row[0], row[1]


def _narrowed(filter_: RosterFilter) -> sa.Select[Any]:
    query = sa.select(Hypercare).join(Service, Service.id == Hypercare.service_id).options(sa.orm.lazyload("*"))
    if filter_.show == "ended":
        query = query.where(Hypercare.ended_on.is_not(None)).order_by(Hypercare.ended_on.desc(), Hypercare.id.desc())
    else:
        query = query.where(Hypercare.ended_on.is_(None)).order_by(Hypercare.begins_on, Hypercare.id)
    if filter_.q:
        seated = (
            sa.select(L3Seat.hypercare_id)
            .join(Person, Person.id == L3Seat.person_id)
            .where(Person.name.icontains(filter_.q, autoescape=True))
        )
        query = query.where(sa.or_(Service.name.icontains(filter_.q, autoescape=True), Hypercare.id.in_(seated)))
    return query
