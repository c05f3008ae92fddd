"""One hypercare with everything said of it; what happened since its release; My day; the pipelines."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.backlog.models import Incident, Service, Source
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.rotation.membership import everyone_on, team_on
from gamebash.rotation.queries.found import offered_people
from gamebash.staffing.hypercare.evidence import Criterion
from gamebash.staffing.hypercare.kinds import DECISION_WORDS, DecisionKind, SeatState
from gamebash.staffing.hypercare.models import (
    Hypercare,
    HypercareDecision,
    L3Seat,
    Release,
    ReleaseHook,
    TeachConfirmation,
    TeachEntry,
)
from gamebash.staffing.hypercare.queries.roster import RosterLine, SeatLine, line_of

SHOWN = 20


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A line of the teach log."""

    id: int
    what: str
    teacher: str
    learner: str
    learner_handle: str
    taught_on: date
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release of the hypercare, and authors that nobody here is known as."""

    version: str
    deployed_at: datetime
    url: str
    registered_by: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision about it, with what was met and missing on that day."""

    words: str
    kind: DecisionKind
    name: str
    at: datetime
    reason: str
    criteria: tuple[Criterion, ...]
    until_on: date | None


@dataclass(frozen=True, slots=True)
class HypercarePage:
    """One hypercare as a reader may act on it."""

    line: RosterLine
    criteria: tuple[Criterion, ...]
    lessons: tuple[LessonLine, ...]
    decisions: tuple[DecisionLine, ...]
    runbook_url: str
    alerts: str
    own: SeatLine | None
    learners: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...] | None
    can_exit: bool
    can_decide: bool
    can_link: bool
    can_ask: bool
    hours_per_day: int

    @property
    def seats(self) -> tuple[SeatLine, ...]:
        """Everybody asked except who said no: that is between them and whoever asked."""
        return tuple(seat for seat in self.line.seats if seat.state is not SeatState.DECLINED or seat is self.own)

    @property
    def declined(self) -> int:
        """How many others said no."""
        return len(self.line.seats) - len(self.seats)

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.line.ended_on is None

    @property
    def is_l3(self) -> bool:
        """Whether the reader is L3 here now."""
        return self.own is not None and self.own.stands


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident of the service since the release."""

    title: str
    source: str
    external_id: str
    severity: Severity
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class SincePage:
    """Releases of a hypercare, the latest incidents of the service since the first of them, how many, and how many are noise."""

    number: int
    service: str
    slug: str
    is_running: bool
    releases: tuple[ReleaseLine, ...]
    lines: tuple[IncidentLine, ...]
    total: int
    noise: int


@dataclass(frozen=True, slots=True)
class OwnDuties:
    """What My day says of hypercare: what one is asked, for what one is L3 until when, and what one has to confirm."""

    asked: tuple[tuple[int, str], ...]
    standing: tuple[tuple[int, str, date], ...]
    to_confirm: tuple[tuple[int, str, str], ...]

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.asked or self.standing or self.to_confirm)


def hypercare_page(hypercare: Hypercare, reader: Person, *, today: date) -> HypercarePage:
    """Return one for a reader, in a constant number of queries."""
    line = line_of(hypercare, today=today)
    own = next((seat for seat in line.seats if seat.handle == reader.handle), None)
    is_running, is_l3 = hypercare.ended_on is None, own is not None and own.stands
    decisions = _decisions(hypercare)
    is_manager = is_allowed(reader.roles, Permission.LOG_MOVES)
    team = None if is_manager or not is_running else team_on(reader.id, today)
    takes_over = is_manager or (team is not None and team.is_ops)
    can_ask = is_running and is_allowed(reader.roles, Permission.REGISTER_RELEASES)
    learners = [one for one in everyone_on(today) if one.team.is_ops] if is_running and is_l3 else []
    return HypercarePage(
        line=line,
        criteria=line.standing.criteria if line.standing else decisions[-1].criteria if decisions else (),
        lessons=_lessons(hypercare),
        decisions=decisions,
        runbook_url=hypercare.runbook_url,
        alerts=hypercare.alerts,
        own=own,
        learners=tuple((one.handle, f"{one.name} ({one.team.code})") for one in learners if one.person_id != reader.id),
        people=offered_people() if can_ask else (),
        can_exit=is_running and takes_over and not is_l3,
        can_decide=is_running and is_allowed(reader.roles, Permission.PLAN_STAFFING),
        can_link=is_running and (takes_over or is_l3),
        can_ask=can_ask,
        hours_per_day=hypercare.asks.hours_per_day,
    )


def since_page(hypercare: Hypercare) -> SincePage:
    """Return what happened since the first release: further ones, and incidents up to the end, noise left out."""
    first = sa.select(sa.func.min(Release.deployed_at)).where(Release.hypercare_id == hypercare.id).scalar_subquery()
    conditions = [Incident.service_id == hypercare.service_id, Incident.opened_at >= first]
    ended_at = sa.select(sa.func.max(HypercareDecision.decided_at)).where(
        HypercareDecision.hypercare_id == hypercare.id, HypercareDecision.kind != DecisionKind.PROLONGED
    )
    if hypercare.ended_on is not None:
        conditions.append(Incident.opened_at <= ended_at.scalar_subquery())
    columns = (Incident.title, Source.slug, Incident.external_id, Incident.severity, Incident.opened_at)
    query = sa.select(*columns).join(Source, Source.id == Incident.source_id).where(*conditions, ~Incident.is_noise)
    rows = db.session.execute(query.order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(SHOWN))
    counts = sa.select(Incident.is_noise, sa.func.count()).where(*conditions).group_by(Incident.is_noise)
    counted = {bool(is_noise): count for is_noise, count in db.session.execute(counts)}
    service, is_running = hypercare.service, hypercare.ended_on is None
    lines = tuple(IncidentLine(*row) for row in rows)
    total, noise = counted.get(False, 0), counted.get(True, 0)
    return SincePage(
        hypercare.number, service.name, service.slug, is_running, _releases(hypercare), lines, total, noise
    )


def own_duties(person: Person) -> OwnDuties:
    """Return what My day says of hypercare: those in which somebody is asked or stands, or was taught something. One query."""
    seats = (
        sa.select(L3Seat.id, L3Seat.hypercare_id, L3Seat.state)
        .where(L3Seat.person_id == person.id, L3Seat.until_on.is_(None))
        .subquery()
    )
    lessons = (
        sa.select(TeachEntry.id, TeachEntry.hypercare_id, TeachEntry.what, Person.name.label("teacher"))
        .join(Person, Person.id == TeachEntry.teacher_id)
        .outerjoin(TeachConfirmation, TeachConfirmation.entry_id == TeachEntry.id)
        .where(TeachEntry.learner_id == person.id, TeachConfirmation.id.is_(None))
        .order_by(TeachEntry.id)
        .limit(SHOWN)
        .subquery()
    )
    is_theirs = [Hypercare.id.in_(sa.select(one.c.hypercare_id)) for one in (seats, lessons)]
    query = (
        sa.select(
            Hypercare.number, Service.name, Hypercare.expected_on, seats.c.state, lessons.c.id, lessons.c.teacher, lessons.c.what
        )
        .join(Service, Service.id == Hypercare.service_id)
        .outerjoin(seats, sa.and_(seats.c.hypercare_id == Hypercare.id, Hypercare.ended_on.is_(None)))
        .outerjoin(lessons, lessons.c.hypercare_id == Hypercare.id)
        .where(sa.or_(*is_theirs))
        .order_by(seats.c.id, lessons.c.id)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    # A hypercare has a row for each lesson, so its seat shows once.
    standing = {number: (service, on, state) for number, service, on, state, *_ in rows}
    taught = sorted(
        (entry, number, teacher, what) for number, _, _, _, entry, teacher, what in rows if entry is not None
    )
    return OwnDuties(
        tuple((number, service) for number, (service, _, state) in standing.items() if state is SeatState.ASKED),
        tuple(
            (number, service, on) for number, (service, on, state) in standing.items() if state is SeatState.ACCEPTED
        ),
        tuple((number, teacher, what) for _, number, teacher, what in taught),
    )


def working_hooks() -> tuple[ReleaseHook, ...]:
    """Return the addresses of pipelines that work, newest first."""
    query = sa.select(ReleaseHook).where(ReleaseHook.ended_at.is_(None)).order_by(ReleaseHook.id.desc())
    return tuple(db.session.scalars(query))


def _lessons(hypercare: Hypercare) -> tuple[LessonLine, ...]:
    teacher, learner = aliased(Person), aliased(Person)
    query = (
        sa.select(TeachEntry, teacher.name, learner.name, learner.handle, TeachConfirmation.confirmed_at)
        .join(teacher, teacher.id == TeachEntry.teacher_id)
        .join(learner, learner.id == TeachEntry.learner_id)
        .outerjoin(TeachConfirmation, TeachConfirmation.entry_id == TeachEntry.id)
        .where(TeachEntry.hypercare_id == hypercare.id)
        .order_by(TeachEntry.taught_on.desc(), TeachEntry.id.desc())
        .options(sa.orm.lazyload("*"))
    )
    return tuple(
        LessonLine(one.id, one.what, by, to, handle, one.taught_on, at)
        for one, by, to, handle, at in db.session.execute(query)
    )


def _releases(hypercare: Hypercare) -> tuple[ReleaseLine, ...]:
    query = (
        sa.select(Release)
        .where(Release.hypercare_id == hypercare.id)
        .order_by(Release.deployed_at.desc(), Release.id.desc())
        .limit(SHOWN)
        .options(
            sa.orm.joinedload(Release.registered_by).lazyload("*"), sa.orm.joinedload(Release.hook),
            sa.orm.selectinload(Release.authors).lazyload("*"), sa.orm.lazyload(Release.service),
        )
    )  # fmt: skip
    return tuple(_release(one) for one in db.session.scalars(query))


def _release(one: Release) -> ReleaseLine:
    by = one.registered_by.name if one.registered_by else one.hook.name if one.hook else ""
    unknown = tuple(author.given for author in one.authors if author.person_id is None)
    return ReleaseLine(one.version, one.deployed_at, one.url, by, unknown)


def _decisions(hypercare: Hypercare) -> tuple[DecisionLine, ...]:
    query = (
        sa.select(HypercareDecision, Person.name)
        .join(Person, Person.id == HypercareDecision.person_id)
        .where(HypercareDecision.hypercare_id == hypercare.id)
        .order_by(HypercareDecision.id)
        .options(sa.orm.lazyload("*"))
    )
    return tuple(_decision(row, name) for row, name in db.session.execute(query))


def _decision(row: Any, name: str) -> DecisionLine:
    criteria = tuple(Criterion(**one) for one in row.evidence)
    return DecisionLine(DECISION_WORDS[row.kind], row.kind, name, row.decided_at, row.reason, criteria, row.until_on)
