"""Releases as a list, and the services one can register a release of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.staffing.hypercare.models import Hypercare, Release, ReleaseHook


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release in the list."""

    service: str
    version: str
    url: str
    deployed_at: datetime
    registered_by: str
    hypercare: int | None
    is_running: bool


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """A page of releases."""

    rows: Paged[ReleaseRow]
    q: str
    can_register: bool


def releases_page(q: str, number: int, *, reader: Person) -> ReleasesPage:
    """Return a page of releases, the newest first; ``q`` is part of a service's name or of a version."""
    columns: tuple[Any, ...] = (
        Service.name, Release.version, Release.url, Release.deployed_at,
        sa.func.coalesce(Person.name, ReleaseHook.name, ""), Hypercare.number,
        sa.and_(Hypercare.id.is_not(None), Hypercare.ended_on.is_(None)),
    )  # fmt: skip
    query = (
        sa.select(*columns)
        .join_from(Release, Service, Service.id == Release.service_id)
        .outerjoin(Person, Person.id == Release.registered_by_id)
        .outerjoin(ReleaseHook, ReleaseHook.id == Release.hook_id)
        .outerjoin(Hypercare, Hypercare.id == Release.hypercare_id)
        .order_by(Release.deployed_at.desc(), Release.id.desc())
    )
    if q:
        words = (Service.name.icontains(q, autoescape=True), Release.version.icontains(q, autoescape=True))
        query = query.where(sa.or_(*words))
    can_register = is_allowed(reader.roles, Permission.REGISTER_RELEASES)
    found, total = fetch_page(query, number)
    return ReleasesPage(Paged(tuple(ReleaseRow(*row) for row in found), number, total), q, can_register)


def service_choices() -> tuple[tuple[str, str], ...]:
    """Return slug and name of every service, by name."""
    rows = db.session.execute(sa.select(Service.slug, Service.name).order_by(Service.name, Service.id))
    return tuple((slug, name) for slug, name in rows)
