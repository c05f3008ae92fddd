"""Drafting an event: its day and its rules, by hand or as the next of a series."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.filters import when
from gamebash.core.lifecycles import WrongStateError
from gamebash.core.rows import lock_row
from gamebash.core.slugs import free_slug, slug_of
from gamebash.events.changes import (
    DAY_TAGS,
    RULES_TAGS,
    day_version,
    last_change,
    refuse_stale_edit,
    rules_version,
)
from gamebash.events.day_plan import DayPlan, check_day
from gamebash.events.lifecycle import EventState
from gamebash.events.local_times import local_of
from gamebash.events.models import Event, Series
from gamebash.events.places import move_up
from gamebash.events.recurrence import next_start
from gamebash.events.refusals import FrozenRulesError, InvalidDayError, OpenDraftError
from gamebash.events.rule_bounds import check_rules
from gamebash.events.rules import Rules
from gamebash.people.models import Person

PLANNED = (EventState.DRAFT, EventState.SCHEDULED)
UNFINISHED = (EventState.DRAFT, EventState.SCHEDULED, EventState.LIVE, EventState.JUDGING)
REVIEWS_AFTER = timedelta(minutes=30)


def draft_event(plan: DayPlan, *, by: Person | None, now: datetime) -> Event:
    """Draft an event that belongs to no series, with the usual rules.

    Raises:
        InvalidDayError: where its times are out of order or its name or link cannot be used.
    """
    return _draft(plan, Rules(), None, by=by, now=now)


def draft_from_series(series: Series, *, zone: str, by: Person | None, now: datetime) -> Event:
    """Draft the next event of a series, on the day that its rule proposes, with the last one's rules.

    Raises:
        OpenDraftError: where its next event is drafted or scheduled already; a second press gets this too.
        InvalidRecurrenceError: where the series does not come round any more.
    """
    # The lock makes two organisers who press at once one after the other.
    db.session.execute(sa.select(Series.id).where(Series.id == series.id).with_for_update())
    of_series = sa.select(Event).where(Event.series_id == series.id).order_by(Event.starts_at.desc(), Event.id.desc())
    upcoming = db.session.scalar(of_series.where(Event.state.in_(PLANNED)).limit(1))
    if upcoming is not None:
        raise OpenDraftError(_has_next(series, upcoming, now))
    last = db.session.scalar(of_series.where(Event.state != EventState.CANCELLED).limit(1))
    after = max(now, last.starts_at) if last else now
    starts_at = next_start(series.rrule, first_at=series.starts_at, after=after, zone=zone)
    plan = _next_of(series, starts_at, zone)
    plan = _like(last, plan) if last else plan
    rules = Rules.after(last.rules) if last else Rules()
    return _draft(plan, rules, series, by=by, now=now)


def change_day(event: Event, plan: DayPlan, *, by: Person | None, now: datetime, seen: str | None = None) -> Event:
    """Change the name, times, place, link, limit or words of an event that is not live yet.

    A higher limit lets those in who wait; a lower one takes nobody off.

    ``seen`` is the version that the person had before them; it guards against overwriting somebody else's change.

    Raises:
        WrongStateError: where the event is live or past that; its times then move by pause and extension.
        StaleEditError: where somebody else changed the day meanwhile.
        InvalidDayError: where the times are out of order, the end is past, or a word cannot be used.
    """
    lock_event(event)
    if event.state not in PLANNED:
        message = f"{event.name} is {event.state.value}, so its day stands. A live event moves by pause and extension."
        raise WrongStateError(message)
    refuse_stale_edit(event, seen, day_version, DAY_TAGS, now)
    plan = check_day(plan)
    _refuse_past(plan, now)
    apply_day(event, plan)
    move_up(event, now=now)
    audit.record("event:day_changed", event.slug, by_id=_id(by), now=now, event_id=event.id, starts=str(plan.starts_at))
    return event


def change_rules(event: Event, rules: Rules, *, by: Person | None, now: datetime, seen: str | None = None) -> Event:
    """Change the rules of an event that is not live yet; they then want confirming again.

    Raises:
        FrozenRulesError: where the event went live, with who and when.
        StaleEditError: where somebody else changed the rules meanwhile.
        InvalidRulesError: naming every rule that is outside its bounds.
    """
    lock_event(event)
    _refuse_frozen(event, now)
    refuse_stale_edit(event, seen, rules_version, RULES_TAGS, now)
    document = check_rules(rules).to_document()
    changed = sorted(name for name, value in document.items() if event.rules.get(name) != value)
    event.rules = document
    event.rules_confirmed_at = None
    audit.record("event:rules_changed", event.slug, by_id=_id(by), now=now, event_id=event.id, changed=changed)
    return event


def confirm_rules(event: Event, *, by: Person | None, now: datetime, seen: str | None = None) -> Event:
    """Say that these are the rules to play by; the first confirmation stands, a second changes nothing.

    Raises:
        FrozenRulesError: where the event went live.
        StaleEditError: where somebody else changed the rules after they were read.
    """
    lock_event(event)
    _refuse_frozen(event, now)
    refuse_stale_edit(event, seen, rules_version, RULES_TAGS, now)
    if event.rules_confirmed_at is None:
        event.rules_confirmed_at = now
        audit.record("event:rules_confirmed", event.slug, by_id=_id(by), now=now, event_id=event.id)
    return event


def lock_event(event: Event) -> Event:
    """Make whoever changes the same event wait, and read it as it is now."""
    db.session.flush()
    return lock_row(Event, event.id)


def plan_of(event: Event) -> DayPlan:
    """Return the day of an event as a plan."""
    return DayPlan(
        name=event.name,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        reviews_end_at=event.reviews_end_at,
        freezes_at=event.freezes_at,
        place=event.place,
        link=event.link,
        about=event.about,
        player_limit=event.player_limit,
    )


def _draft(plan: DayPlan, rules: Rules, series: Series | None, *, by: Person | None, now: datetime) -> Event:
    plan = check_day(plan)
    wanted = slug_of(plan.name, "event")
    taken = db.session.scalars(sa.select(Event.slug).where(Event.slug.startswith(wanted, autoescape=True))).all()
    event = Event(
        slug=free_slug(wanted, {*taken, "new"}),
        series_id=series.id if series else None,
        state=EventState.DRAFT,
        rules=rules.to_document(),
        created_at=now,
        created_by_id=_id(by),
    )
    apply_day(event, plan)
    db.session.add(event)
    db.session.flush()
    from_series = series.slug if series else None
    audit.record("event:drafted", event.slug, by_id=_id(by), now=now, event_id=event.id, series=from_series)
    return event


def apply_day(event: Event, plan: DayPlan) -> None:
    """Write a checked plan into the event."""
    event.name, event.place, event.link, event.about = plan.name, plan.place, plan.link, plan.about
    event.starts_at, event.ends_at = plan.starts_at, plan.ends_at
    event.freezes_at, event.reviews_end_at = plan.freezes_at, plan.reviews_end_at
    event.player_limit = plan.player_limit


def _like(last: Event, plan: DayPlan) -> DayPlan:
    """Return the day with the last one's place and words, and with its freeze and deadline as far from the end."""
    return replace(
        plan,
        place=last.place,
        link=last.link,
        about=last.about,
        player_limit=last.player_limit,
        freezes_at=plan.ends_at - (last.ends_at - last.freezes_at) if last.freezes_at else None,
        reviews_end_at=plan.ends_at + max(last.reviews_end_at - last.ends_at, timedelta()),
    )


def _next_of(series: Series, starts_at: datetime, zone: str) -> DayPlan:
    ends_at = starts_at + timedelta(minutes=series.duration_minutes)
    return DayPlan(
        name=f"{series.name} {local_of(starts_at, zone):%B %Y}",
        starts_at=starts_at,
        ends_at=ends_at,
        reviews_end_at=ends_at + REVIEWS_AFTER,
    )


def _has_next(series: Series, upcoming: Event, now: datetime) -> str:
    change = last_change(upcoming, ("event:drafted",))
    drafted = f", drafted by {change.who} at {when(change.at, now)}" if change else ""
    return (
        f"{series.name} has its next event already: {upcoming.name}, {when(upcoming.starts_at)}, is "
        f"{upcoming.state.value}{drafted}. Change that one, or cancel it first."
    )


def _refuse_past(plan: DayPlan, now: datetime) -> None:
    if plan.ends_at <= now:
        message = f"The end, {when(plan.ends_at)}, is past. Choose a day to come."
        raise InvalidDayError(message)


def _refuse_frozen(event: Event, now: datetime) -> None:
    if event.state in PLANNED:
        return
    change = last_change(event, ("event:went_live",))
    frozen = f" since {change.who} took it live at {when(change.at, now)}" if change else ""
    message = f"The rules of {event.name} are frozen{frozen}. An event is scored by the rules it went live with."
    raise FrozenRulesError(message)


def _id(by: Person | None) -> int | None:
    return by.id if by else None
