"""An event as the audit plays it: its stories, players and rules as plain values."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import cycle, islice

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.incentives.ground import MINUTES, Ground, SeatFacts, StoryFacts
from gamebash.stories.models import Origin, Story

USUAL_HOURS = 6.0
FEWEST_SEATS = 6
LEAST_VALUE = 0.01


class NothingToPlayError(DomainError):
    """The event has no stories to play; the message says what to do."""


def ground_of(event: Event) -> Ground:
    """Return the event as a day to be played, in two queries. While hardly anybody has joined, as many seats as it has work for.

    Raises:
        NothingToPlayError: where it has no stories.
    """
    entries = db.session.scalars(
        sa.select(EventStory)
        .where(EventStory.event_id == event.id)
        .options(
            joinedload(EventStory.story).options(
                joinedload(Story.service).options(joinedload(Service.team), joinedload(Service.builder_team)),
                joinedload(Story.problem),
            )
        )
        .order_by(EventStory.rank, EventStory.id)
    ).all()
    if not entries:
        raise NothingToPlayError(f"{event.name} has no stories to play. Pull some first.")
    rules = Rules.from_document(event.rules)
    stories = tuple(_story(entry, rules) for entry in entries)
    return Ground(
        stories=stories,
        seats=_seats(event, stories),
        minutes=(event.ends_at - event.starts_at).total_seconds() / MINUTES,
        review_minutes=(event.reviews_end_at - event.ends_at).total_seconds() / MINUTES,
        rules=rules,
    )


def mark_of(ground: Ground) -> str:
    """Return what changes with anything that an audit looks at."""
    content = json.dumps(asdict(ground), sort_keys=True, default=sorted)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _story(entry: EventStory, rules: Rules) -> StoryFacts:
    story = entry.story
    grade = entry.grade or story.grade
    teams = {team.code for team in (story.service.team, story.service.builder_team) if team}
    forecast = story.problem.forecast if story.problem else float((story.value_parts or {}).get("forecast", 1.0))
    return StoryFacts(
        key=story.key,
        service=story.service.slug,
        teams=frozenset(teams),
        grade=grade,
        points=entry.points if entry.points is not None else rules.points_for(grade),
        value=max(LEAST_VALUE, entry.value if entry.value is not None else story.value),
        effort_hours=story.effort_hours,
        forecast=forecast,
        is_noise=story.origin is Origin.NOISE,
        problem=f"problem {story.problem_id}" if story.problem_id else story.key,
    )


def _seats(event: Event, stories: Sequence[StoryFacts]) -> tuple[SeatFacts, ...]:
    players = db.session.scalars(
        sa.select(Player)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .options(joinedload(Player.team), lazyload(Player.person))
        .order_by(Player.id)
    ).all()
    if len(players) >= FEWEST_SEATS:
        return tuple(SeatFacts(one.team.code if one.team else "", one.squad_id, one.hours_free) for one in players)
    teams = sorted({team for story in stories for team in story.teams}) or [""]
    number = max(FEWEST_SEATS, round(sum(story.effort_hours for story in stories) / USUAL_HOURS))
    return tuple(SeatFacts(team, None, USUAL_HOURS) for team in islice(cycle(teams), number))
