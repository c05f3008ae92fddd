"""The demo's releases: one that builders stay for, one that stands on its own by evidence; and a handover half done."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Incident, Service
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.membership import everyone_on
from gamebash.staffing.handovers.checklist import DayKind
from gamebash.staffing.handovers.days import plan_day
from gamebash.staffing.handovers.handovers import name_receiver, tick_item, write_notes
from gamebash.staffing.handovers.models import Handover
from gamebash.staffing.hypercare.ending import exit_hypercare, link_runbook
from gamebash.staffing.hypercare.evidence import missing
from gamebash.staffing.hypercare.hooks import make_hook, receive_release
from gamebash.staffing.hypercare.models import Hypercare
from gamebash.staffing.hypercare.queries.evidence import COUNTS, evidence_of
from gamebash.staffing.hypercare.seats import accept_seat
from gamebash.staffing.hypercare.teaching import Lesson, confirm_lesson, log_lesson
from seeds.organisation import Organisation

RUNNING_DAYS, ENDED_DAYS = 6, 55
LAST_TRY = 40
FRIDAY = 4
LESSONS = (
    "How a deploy is rolled back, tried together on staging", "Reading the queue dashboard, and what is normal on a Monday",
    "Replaying what got stuck, without doubling it", "Which alerts may wait until morning",
)  # fmt: skip
NOTES = (
    "The nightly export has to be watched on the first of a month: it is slow, not stuck.\n"
    "Ask Supplier desk before you restart the importer, they see half orders while it is down."
)


def stay_after_releases(organisation: Organisation, *, now: datetime) -> None:
    """Let a pipeline register releases, people answer and teach, and one hypercare end once the evidence is there."""
    began = _workday(now - timedelta(days=ENDED_DAYS), 10)
    token = make_hook("Deploy pipeline", by=organisation.named("admin"), now=began - timedelta(days=1))
    calm = _calmest_service(began)
    _end_one(organisation, _release(token, calm, "3.4.0", _builders(organisation, calm, began), now=began), now=began)
    out = _workday(now - timedelta(days=RUNNING_DAYS), 10)
    busy = db.session.scalars(sa.select(Service).where(Service.name == "Actions")).one()
    authors = [organisation.named("developer"), *_builders(organisation, busy, out)]
    _run_one(organisation, _release(token, busy, "2.14.0", authors, now=out), now=out)


def hand_half_over(*, now: datetime) -> None:
    """Let who leaves next tick half of their list, write notes, and plan two days with who takes over."""
    handover = db.session.scalars(sa.select(Handover).order_by(Handover.id)).first()
    if handover is None or handover.move.from_team_id is None:
        return
    giver, when = handover.person, now - timedelta(days=1)
    here = [one for one in everyone_on(now.date()) if one.team.id == handover.move.from_team_id]
    receiver = next(one for one in here if one.person_id != giver.id)
    name_receiver(handover, db.session.get_one(Person, receiver.person_id), by=giver, now=when)
    for item in handover.items[: len(handover.items) // 2]:
        tick_item(handover, item.id, by=giver, now=when)
    write_notes(handover, NOTES, by=giver, now=when)
    for days, kind in ((10, DayKind.PAIRING), (4, DayKind.SHADOW)):
        plan_day(handover, handover.move.effective_on - timedelta(days=days), kind, by=giver, now=when)


def _release(token: str, service: Service, version: str, authors: Sequence[Person], *, now: datetime) -> Hypercare:
    payload = {
        "service": service.slug, "version": version, "deployed_at": now.isoformat(),
        "authors": [person.email for person in authors], "url": f"https://example.org/{service.slug}/releases/{version}",
    }  # fmt: skip
    release = receive_release(token, payload, now=now).release
    if release is None or release.hypercare is None:
        raise RuntimeError(f"{service.name} {version} was not registered, or nobody was asked to stay.")
    return release.hypercare


def _end_one(organisation: Organisation, hypercare: Hypercare, *, now: datetime) -> None:
    for seat in list(hypercare.seats):
        accept_seat(hypercare, by=seat.person, now=now + timedelta(hours=3))
    teacher, learners = hypercare.seats[0].person, _learners(organisation)
    for number, what in enumerate(LESSONS):
        learner, then = learners[number % len(learners)], _workday(now + timedelta(days=1 + number), 15)
        entry = log_lesson(hypercare, Lesson(learner, what, then.date()), by=teacher, now=then)
        confirm_lesson(hypercare, entry.id, by=learner, now=then + timedelta(hours=2))
    link_runbook(
        hypercare, url="https://example.org/runbooks/release", alerts="ErrorRateHigh, QueueAge", by=teacher, now=now + timedelta(days=5)
    )  # fmt: skip
    for days in range(7, LAST_TRY):
        then = _workday(now + timedelta(days=days), 16)
        if not missing(evidence_of(hypercare, today=then.date())):
            exit_hypercare(hypercare, by=learners[0], now=then)
            return


def _run_one(organisation: Organisation, hypercare: Hypercare, *, now: datetime) -> None:
    developer, (learner, other, *_) = organisation.named("developer"), _learners(organisation)
    accept_seat(hypercare, by=developer, now=now + timedelta(hours=2))
    for days, who, what in ((1, learner, LESSONS[0]), (3, other, LESSONS[1]), (5, learner, LESSONS[2])):
        then = _workday(now + timedelta(days=days), 15)
        entry = log_lesson(hypercare, Lesson(who, what, then.date()), by=developer, now=then)
        if days == 1:
            confirm_lesson(hypercare, entry.id, by=who, now=then + timedelta(hours=1))
    link_runbook(
        hypercare, url="https://example.org/runbooks/actions", alerts="", by=developer, now=now + timedelta(days=2)
    )


def _workday(moment: datetime, hour: int) -> datetime:
    """Return that hour of the day, or of the Friday before where it is a weekend."""
    day = moment - timedelta(days=max(0, moment.weekday() - FRIDAY))
    return datetime.combine(day.date(), time(hour), tzinfo=moment.tzinfo)


def _learners(organisation: Organisation) -> list[Person]:
    """Return who learns: the demo's organiser is in ops, and a second one is."""
    return [organisation.named("organiser"), organisation.people["Grace Mwangi"]]


def _builders(organisation: Organisation, service: Service, at: datetime) -> list[Person]:
    """Return two people of the team that built a service, who hold no role there."""
    held = {organisation.named(role).id for role in ("developer", "manager", "admin")}
    here = [one.person_id for one in everyone_on(at.date()) if one.team.id == service.builder_team_id]
    return [db.session.get_one(Person, one) for one in here if one not in held][:2]


def _calmest_service(since: datetime) -> Service:
    """Return the service with the fewest incidents that count in the days after, among those that a scrum team built."""
    count = sa.select(sa.func.count()).where(
        Incident.service_id == Service.id, Incident.opened_at >= since, Incident.severity.in_(COUNTS)
    )
    named = sa.select(Service).where(Service.name.not_in(["Actions", "Other services"]))
    return db.session.scalars(named.order_by(count.correlate(Service).scalar_subquery(), Service.id).limit(1)).one()
