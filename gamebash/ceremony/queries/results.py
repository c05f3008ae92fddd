"""Results: who stands where, what was squashed."""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.ceremony.names import signs_of
from gamebash.ceremony.queries.report_facts import Correction, corrections_of
from gamebash.ceremony.queries.show import Honour, honours_of
from gamebash.ceremony.reports import find_report
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState, is_revealed
from gamebash.events.models import Event, EventStory
from gamebash.play.queries.sight import Sight
from gamebash.points.boards import board_of
from gamebash.points.models import EventResult
from gamebash.points.ranking import Ranked
from gamebash.stories.grades import Grade

PODIUM = 3


@dataclass(frozen=True, slots=True)
class Squashed:
    """A squashed story with who did it."""

    key: str
    title: str
    grade: Grade
    points: int
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """The results of a closed event; ``corrected`` are the places with the corrections since, if any."""

    slug: str
    name: str
    state: EventState
    closed_at: datetime | None
    reveals_at: datetime | None
    is_out: bool
    podium: tuple[Ranked, ...]
    players: tuple[Ranked, ...]
    squads: tuple[Ranked, ...]
    teams: tuple[Ranked, ...]
    squashed: tuple[Squashed, ...]
    stories: int
    points: int
    corrections: tuple[Correction, ...]
    corrected: tuple[Ranked, ...]
    honours: tuple[Honour, ...]
    report_at: datetime | None

    @property
    def winners(self) -> tuple[str, ...]:
        """Who stands first: several where they are equal in points and in the time of the last one."""
        return tuple(row.score.name for row in self.podium if row.place == 1)


def results_page(event: Event, *, now: datetime) -> ResultsPage:
    """Return the results; before closing they are what the public board shows."""
    board = board_of(event.id, now=now)
    scored = tuple(row for row in board.players if row.score.points)
    entries = _entries(event)
    is_out = is_revealed(event.state, event.reveals_at, now)
    result = db.session.get(EventResult, event.id) if is_out else None
    report = find_report(event) if is_out else None
    return ResultsPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        closed_at=event.closed_at,
        reveals_at=event.reveals_at,
        is_out=is_out,
        podium=scored[:PODIUM],
        players=board.players[:50],
        squads=board.squads,
        teams=board.teams,
        squashed=_squashed(event, entries, now),
        stories=len(entries),
        points=sum(row.score.points for row in board.players),
        corrections=corrections_of(event, result.seq) if result else (),
        corrected=board.corrected,
        honours=_honours(result) if result else (),
        report_at=report.published_at if report else None,
    )


def _entries(event: Event) -> list[EventStory]:
    query = sa.select(EventStory).where(EventStory.event_id == event.id)
    query = query.options(joinedload(EventStory.story), joinedload(EventStory.squashed_by))
    return list(db.session.scalars(query.order_by(EventStory.squashed_at)))


def _squashed(event: Event, entries: list[EventStory], now: datetime) -> tuple[Squashed, ...]:
    """Return what everybody may know to be squashed, the earliest first."""
    sight = Sight(event.public_until(now))
    return tuple(
        Squashed(
            key=entry.story.key,
            title=entry.story.title,
            grade=entry.grade or entry.story.grade,
            points=entry.points or 0,
            who=entry.squashed_by.person.player_name if entry.squashed_by else "",
            at=entry.squashed_at or event.ends_at,
        )
        for entry in entries
        if sight.shows_squash(entry)
    )


def _honours(result: EventResult) -> tuple[Honour, ...]:
    document = json.loads(result.document)
    return honours_of(document, signs_of(document).people)
