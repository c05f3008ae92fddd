"""The list of events, and the series that make them quarterly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.paging import PER_PAGE, Paged, fetch_page
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.mechanical import LEAST_EVENTS, Warned, gone_mechanical
from gamebash.events.models import Event, EventStory, Player, Series
from gamebash.events.queries.freezing import public_at
from gamebash.events.queries.retro import history_of
from gamebash.events.recurrence import next_start
from gamebash.people.models import Person

SHOWN: dict[str, tuple[EventState, ...]] = {
    "all": tuple(EventState),
    "live": (EventState.LIVE, EventState.JUDGING),
    "upcoming": (EventState.DRAFT, EventState.SCHEDULED),
    "past": (EventState.CLOSED, EventState.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What of the list is asked for: which events, words in the name or place, a page."""

    show: str = "all"
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the list."""

    slug: str
    name: str
    state: EventState
    starts_at: datetime
    ends_at: datetime
    place: str
    players: int
    stories: int
    squashed: int
    is_player: bool


@dataclass(frozen=True, slots=True)
class EventListPage:
    """The list of events; drafts are for organisers."""

    filter: EventFilter
    counts: dict[str, int]
    rows: Paged[EventRow]
    is_organiser: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series: its rule, how many events it had, the one that is planned, and when it comes round next."""

    slug: str
    name: str
    rrule: str
    duration_minutes: int
    events: int
    last_name: str
    last_slug: str
    planned_name: str
    planned_slug: str
    next_at: datetime
    warned: Warned | None


def event_list_page(person: Person, chosen: EventFilter, *, is_organiser: bool, now: datetime) -> EventListPage:
    """Return a page of events: what is live first, then what comes, soonest first, then what was, latest first."""
    visible = sa.true() if is_organiser else Event.state != EventState.DRAFT
    for word in chosen.words.split():
        visible &= Event.name.icontains(word, autoescape=True) | Event.place.icontains(word, autoescape=True)
    counted = db.session.execute(sa.select(Event.state, sa.func.count()).where(visible).group_by(Event.state))
    by_state = {state: count for state, count in counted}  # noqa: C416  (rows are not pairs to the type checker)
    rows, total = fetch_page(_select(person, visible & Event.state.in_(SHOWN[chosen.show]), now), chosen.page)
    return EventListPage(
        filter=chosen,
        counts={name: sum(by_state.get(state, 0) for state in states) for name, states in SHOWN.items()},
        rows=Paged(tuple(_row(row, now) for row in rows), chosen.page, total, PER_PAGE),
        is_organiser=is_organiser,
        now=now,
    )


def series_rows(*, zone: str, now: datetime) -> tuple[SeriesRow, ...]:
    """Return every series, by name. Two queries, and four for each series that was held at least three times."""
    events: dict[int, list[Event]] = {}
    for event in db.session.scalars(
        sa.select(Event).where(Event.series_id.is_not(None)).order_by(Event.starts_at, Event.id)
    ):
        events.setdefault(event.series_id or 0, []).append(event)
    series = db.session.scalars(sa.select(Series).order_by(Series.name, Series.id))
    return tuple(_series_row(one, events.get(one.id, []), zone, now) for one in series)


def _series_row(series: Series, events: Sequence[Event], zone: str, now: datetime) -> SeriesRow:
    held = [event for event in events if event.state is not EventState.CANCELLED]
    planned = next((event for event in held if event.state in SHOWN["upcoming"]), None)
    last = next((event for event in reversed(held) if event is not planned), None)
    after = max(now, held[-1].starts_at) if held else now
    return SeriesRow(
        slug=series.slug,
        name=series.name,
        rrule=series.rrule,
        duration_minutes=series.duration_minutes,
        events=len(held),
        last_name=last.name if last else "",
        last_slug=last.slug if last else "",
        planned_name=planned.name if planned else "",
        planned_slug=planned.slug if planned else "",
        warned=gone_mechanical(history_of(series.id, now=now)) if len(held) > LEAST_EVENTS - 1 else None,
        next_at=next_start(series.rrule, first_at=series.starts_at, after=after, zone=zone),
    )


def _select(person: Person, condition: sa.ColumnElement[bool], now: datetime) -> sa.Select[Any]:
    of_event = Player.event_id == Event.id, Player.left_at.is_(None)
    players = sa.select(sa.func.count()).where(*of_event).correlate(Event).scalar_subquery()
    stories = sa.select(sa.func.count()).where(EventStory.event_id == Event.id).correlate(Event)
    squashed = stories.where(EventStory.squashed_at.is_not(None), public_at(EventStory.squashed_at, now))
    mine = sa.exists().where(*of_event, Player.person_id == person.id).correlate(Event)
    place = sa.case(
        {
            EventState.LIVE.value: 0, EventState.JUDGING.value: 1, EventState.SCHEDULED.value: 2,
            EventState.DRAFT.value: 3,
        },
        value=sa.cast(Event.state, sa.String),
        else_=4,
    )  # fmt: skip
    soonest = sa.case((place < 4, Event.starts_at))  # noqa: PLR2004  (4 stands above: what is over)
    return (
        sa.select(
            Event, players.label("players"), stories.scalar_subquery().label("stories"),
            squashed.scalar_subquery().label("squashed"), mine.label("is_player"),
        )
        .where(condition)
        .order_by(place, soonest, Event.starts_at.desc(), Event.id)
    )  # fmt: skip


def _row(row: Any, now: datetime) -> EventRow:
    event: Event = row.Event
    return EventRow(
        slug=event.slug,
        name=event.name,
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=event.place,
        players=row.players,
        stories=row.stories,
        squashed=row.squashed,
        is_player=row.is_player,
    )
