"""The organiser's page of an event: the day, the pull, capacity, rules, and what is still missing."""

from dataclasses import dataclass
from datetime import datetime

from gamebash.events.changes import Change, day_version, rules_version
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event
from gamebash.events.queries.candidates import pool_of
from gamebash.events.queries.preparation import Prepared, prepared
from gamebash.events.queries.pull_table import PullTable, WhatIf, pull_table
from gamebash.events.queries.retro import Hints, hints_of
from gamebash.events.readiness import Check, Place
from gamebash.events.rules import Rules


@dataclass(frozen=True, slots=True)
class SetupPage:
    """Everything the organiser's page shows."""

    slug: str
    name: str
    series: str
    state: EventState
    starts_at: datetime
    ends_at: datetime
    freezes_at: datetime | None
    reviews_end_at: datetime
    place: str
    link: str
    changed: Change | None
    day_version: str
    rules_version: str
    rules: Rules
    rules_confirmed_at: datetime | None
    table: PullTable
    prepared: Prepared
    hints: Hints
    now: datetime

    @property
    def is_planned(self) -> bool:
        """Whether its day, rules and board can still change."""
        return self.state in {EventState.DRAFT, EventState.SCHEDULED}

    @property
    def to_do(self) -> int:
        """How many things are missing."""
        return len(self.prepared.readiness.missing)

    @property
    def can_go_anyway(self) -> bool:
        """Whether what is missing could be left so, if the organisers mean it."""
        return bool(self.to_do) and not self.prepared.readiness.essentials

    def is_done(self, *places: Place) -> bool:
        """Say whether nothing is missing in these places."""
        return not any(check.place in places for check in self.prepared.readiness.missing)


def setup_page(event: Event, what_if: WhatIf, *, now: datetime) -> SetupPage:
    """Return the organiser's page, in at most nine queries whatever the number of stories or players."""
    pool = pool_of(event)
    found = prepared(event, pool.entries, now=now)
    return SetupPage(
        slug=event.slug,
        name=event.name,
        series=event.series.name if event.series else "",
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        freezes_at=event.freezes_at,
        reviews_end_at=event.reviews_end_at,
        place=event.place,
        link=event.link,
        changed=pool.changed,
        day_version=day_version(event),
        rules_version=rules_version(event),
        rules=Rules.from_document(event.rules),
        rules_confirmed_at=event.rules_confirmed_at,
        table=pull_table(event, pool, what_if, free_hours=found.whole.free, now=now),
        prepared=found,
        hints=hints_of(event.series_id, now=now),
        now=now,
    )


def first_missing(event: Event, *, now: datetime) -> tuple[Check, ...]:
    """Return what is missing before the event can go on, the first first."""
    return prepared(event, pool_of(event).entries, now=now).readiness.missing
