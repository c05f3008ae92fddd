"""The table from which an organiser picks stories: what a pull would take, what is ready, what is on the board."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import ProblemWeek
from gamebash.core.db import db
from gamebash.core.paging import Paged
from gamebash.events.models import Event, EventStory
from gamebash.events.queries.candidates import Pool, is_by_hand
from gamebash.events.rules import Rules
from gamebash.stories.grades import Grade
from gamebash.stories.models import Story
from gamebash.stories.pull import Candidate, Limits, pull

PER_PAGE = 50
WEEKS = 13
USUAL_STORIES = 40
USUAL_HOURS = 160.0
SHOWS = ("suggested", "ready", "picked")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the address asks: which stories to show, and the limits to try; without a limit the last pull's counts."""

    show: str = "suggested"
    words: str = ""
    page: int = 1
    number: int | None = None
    hours: float | None = None
    per_service: int | None = None


@dataclass(frozen=True, slots=True)
class PullRow:
    """A story to pick: where it ranks and why. ``often`` and ``bad`` are the parts of its value for an hour's work.

    ``often``: incidents prevented in a quarter, each counted once; ``bad``: what their severity adds to that.
    """

    key: str
    title: str
    service: str
    grade: Grade
    points: int
    effort_hours: float
    value_per_hour: float
    often: float
    bad: float
    forecast: float
    at_night: int
    why: str
    is_picked: bool
    is_by_hand: bool
    is_suggested: bool


@dataclass(frozen=True, slots=True)
class PullTable:
    """The table, its counts, and what a pull with these limits would do to the board."""

    what_if: WhatIf
    limits: Limits
    counts: dict[str, int]
    rows: Paged[PullRow]
    best: float
    hours: float
    would_add: int
    would_drop: int
    at_night: int


def pull_table(event: Event, pool: Pool, what_if: WhatIf, *, free_hours: float, now: datetime) -> PullTable:
    """Return the table for what the address asks. One query beside the pool's."""
    limits = _limits(event, pool, what_if, free_hours)
    found = pull(pool.candidates(), limits, taken=[pool.candidate(entry.story) for entry in pool.by_hand])
    chosen = {pulled.candidate.key for pulled in found.chosen}
    entries = {entry.story.key: entry for entry in pool.entries}
    by_hand = {entry.story.key for entry in pool.by_hand}
    stories = pool.in_order([*pool.ready, *(entry.story for entry in pool.entries)])
    shown = {
        "suggested": [story for story in stories if story.key in chosen or story.key in by_hand],
        "ready": stories,
        "picked": [story for story in stories if story.key in entries],
    }
    listed = [story for story in shown[what_if.show] if _matches(story, what_if.words)]
    page = listed[(what_if.page - 1) * PER_PAGE : what_if.page * PER_PAGE]
    nights = _at_night([*page, *(entry.story for entry in pool.entries)], now.date())
    rows = _Rows(pool, chosen, nights, Rules.from_document(event.rules))
    pulled_before = {entry.story.key for entry in pool.pulled}
    return PullTable(
        what_if=what_if,
        limits=limits,
        counts={name: len(found) for name, found in shown.items()},
        rows=Paged(
            tuple(rows.row(story, entries.get(story.key)) for story in page), what_if.page, len(listed), PER_PAGE
        ),
        best=max((pool.candidate(story).value_per_hour for story in stories), default=0.0),
        hours=sum(pool.candidate(story).effort_hours for story in shown["suggested"]),
        would_add=len(chosen - pulled_before),
        would_drop=len(pulled_before - chosen),
        at_night=sum(nights.get(entry.story.problem_id or 0, 0) for entry in pool.entries),
    )  # fmt: skip


def _limits(event: Event, pool: Pool, what_if: WhatIf, free_hours: float) -> Limits:
    """Return the limits to try: what is asked, else those of the last pull, else usual ones."""
    last = pool.last_limits
    usual = Limits(
        int(last.get("stories", USUAL_STORIES)),
        float(last.get("hours", free_hours or USUAL_HOURS)),
        int(last.get("per_service", Rules.from_document(event.rules).stories_per_service)),
    )
    return Limits(
        what_if.number if what_if.number is not None else usual.stories,
        what_if.hours if what_if.hours is not None else usual.hours,
        what_if.per_service if what_if.per_service is not None else usual.per_service,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the rows of one table have in common."""

    pool: Pool
    chosen: Collection[str]
    nights: Mapping[int, int]
    rules: Rules

    def row(self, story: Story, entry: EventStory | None) -> PullRow:
        """Return the row of a story."""
        candidate = self.pool.candidate(story)
        often, bad = _parts(candidate)
        return PullRow(
            key=story.key,
            title=story.title,
            service=story.service.name,
            grade=story.grade,
            points=self.rules.points_for(story.grade),
            effort_hours=story.effort_hours,
            value_per_hour=candidate.value_per_hour,
            often=often,
            bad=bad,
            forecast=candidate.forecast,
            at_night=self.nights.get(story.problem_id or 0, 0),
            why=entry.reason if entry is not None else "",
            is_picked=entry is not None,
            is_by_hand=entry is not None and is_by_hand(entry),
            is_suggested=story.key in self.chosen,
        )


def _parts(candidate: Candidate) -> tuple[float, float]:
    often = min(candidate.forecast, candidate.value) / candidate.effort_hours
    return often, candidate.value_per_hour - often


def _matches(story: Story, words: str) -> bool:
    text = f"{story.key} {story.title} {story.service.name}".casefold()
    return all(word in text for word in words.casefold().split())


def _at_night(stories: Sequence[Story], today: date) -> dict[int, int]:
    """Return how many incidents of each problem opened at night in the last quarter, in one query."""
    ids = {story.problem_id for story in stories if story.problem_id is not None}
    if not ids:
        return {}
    since = today - timedelta(weeks=WEEKS)
    rows = db.session.execute(
        sa.select(ProblemWeek.problem_id, sa.func.sum(ProblemWeek.at_night))
        .where(ProblemWeek.problem_id.in_(ids), ProblemWeek.week_on > since)
        .group_by(ProblemWeek.problem_id)
    )
    return {problem_id: int(count or 0) for problem_id, count in rows}
