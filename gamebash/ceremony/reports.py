"""The report of an event: published once, with the figures of that day kept beside those that the watch brings."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.ceremony.models import EventReport
from gamebash.ceremony.results import get_result
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.core.filters import when
from gamebash.events.lifecycle import is_revealed
from gamebash.events.models import Event, Player
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState
from gamebash.play.pauses import locked_event
from gamebash.watch.lifecycle import OPEN_STATES
from gamebash.watch.models import Watch
from gamebash.watch.queries.effects import EventEffect, event_effect

AT_ONCE = 5


class ReportRefusedError(DomainError):
    """The report cannot be published now; the message says why."""


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """What a report says of the watch at a moment: fixes by verdict, incidents expected and observed, hours not spent."""

    held: int
    recurred: int
    watching: int
    expected: float
    observed: int
    hours_saved: float

    @classmethod
    def of(cls, effect: EventEffect) -> "ReportFigures":
        """Return the figures of an event's effect."""
        return cls(
            effect.held, effect.recurred, effect.watching, round(effect.effect.expected, 1), effect.effect.observed,
            round(effect.effect.hours, 1),
        )  # fmt: skip

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "ReportFigures":
        """Return figures as they were kept."""
        return cls(**document)


def publish_report(event: Event, *, by: Person, now: datetime) -> EventReport:
    """Publish the report and tell everybody who played; its figures of this moment are kept.

    Raises:
        NoResultError: where the event is not closed.
        ReportRefusedError: before the result is out, or where it is published already.
    """
    event = locked_event(event)
    get_result(event)
    if not is_revealed(event.state, event.reveals_at, now):
        raise ReportRefusedError(f"The result of {event.name} is not out yet. Hold the ceremony first.")
    if (report := find_report(event)) is not None:
        raise ReportRefusedError(f"The report of {event.name} is published since {when(report.published_at, now)}.")
    figures = asdict(ReportFigures.of(event_effect(event, now=now)))
    report = EventReport(event_id=event.id, published_at=now, published_by_id=by.id, figures=figures)
    db.session.add(report)
    audit.record("report:published", event.slug, by_id=by.id, now=now, event_id=event.id)
    _tell_players(event, f"The report of {event.name} is out.", key=f"report:{event.id}", now=now)
    return report


def find_report(event: Event) -> EventReport | None:
    """Return the event's report; None while it is not published."""
    return db.session.get(EventReport, event.id)


def finish_reports(*, now: datetime) -> bool:
    """Keep the last figures of reports whose every watch is over, and tell who played; says whether there were any."""
    query = (
        sa.select(EventReport, Event)
        .join(Event, Event.id == EventReport.event_id)
        .where(EventReport.finished_at.is_(None), ~_is_watching(), Event.ends_at < now)
        .limit(AT_ONCE)
        .with_for_update(of=EventReport, skip_locked=True)
    )
    rows = [(report, event) for report, event in db.session.execute(query)]
    for report, event in rows:
        effect = event_effect(event, now=now)
        report.finished_at, report.last_figures = now, asdict(ReportFigures.of(effect))
        audit.record("report:finished", event.slug, by_id=None, now=now, event_id=event.id)
        text = f"The watch of {event.name} is over: {effect.held} held, {effect.recurred} came back. Its report says so now."
        _tell_players(event, text, key=f"report:{event.id}:finished", now=now)
    return bool(rows)


def _is_watching() -> sa.ColumnElement[bool]:
    """Say whether a fix of the event has no verdict yet: its watch is open, or has not begun."""
    is_open = sa.exists().where(Watch.event_id == Event.id, Watch.state.in_(OPEN_STATES))
    is_unwatched = sa.exists().where(
        Fix.event_id == Event.id, Fix.state == FixState.ACCEPTED, ~sa.exists().where(Watch.fix_id == Fix.id)
    )
    return sa.or_(is_open, is_unwatched)


def _tell_players(event: Event, text: str, *, key: str, now: datetime) -> None:
    people = sa.select(Player.person_id).where(Player.event_id == event.id, Player.left_at.is_(None))
    for person_id in db.session.scalars(people):
        tell(person_id, NoticeKind.EVENT, text, key=key, now=now, url=f"/events/{event.slug}/report")
