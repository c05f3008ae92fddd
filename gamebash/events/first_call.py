"""The builders' window: whoever built what broke has first call for a short time, if any of them plays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.rotation.models import Team


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


def move_windows(event: Event, length: timedelta, *, paused_at: datetime) -> None:
    """Move the windows that were open when the clock stopped."""
    query = sa.select(EventStory).where(EventStory.event_id == event.id, EventStory.builders_until > paused_at)
    for entry in db.session.scalars(query):
        if entry.builders_until is not None:
            entry.builders_until += length
