"""Registering a release: once by service and version, by a person or a pipeline; those who built it are asked to stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError
from gamebash.people.models import Person
from gamebash.rotation.refusals import words
from gamebash.staffing.hypercare.models import Hypercare, Release, ReleaseAuthor, ReleaseHook
from gamebash.staffing.hypercare.seats import ask_builders
from gamebash.staffing.rules import hypercare_rule

MOST_AUTHORS = 200
CLOCKS_DIFFER = timedelta(minutes=10)
_ONE_OF_A_VERSION = next(
    constraint
    for constraint in db.metadata.tables["releases"].constraints
    if isinstance(constraint, sa.UniqueConstraint)
)
_ONE_RUNS = next(index for index in db.metadata.tables["hypercares"].indexes if index.name == "uq_hypercares_running")


class KnownReleaseError(DomainError):
    """The version of the service was registered before; the message says by whom and when."""


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """What went out: the service, its version, when, who wrote the changes (addresses, handles), and where to read of it.

    ``asks`` says whether those who built it are asked to stay as L3.
    """

    service: Service
    version: str
    deployed_at: datetime
    authors: tuple[str, ...] = ()
    url: str = ""
    asks: bool = True


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who registers: a person, or a pipeline by its secret address."""

    by: Person | None = None
    hook: ReleaseHook | None = None


def register_release(draft: ReleaseDraft, registrar: Registrar, *, now: datetime) -> Release:
    """Keep that a version of a service went out, and begin its hypercare, or let it go over to the one that runs.

    Raises:
        InvalidError: where the version is missing, or the time lies ahead.
        KnownReleaseError: where the version was registered before.
    """
    _refuse_nonsense(draft, now)
    release = _write(draft, registrar, now=now)
    release.authors = _authors(draft.authors)
    by_id = registrar.by.id if registrar.by else None
    tag = f"{draft.service.slug} {draft.version}"
    audit.record("release:registered", tag, by_id=by_id, now=now, hook=registrar.hook.name if registrar.hook else "")
    if registrar.hook:
        registrar.hook.used_at = now
    if draft.asks and now - draft.deployed_at < timedelta(days=hypercare_rule().longest_days):
        release.hypercare = _hypercare_of(release, now=now)
        db.session.flush()
        ask_builders(release.hypercare, now=now)
    db.session.flush()
    return release


def find_release(service: Service, version: str) -> Release | None:
    """Return a release by service and version, where it was registered."""
    query = sa.select(Release).where(Release.service_id == service.id, Release.version == version.strip())
    return db.session.scalar(query)


def service_named(text: str) -> Service | None:
    """Return a service by its slug or its name, however that is written."""
    name = text.strip().casefold()
    query = sa.select(Service).where(sa.or_(Service.slug == name, sa.func.lower(Service.name) == name))
    return db.session.scalars(query.order_by(Service.id).limit(1)).first()


def _refuse_nonsense(draft: ReleaseDraft, now: datetime) -> None:
    if not draft.version.strip():
        raise InvalidError("Say which version went out.")
    if draft.deployed_at > now + CLOCKS_DIFFER:
        raise InvalidError("That time lies ahead. Register a release once it went out.")
    if len(draft.authors) > MOST_AUTHORS:
        raise InvalidError(f"Name up to {MOST_AUTHORS} authors, not {len(draft.authors)}.")


def _write(draft: ReleaseDraft, registrar: Registrar, *, now: datetime) -> Release:
    release = Release(
        service=draft.service,
        version=draft.version.strip(),
        deployed_at=draft.deployed_at,
        url=draft.url.strip(),
        registered_by=registrar.by,
        hook=registrar.hook,
        registered_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(release)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_OF_A_VERSION):
            raise
        raise KnownReleaseError(_known(draft)) from error
    return release


def _known(draft: ReleaseDraft) -> str:
    release = find_release(draft.service, draft.version)
    name = f"{draft.service.name} {draft.version.strip()}"
    if release is None:
        return f"{name} was registered by somebody else at this very moment."
    who = release.registered_by.name if release.registered_by else "a pipeline"
    return f"{name} was registered by {who} on {words(release.registered_at)}. Nothing more to do."


def _authors(given: Collection[str]) -> list[ReleaseAuthor]:
    """Return the authors, each with who that is here, by address or handle; somebody named twice counts once."""
    names = list({name.casefold(): name for one in given if (name := one.strip()[:200])}.values())
    lowered = [name.casefold() for name in names]
    query = sa.select(Person).where(sa.or_(sa.func.lower(Person.email).in_(lowered), Person.handle.in_(lowered)))
    people = {
        key: person.id for person in db.session.scalars(query) for key in (person.email.casefold(), person.handle)
    }
    authors = [ReleaseAuthor(given=name, person_id=people.get(name.casefold())) for name in names]
    return list({one.person_id or one.given: one for one in reversed(authors)}.values())[::-1]


def _hypercare_of(release: Release, *, now: datetime) -> Hypercare:
    """Return the hypercare of the service that runs, reaching further now, or a new one."""
    running = sa.select(Hypercare).where(Hypercare.service_id == release.service_id, Hypercare.ended_on.is_(None))
    found = db.session.scalar(running.with_for_update(of=Hypercare))
    rule, day = hypercare_rule(), release.deployed_at.date()
    if found is None:
        made = Hypercare(
            number=next_number("hypercares"),
            service_id=release.service_id,
            begins_on=day,
            expected_on=day + timedelta(days=rule.days),
            longest_on=day + timedelta(days=max(rule.longest_days, rule.days)),
            rule=rule.to_document(),
        )
        try:
            with db.session.begin_nested():
                db.session.add(made)
        except sa.exc.IntegrityError as error:
            if not is_violation_of(error, _ONE_RUNS):
                raise
            found = db.session.scalars(running).one()
        else:
            audit.record("hypercare:begun", str(made.number), by_id=release.registered_by_id, now=now)
            return made
    further = day + timedelta(days=found.asks.days)
    found.expected_on = min(max(found.expected_on, further), max(found.longest_on, found.expected_on))
    return found
