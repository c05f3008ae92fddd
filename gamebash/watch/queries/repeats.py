"""How often problems come back within 30, 60 and 90 days of a fix: over all, by service, by event."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Incident, Problem, Service
from gamebash.core.db import db
from gamebash.events.models import Event
from gamebash.watch.models import Watch
from gamebash.watch.numbers import Repair, RepeatRate, repeat_rates
from gamebash.watch.recurrences import home_id

# Fixes of this long ago and later are counted.
YEARS_BACK = timedelta(days=2 * 364)


@dataclass(frozen=True, slots=True)
class RepeatLine:
    """The repeat rates of one service or event; ``slug`` is what it is addressed by."""

    name: str
    slug: str
    rates: tuple[RepeatRate, ...]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Repeat rates of the last two years, over all and in parts; services with most fixes and newest events first."""

    overall: tuple[RepeatRate, ...]
    by_service: tuple[RepeatLine, ...]
    by_event: tuple[RepeatLine, ...]


def repeats(*, now: datetime) -> Repeats:
    """Return the repeat rates of the fixes of the last two years, in one query."""
    rows = db.session.execute(_query().where(Watch.starts_at >= now - YEARS_BACK)).all()
    services: dict[tuple[str, str], list[Repair]] = {}
    events: dict[tuple[str, str], list[Repair]] = {}
    for fixed_at, back_at, service, service_slug, event, event_slug in rows:
        repair = Repair(fixed_at, back_at)
        services.setdefault((service, service_slug), []).append(repair)
        events.setdefault((event, event_slug), []).append(repair)
    busiest = sorted(services.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    newest = sorted(events.items(), key=lambda pair: max(one.fixed_at for one in pair[1]), reverse=True)
    return Repeats(
        overall=repeat_rates([Repair(row[0], row[1]) for row in rows], now=now),
        by_service=tuple(RepeatLine(*key, repeat_rates(found, now=now)) for key, found in busiest),
        by_event=tuple(RepeatLine(*key, repeat_rates(found, now=now)) for key, found in newest),
    )


def overall_rates(*, now: datetime) -> tuple[RepeatRate, ...]:
    """Return how often problems of the last two years came back, over all."""
    rows = db.session.execute(_query().where(Watch.starts_at >= now - YEARS_BACK))
    return repeat_rates([Repair(row[0], row[1]) for row in rows], now=now)


def first_back_at() -> sa.ScalarSelect[datetime]:
    """Select when the first incident of a watch's problem came after the deploy, none if none did; the query has to have ``Watch``."""
    return (
        sa.select(sa.func.min(Incident.opened_at, type_=Incident.opened_at.type))
        .where(
            Incident.problem_id == home_id(),
            Incident.opened_at > Watch.starts_at,
            Incident.is_noise == Watch.is_about_noise,
        )
        .correlate(Watch)
        .scalar_subquery()
    )


def _query() -> sa.Select[datetime, datetime, str, str, str, str]:
    """Select each fix about a problem with the first incident after it, within the longest horizon."""
    return (
        sa.select(Watch.starts_at, first_back_at(), Service.name, Service.slug, Event.name, Event.slug)
        .join(Problem, Problem.id == Watch.problem_id)
        .join(Service, Service.id == Problem.service_id)
        .join(Event, Event.id == Watch.event_id)
        .order_by(Watch.id)
    )
