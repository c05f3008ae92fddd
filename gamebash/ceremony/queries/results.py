"""Results: who stands where, what was squashed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState, is_revealed
from gamebash.events.models import Event, EventStory, Player
from gamebash.points.boards import board_of
from gamebash.points.models import PointEntry
from gamebash.points.ranking import Ranked
from gamebash.points.scoring import EntryKind
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
    """The results of a closed event; corrections made after closing are shown as such."""

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
    corrections: tuple[tuple[datetime, str, int, str], ...]


def results_page(event: Event, *, now: datetime) -> ResultsPage:
    """Return the results; before closing they are what the public board shows."""
    board = board_of(event.id, now=now)
    scored = tuple(row for row in board.players if row.score.points)
    total = db.session.scalar(sa.select(sa.func.count()).where(EventStory.event_id == event.id)) or 0
    return ResultsPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        closed_at=event.closed_at,
        reveals_at=event.reveals_at,
        is_out=is_revealed(event.state, event.reveals_at, now),
        podium=scored[:PODIUM],
        players=board.players[:50],
        squads=board.squads,
        teams=board.teams,
        squashed=_squashed(event, now),
        stories=total,
        points=sum(row.score.points for row in board.players),
        corrections=_corrections(event) if event.public_until(now) is None else (),
    )


def _squashed(event: Event, now: datetime) -> tuple[Squashed, ...]:
    query = (
        sa.select(EventStory)
        .where(EventStory.event_id == event.id, EventStory.squashed_at.is_not(None))
        .options(joinedload(EventStory.story), joinedload(EventStory.squashed_by))
        .order_by(EventStory.squashed_at)
    )
    until = event.public_until(now)
    if until is not None:
        query = query.where(EventStory.squashed_at <= until)
    return tuple(
        Squashed(
            key=entry.story.key,
            title=entry.story.title,
            grade=entry.grade or entry.story.grade,
            points=entry.points or 0,
            who=entry.squashed_by.person.player_name if entry.squashed_by else "",
            at=entry.squashed_at or event.ends_at,
        )
        for entry in db.session.scalars(query)
    )


def _corrections(event: Event) -> tuple[tuple[datetime, str, int, str], ...]:
    if event.closed_at is None:
        return ()
    query = (
        sa.select(PointEntry)
        .where(
            PointEntry.event_id == event.id, PointEntry.kind == EntryKind.CORRECTION, PointEntry.at > event.closed_at
        )
        .options(joinedload(PointEntry.player).joinedload(Player.person))
        .order_by(PointEntry.seq)
    )
    return tuple(
        (entry.at, entry.player.person.player_name, entry.points, entry.reason) for entry in db.session.scalars(query)
    )
