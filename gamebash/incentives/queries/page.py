"""The page of the audit: the newest result, in words, and whether it is still of the event as it is set up."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.events.rule_bounds import BOUNDS
from gamebash.incentives.audit import Report, Without
from gamebash.incentives.ground import PRACTICES
from gamebash.incentives.models import IncentiveAudit
from gamebash.incentives.played import Line
from gamebash.incentives.queries.grounds import NothingToPlayError, ground_of, mark_of
from gamebash.incentives.strategies import BY_NAME, Strategy


@dataclass(frozen=True, slots=True)
class StrategyLine:
    """A strategy with how it did and the names of the rules that stop it."""

    strategy: Strategy
    line: Line
    stoppers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithoutLine:
    """A rule by its name on screen, and what would happen without it."""

    rule: str
    title: str
    found: Without


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The newest audit of an event. ``is_stale``: rules, stories or players changed since; ``under_way``: (done, of)."""

    slug: str
    name: str
    state: EventState
    made_at: datetime | None
    message: str
    is_stale: bool
    under_way: tuple[int, int] | None
    report: Report | None
    lines: tuple[StrategyLine, ...]
    without: tuple[WithoutLine, ...]
    now: datetime

    @property
    def newcomer_upper_half(self) -> float | None:
        """The chance that a newcomer ends in the upper half of the day."""
        return next((one.line.upper_half for one in self.lines if one.strategy.is_newcomer), None)


def audit_page(event: Event, *, now: datetime) -> AuditPage:
    """Return the newest audit that ended, and how far the one under way is."""
    of_event = sa.select(IncentiveAudit).where(IncentiveAudit.event_id == event.id)
    newest = db.session.scalar(
        of_event.where(IncentiveAudit.finished_at.is_not(None))
        .options(undefer(IncentiveAudit.report))
        .order_by(IncentiveAudit.finished_at.desc())
        .limit(1)
    )
    waiting = db.session.scalar(of_event.where(IncentiveAudit.finished_at.is_(None)))
    report = Report.from_document(newest.report) if newest and newest.report else None
    return AuditPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        made_at=newest.finished_at if newest else None,
        message=newest.message if newest else "",
        is_stale=newest is not None and newest.mark != _mark(event),
        under_way=(waiting.parts_done, waiting.parts) if waiting else None,
        report=report,
        lines=tuple(_line(line) for line in report.lines) if report else (),
        without=tuple(WithoutLine(rule_name(one.rule), BY_NAME[one.strategy].title, one) for one in report.without)
        if report
        else (),
        now=now,
    )


def rule_name(name: str) -> str:
    """Return the name of a rule or a practice as people read it."""
    return BOUNDS[name].label if name in BOUNDS else PRACTICES.get(name, name.replace("_", " "))


def _line(line: Line) -> StrategyLine:
    strategy = BY_NAME[line.strategy]
    return StrategyLine(strategy, line, tuple(rule_name(name) for name in strategy.stoppers))


def _mark(event: Event) -> str:
    try:
        return mark_of(ground_of(event))
    except NothingToPlayError:
        return ""
