"""Which services somebody passes on: those of the team left; where it owns none, as ops does, those the giver knows."""

from datetime import date

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.rotation.models import Move
from gamebash.staffing.queries.facts import known_on


def services_handed_over(move: Move, *, today: date) -> tuple[Service, ...]:
    """Return the services by tier and name; one query where the team has any."""
    query = sa.select(Service).options(sa.orm.lazyload("*")).order_by(Service.tier, Service.name)
    of_team = sa.or_(Service.team_id == move.from_team_id, Service.builder_team_id == move.from_team_id)
    own = tuple(db.session.scalars(query.where(of_team)))
    if own:
        return own
    known = known_on(today)
    ids = [service for service in known.services if move.person_id in known.knowers(service)]
    return tuple(db.session.scalars(query.where(Service.id.in_(ids))))
