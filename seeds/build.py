"""Builds the demo through the actions that people use, on a fixed clock; a second time it changes nothing."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.events.models import Series
from gamebash.people.models import Person
from seeds.backlog import learn_forecasts, propose_stories, take_in_incidents
from seeds.day import fill_the_day
from seeds.games import Game, draft_next, found_series, play_through, play_until, prepare
from seeds.operating import log_models
from seeds.organisation import DEMO_ACCOUNTS, PASSWORD, Organisation, build_organisation, email_of, give_services
from seeds.releases import hand_half_over, stay_after_releases
from seeds.staffing import plan_ahead
from seeds.watches import watch_through

NAMES = {
    12: "Winter",
    1: "Winter",
    2: "Winter",
    3: "Spring",
    4: "Spring",
    5: "Spring",
    6: "Summer",
    7: "Summer",
    8: "Summer",
}


def is_empty() -> bool:
    """Say whether nobody is in this installation yet."""
    return db.session.scalar(sa.select(Person.id).limit(1)) is None


def is_built() -> bool:
    """Say whether the demo is here already."""
    return db.session.scalar(sa.select(Series.id).where(Series.slug == "quarterly-bash")) is not None


def build(*, now: datetime) -> None:
    """Build the demo, all of it or nothing."""
    now = now.replace(second=0, microsecond=0)
    with unit_of_work():
        organisation = build_organisation(now=now)
        take_in_incidents(now=now)
        learn_forecasts(now=now - timedelta(days=182))
        give_services(organisation)
        _play(organisation, now=now)
        propose_stories(12, by=organisation.named("organiser"), now=now)
        plan_ahead(organisation, now=now)
        stay_after_releases(organisation, now=now)
        hand_half_over(now=now)
        log_models(organisation, now=now)


def accounts() -> list[tuple[str, str, str]]:
    """Return role, address and password of the demo's accounts."""
    return [(role, email_of(name), PASSWORD) for role, name in DEMO_ACCOUNTS.items()]


def _play(organisation: Organisation, *, now: datetime) -> None:
    first_at = _morning(now - timedelta(days=182))
    series = found_series(organisation, first_at, now=first_at - timedelta(days=60))
    for days, stories in ((182, 18), (91, 20)):
        starts_at = _morning(now - timedelta(days=days))
        game = Game(_name(starts_at), starts_at, 7, stories, 0.85, f"{days} days ago", skip=30)
        event = prepare(organisation, game, series, now=starts_at - timedelta(days=10))
        play_through(organisation, event, game)
        watch_through(event, now=now)
    live = Game(_name(now), now - timedelta(hours=4), 12, 26, 0.45, "today")
    event = prepare(organisation, live, series, now=now - timedelta(days=9))
    play_until(organisation, event, live, now=now)
    fill_the_day(organisation, event, now=now)
    draft_next(organisation, series, _morning(now + timedelta(days=84)), now=now - timedelta(days=1))


def _name(moment: datetime) -> str:
    return f"{NAMES.get(moment.month, 'Autumn')} Bash"


def _morning(moment: datetime) -> datetime:
    """Return 9 o'clock of a working day around then."""
    weekend = moment.weekday() - 4
    day = moment - timedelta(days=weekend) if weekend > 0 else moment
    return datetime.combine(day.date(), time(9), tzinfo=moment.tzinfo)
