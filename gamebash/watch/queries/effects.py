"""What an event did: incidents of the problems fixed in it before and after, beside what was to be expected without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Incident, Problem
from gamebash.backlog.problems import calibration_in, newest_calibration
from gamebash.backlog.severity import WEIGHTS
from gamebash.core.db import db
from gamebash.core.sql_times import minutes_between
from gamebash.events.models import Event
from gamebash.events.rules import Rules
from gamebash.play.models import Claim, Fix
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from gamebash.watch.numbers import Counted, Effect, Repair, RepeatRate, effect_of, repeat_rates
from gamebash.watch.queries.repeats import YEARS_BACK, first_back_at
from gamebash.watch.recurrences import home_id
from gamebash.watch.verdict import QUARTER_DAYS

# An incident left open over a weekend took nobody the weekend.
MOST_MINUTES = 24 * 60
PAST = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class ProblemEffect:
    """One problem fixed in an event. ``state`` is what everybody may know; figures are for the days watched so far.

    ``raised_by`` is who proposed the story, empty where nobody did.
    """

    story_key: str
    problem_key: str
    title: str
    service: str
    fixer: str
    raised_by: str
    state: WatchState
    days_watched: int
    before: int
    expected: float
    observed: int


@dataclass(frozen=True, slots=True)
class EventEffect:
    """An event's effect. ``before`` is incidents in as many days before go-live as a fix is watched.

    ``hours_spent`` is the time stories were held from claim to fix. ``is_over`` once every watch has its verdict. ``held``,
    ``recurred`` and ``watching`` count fixes. ``problems`` are worst first.
    """

    slug: str
    name: str
    went_live_at: datetime
    watch_days: int
    held: int
    recurred: int
    watching: int
    effect: Effect
    hours_spent: float
    repeats: tuple[RepeatRate, ...]
    problems: tuple[ProblemEffect, ...]

    @property
    def is_over(self) -> bool:
        """Say whether every fix has its verdict."""
        return not self.watching


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch with the incidents of its problem: as many before go-live, and in the days watched so far, with their weight.

    ``minutes`` is what one took on average in the year before go-live; ``back_at`` when the first came after the deploy.
    """

    watch: Watch
    before: int
    observed: int
    weight: float
    minutes: float
    back_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventWatches:
    """An event's watches with their figures, and how much counts scatter here."""

    each: tuple[Watched, ...]
    scatter: float

    @property
    def watches(self) -> list[Watch]:
        """The watches alone."""
        return [one.watch for one in self.each]


def event_effect(event: Event, *, now: datetime) -> EventEffect:
    """Return what an event did about the problems fixed in it, as known now; the page of a closed event shows it.

    ``event_effect(event, now=now).effect`` has expected, low, high, observed, weight, hours and ``finding``
    (fewer, more, too_few, not_yet); ``.problems`` a line for each problem. One query, whatever the backlog.
    """
    return effect_of_watches(event, watches_of(event, now=now), now=now)


def effect_of_watches(event: Event, found: EventWatches, *, now: datetime) -> EventEffect:
    """Return what an event did, whose watches are read already. No query."""
    live_at, days = event.went_live_at or event.starts_at, Rules.from_document(event.rules).watch_days
    about = _one_a_problem(found.each)
    counted = [_counted(one, now) for one in about]
    lines = [_line(one.watch, figures, now) for one, figures in zip(about, counted, strict=True)]
    states = [public_state(one) for one in found.watches]
    return EventEffect(
        slug=event.slug,
        name=event.name,
        went_live_at=live_at,
        watch_days=days,
        held=states.count(WatchState.HELD),
        recurred=states.count(WatchState.RECURRED),
        watching=states.count(WatchState.WATCHING),
        effect=effect_of(counted, scatter=found.scatter),
        hours_spent=_hours_spent(found.watches),
        repeats=repeat_rates(_repairs(found.each, now), now=now),
        problems=tuple(sorted(lines, key=lambda line: (-line.observed, -line.expected, line.story_key))),
    )


def public_state(watch: Watch) -> WatchState:
    """Return how a watch stands for everybody: what came back is the fixer's to know until it is settled."""
    if watch.state is not WatchState.CAME_BACK:
        return watch.state
    return WatchState.WATCHING if watch.decided_at is None else WatchState.HELD


def watches_of(event: Event, *, now: datetime) -> EventWatches:
    """Return the watches of an event's fixes with all that is told of them, and with their figures, in one query."""
    live_at, days = event.went_live_at or event.starts_at, Rules.from_document(event.rules).watch_days
    tally = _tallies(event, live_at - timedelta(days=days), live_at, now=now)
    minutes = _minutes(event, live_at)
    query = (
        sa.select(
            Watch, sa.func.coalesce(tally.c.before, 0), sa.func.coalesce(tally.c.observed, 0), sa.func.coalesce(tally.c.weight, 0),
            sa.func.coalesce(minutes.c.mean, 0.0), first_back_at(), newest_calibration().scalar_subquery(),
        )
        .outerjoin(tally, tally.c.watch_id == Watch.id)
        .outerjoin(minutes, minutes.c.problem_id == home_id())
        .where(Watch.event_id == event.id)
        .options(
            joinedload(Watch.problem).options(joinedload(Problem.service), joinedload(Problem.merged_into)),
            joinedload(Watch.fix).options(
                joinedload(Fix.story).joinedload(Story.created_by),
                joinedload(Fix.player),
                joinedload(Fix.claim).load_only(Claim.claimed_at),
            ),
        )
        .order_by(Watch.starts_at, Watch.id)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    return EventWatches(
        each=tuple(
            Watched(watch, before, observed, float(weight), float(mean), back_at)
            for watch, before, observed, weight, mean, back_at, _ in rows
        ),
        scatter=calibration_in(rows[0][-1] if rows else None).scatter,
    )


def _home(watch: Watch) -> Problem:
    problem = watch.problem
    if problem is None:
        message = "a watch without a problem has no home"
        raise ValueError(message)
    return problem.merged_into or problem


def _one_a_problem(watches: Sequence[Watched]) -> list[Watched]:
    """Return the first watch of each problem: two fixes of one problem prevent its incidents once."""
    first: dict[tuple[int, bool], Watched] = {}
    for one in watches:
        if one.watch.problem is not None:
            first.setdefault((_home(one.watch).id, one.watch.is_about_noise), one)
    return list(first.values())


def _tallies(event: Event, since: datetime, live_at: datetime, *, now: datetime) -> sa.Subquery:
    """Select for each watch of an event its problem's incidents before go-live and in the days watched so far."""
    weight = sa.case(*((Incident.severity == name, value) for name, value in WEIGHTS.items()), else_=0)
    is_before = sa.and_(Incident.opened_at >= since, Incident.opened_at < live_at)
    is_after = sa.and_(
        Incident.opened_at > Watch.starts_at, Incident.opened_at < Watch.ends_at, Incident.opened_at <= now
    )
    return (
        sa.select(
            Watch.id.label("watch_id"),
            sa.func.count().filter(is_before).label("before"),
            sa.func.count().filter(is_after).label("observed"),
            sa.func.sum(weight).filter(is_after).label("weight"),
        )
        .join(
            Incident,
            sa.and_(
                Incident.problem_id == home_id(),
                Incident.opened_at >= since,
                Incident.opened_at < Watch.ends_at,
                Incident.is_noise == Watch.is_about_noise,
            ),
        )
        .where(Watch.event_id == event.id)
        .group_by(Watch.id)
        .subquery()
    )


def _minutes(event: Event, live_at: datetime) -> sa.Subquery:
    """Select how many minutes an incident of each watched problem took on average in the year before go-live."""
    lasted: Any = minutes_between(Incident.opened_at, Incident.resolved_at)
    bounded = sa.case((lasted > MOST_MINUTES, MOST_MINUTES), (lasted < 0, 0), else_=lasted)
    return (
        sa.select(Incident.problem_id, sa.func.avg(bounded).label("mean"))
        .where(
            Incident.problem_id.in_(sa.select(home_id()).select_from(Watch).where(Watch.event_id == event.id)),
            Incident.opened_at >= live_at - PAST,
            Incident.opened_at < live_at,
            Incident.resolved_at.is_not(None),
        )
        .group_by(Incident.problem_id)
        .subquery()
    )


def _repairs(watches: Sequence[Watched], now: datetime) -> list[Repair]:
    """Return the fixes of the last two years with when their problem was back."""
    return [
        Repair(one.watch.starts_at, one.back_at)
        for one in watches
        if one.watch.problem is not None and one.watch.starts_at >= now - YEARS_BACK
    ]


def _counted(one: Watched, now: datetime) -> Counted:
    return Counted(
        before=one.before,
        expected=one.watch.forecast * _watched(one.watch, now) / timedelta(days=QUARTER_DAYS),
        observed=one.observed,
        observed_weight=one.weight,
        mean_weight=one.watch.mean_weight,
        mean_minutes=one.minutes,
    )


def _watched(watch: Watch, now: datetime) -> timedelta:
    return max(timedelta(0), min(now, watch.ends_at) - watch.starts_at)


def _line(watch: Watch, figures: Counted, now: datetime) -> ProblemEffect:
    home = _home(watch)
    return ProblemEffect(
        story_key=watch.fix.story.key,
        problem_key=home.key,
        title=home.title,
        service=home.service.name,
        fixer=watch.fix.player.person.player_name,
        raised_by=watch.fix.story.created_by.player_name if watch.fix.story.created_by else "",
        state=public_state(watch),
        days_watched=_watched(watch, now).days,
        before=figures.before,
        expected=figures.expected,
        observed=figures.observed,
    )


def _hours_spent(watches: Sequence[Watch]) -> float:
    """Return the hours for which the stories that were fixed were held, from claim to fix."""
    spent = (one.fix.submitted_at - one.fix.claim.claimed_at for one in watches)
    return sum(spent, timedelta()) / timedelta(hours=1)
