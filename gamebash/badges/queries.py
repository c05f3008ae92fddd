"""The badges with their criteria, and a player's page: what held, was taught and was reviewed. No points, no rank."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.badges.criteria import FixFact, Part
from gamebash.badges.facts import facts_of
from gamebash.badges.kinds import CRITERIA, Badge, Criterion
from gamebash.badges.models import BadgeAward
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.people.models import Person
from gamebash.people.player_keys import player_key
from gamebash.play.models import Fix
from gamebash.stories.models import Story

EVENTS = 12


@dataclass(frozen=True, slots=True)
class BadgeLine:
    """A badge, and when the person earned it; never for one that is not earned."""

    badge: Badge
    words: Criterion
    earned_at: datetime | None
    story_key: str = ""
    holders: int = 0


@dataclass(frozen=True, slots=True)
class BadgesPage:
    """Every badge, what it takes, and which of them the viewer has."""

    lines: tuple[BadgeLine, ...]
    key: str

    @property
    def earned(self) -> int:
        """How many the viewer has."""
        return sum(line.earned_at is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class PlayedEvent:
    """An event that somebody took part in."""

    slug: str
    name: str
    starts_at: datetime
    squashed: int


@dataclass(frozen=True, slots=True)
class PlayerPage:
    """A player as others see them, under the name they play by."""

    key: str
    name: str
    is_self: bool
    held: int
    watched: int
    taught: int
    found: int
    badges: tuple[BadgeLine, ...]
    events: tuple[PlayedEvent, ...]


def badge_lines(person: Person) -> tuple[BadgeLine, ...]:
    """Return every badge, those with a moment that a person has. One query."""
    return _lines(person, {})


def badges_page(person: Person) -> BadgesPage:
    """Return the badges as one person sees them, with how many people have each. Two queries."""
    counted = sa.select(BadgeAward.badge, sa.func.count()).where(BadgeAward.withdrawn_at.is_(None))
    holders = {badge: count for badge, count in db.session.execute(counted.group_by(BadgeAward.badge))}  # noqa: C416
    return BadgesPage(_lines(person, holders), player_key(person.handle, person.alias))


def player_page(person: Person, viewer: Person, *, now: datetime) -> PlayerPage:
    """Return a player's page. Six queries, whatever they played."""
    facts = facts_of([person.id]).get(person.id, [])
    return PlayerPage(
        key=player_key(person.handle, person.alias),
        name=person.player_name,
        is_self=person.id == viewer.id,
        held=sum(fact.is_held for fact in facts if fact.part is Part.FIXED),
        watched=sum(not fact.is_held for fact in facts if fact.part is Part.FIXED),
        taught=len(_fixes(facts, Part.HELPED)),
        found=len(_fixes(facts, Part.FOUND)),
        badges=tuple(line for line in badge_lines(person) if line.earned_at is not None),
        events=_events(person, now=now),
    )


def _fixes(facts: list[FixFact], part: Part) -> set[int]:
    return {fact.fix_id for fact in facts if fact.part is part}


def _lines(person: Person, holders: dict[Badge, int]) -> tuple[BadgeLine, ...]:
    query = (
        sa.select(BadgeAward.badge, BadgeAward.awarded_at, Story.number)
        .join(Fix, Fix.id == BadgeAward.fix_id)
        .join(Story, Story.id == Fix.story_id)
        .where(BadgeAward.person_id == person.id, BadgeAward.withdrawn_at.is_(None))
    )
    mine: dict[Badge, tuple[datetime | None, str]] = {
        badge: (at, f"GB-{number}") for badge, at, number in db.session.execute(query)
    }
    lines = []
    for badge, words in CRITERIA.items():
        at, key = mine.get(badge, (None, ""))
        lines.append(BadgeLine(badge, words, at, key, holders.get(badge, 0)))
    return tuple(lines)


def _events(person: Person, *, now: datetime) -> tuple[PlayedEvent, ...]:
    """Return the closed events of a player, latest first; what is played now is on its own board."""
    squashed = sa.func.count(EventStory.id)
    query = (
        sa.select(Event.slug, Event.name, Event.starts_at, squashed)
        .join(Player, Player.event_id == Event.id)
        .outerjoin(EventStory, EventStory.squashed_by_id == Player.id)
        .where(Player.person_id == person.id, Event.state == EventState.CLOSED, Event.reveals_at <= now)
        .group_by(Event.id)
        .order_by(Event.starts_at.desc())
        .limit(EVENTS)
    )
    return tuple(PlayedEvent(*row) for row in db.session.execute(query))
