"""The builders' window: whoever built what broke has first call for a short time, if any of them plays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.events.lifecycle import clock_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.rotation.models import Team
from gamebash.stories.models import Story


def builders_of(service: Service) -> Team | None:
    """Return the team that made what broke, where known; the owning team otherwise."""
    return service.builder_team or service.team


def open_windows(event: Event, entries: Sequence[EventStory], *, now: datetime) -> None:
    """Give first call on stories that open now to those who built them, where any of them plays."""
    minutes = Rules.from_document(event.rules).builder_window_minutes
    if not minutes:
        return
    query = sa.select(Player.team_id).where(Player.event_id == event.id, Player.left_at.is_(None)).distinct()
    playing = set(db.session.scalars(query))
    for entry in entries:
        team = builders_of(entry.story.service)
        if team is not None and team.id in playing:
            entry.builders_until = now + timedelta(minutes=minutes)


def has_first_call(entry: EventStory, team_id: int | None, *, at: datetime) -> bool:
    """Say whether somebody of a team may claim a story at that moment of the event's clock."""
    if entry.builders_until is None or entry.builders_until <= at:
        return True
    team = builders_of(entry.story.service)
    return team is None or team.id == team_id


def close_windows(event: Event, team_id: int | None, *, now: datetime) -> None:
    """End first call on stories whose builders all left: nobody is kept waiting for people who are gone."""
    left = sa.exists().where(Player.event_id == event.id, Player.team_id == team_id, Player.left_at.is_(None))
    if team_id is None or db.session.scalar(sa.select(left)):
        return
    ticking = clock_at(event.paused_at, now)
    query = sa.select(EventStory).where(EventStory.event_id == event.id, EventStory.builders_until > ticking)
    for entry in db.session.scalars(query.options(joinedload(EventStory.story).joinedload(Story.service))):
        team = builders_of(entry.story.service)
        if team is not None and team.id == team_id:
            entry.builders_until = ticking


def move_windows(event: Event, length: timedelta, *, paused_at: datetime) -> None:
    """Move the windows that were open when the clock stopped."""
    query = sa.select(EventStory).where(EventStory.event_id == event.id, EventStory.builders_until > paused_at)
    for entry in db.session.scalars(query):
        if entry.builders_until is not None:
            entry.builders_until += length
