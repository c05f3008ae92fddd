"""Finds out who built what a hypercare is about, in a constant number of queries."""

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa

from gamebash.absences.queries import days_away_between
from gamebash.absences.spans import days_away
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.membership import everyone_on
from gamebash.rotation.models import Team
from gamebash.staffing.hypercare.models import Hypercare, L3Seat, Release, ReleaseAuthor
from gamebash.staffing.hypercare.proposing import Builders
from gamebash.staffing.knowledge import Ground
from gamebash.staffing.queries.facts import deeds_between, known_on

A_YEAR = timedelta(days=365)
FIXING = {Ground.FIX, Ground.HELD_FIX}


def builders_of(hypercare: Hypercare, *, today: date) -> Builders:
    """Return who built it. Whoever is in ops or SRE is there anyway; whoever is away all the time cannot help."""
    service = hypercare.service
    authors: dict[int, list[str]] = {}
    query = (
        sa.select(ReleaseAuthor.person_id, Release.version)
        .join(Release, Release.id == ReleaseAuthor.release_id)
        .where(Release.hypercare_id == hypercare.id, ReleaseAuthor.person_id.is_not(None))
        .order_by(ReleaseAuthor.id)
    )
    for person, version in db.session.execute(query):
        if person is not None:
            authors.setdefault(person, []).append(version)
    deeds = deeds_between(today - A_YEAR, today)
    fixers = Counter(deed.person for deed in deeds if deed.service == service.id and deed.ground in FIXING)
    here = {one.person_id: one for one in everyone_on(today)}
    team_id = service.builder_team_id or service.team_id
    known = [one.person for one in known_on(today).of(service.id)]
    members = [one.person_id for one in here.values() if one.team.id == team_id]
    ranks = {person: rank for rank, person in enumerate(known)}
    away = days_away_between(hypercare.begins_on, hypercare.expected_on)
    whole = (hypercare.expected_on - hypercare.begins_on).days
    asked = set(db.session.scalars(sa.select(L3Seat.person_id).where(L3Seat.hypercare_id == hypercare.id)))
    everybody = {*authors, *fixers, *members}
    active = set(db.session.scalars(sa.select(Person.id).where(Person.id.in_(everybody), Person.is_active)))
    cannot = {
        one
        for one in everybody
        if one in asked
        or one not in active
        or (one in here and here[one].team.is_ops)
        or days_away(away.get(one, ()), hypercare.begins_on, hypercare.expected_on) >= whole
    }
    return Builders(
        authors=authors,
        fixers=fixers,
        team=sorted(members, key=lambda one: (ranks.get(one, len(ranks)), one)),
        team_code=_code(team_id),
        service=service.name,
        cannot=cannot,
    )


def _code(team_id: int | None) -> str:
    return db.session.scalar(sa.select(Team.code).where(Team.id == team_id)) or "" if team_id else ""
