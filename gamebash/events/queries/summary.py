"""An event on one screen of a phone: when, where, which squad, and how to take part."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, EventStory, Player, Squad
from gamebash.events.players import refuse_joining
from gamebash.events.rules import Rules
from gamebash.people.models import Person


@dataclass(frozen=True, slots=True)
class EventSummary:
    """When, where and with whom, as one person sees it."""

    slug: str
    name: str
    about: str
    state: EventState
    starts_at: datetime
    ends_at: datetime
    freezes_at: datetime | None
    reviews_end_at: datetime
    place: str
    link: str
    players: int
    stories: int
    points: int | None
    is_player: bool
    hours_free: float | None
    squad: str
    squadmates: tuple[str, ...]
    is_opted_in: bool
    can_join: bool
    why_not_join: str
    claims_at_once: int
    lease_minutes: int
    cancelled_reason: str
    now: datetime


def event_summary(event: Event, person: Person, now: datetime) -> EventSummary:
    """Return an event on one screen. One query, one more for the squad of whoever is in one."""
    rules = Rules.from_document(event.rules)
    player, players, stories, points = _part_and_counts(event, person)
    why_not = why_not_join(event, person, now)
    return EventSummary(
        slug=event.slug,
        name=event.name,
        about=event.about,
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        freezes_at=event.freezes_at,
        reviews_end_at=event.reviews_end_at,
        place=event.place,
        link=event.link,
        players=players,
        stories=stories,
        points=points,
        is_player=player is not None,
        hours_free=player.hours_free if player else None,
        squad=player.squad.name if player and player.squad else "",
        squadmates=_mates(player.squad, person) if player and player.squad else (),
        is_opted_in=person.is_playing,
        can_join=player is None and not why_not,
        why_not_join=why_not,
        claims_at_once=rules.claims_at_once,
        lease_minutes=rules.lease_minutes,
        cancelled_reason=event.cancelled_reason,
        now=now,
    )


def why_not_join(event: Event, person: Person, now: datetime) -> str:
    """Return why the person cannot join now; nothing where they can."""
    try:
        refuse_joining(event, now)
    except DomainError as refusal:
        return str(refusal)
    return "" if person.is_playing else "You have not opted in to the game yet."


def _part_and_counts(event: Event, person: Person) -> tuple[Player | None, int, int, int | None]:
    """Return the person's part, if they have one, how many play, how many stories lie on the board, and for how many points."""
    of_event = EventStory.event_id == event.id
    playing = sa.select(sa.func.count()).where(Player.event_id == event.id, Player.left_at.is_(None))
    me = sa.orm.aliased(Player)
    query = (
        sa.select(
            me,
            playing.scalar_subquery(),
            sa.select(sa.func.count()).where(of_event).scalar_subquery(),
            sa.select(sa.func.sum(EventStory.points)).where(of_event).scalar_subquery(),
        )
        .select_from(Event)
        .outerjoin(me, sa.and_(me.event_id == Event.id, me.person_id == person.id, me.left_at.is_(None)))
        .where(Event.id == event.id)
        .options(sa.orm.joinedload(me.squad), sa.orm.lazyload(me.person))
    )
    player, players, stories, points = db.session.execute(query).one()
    return player, players or 0, stories or 0, points


def _mates(squad: Squad, person: Person) -> tuple[str, ...]:
    players = db.session.scalars(
        sa.select(Player).where(
            Player.squad_id == squad.id, Player.left_at.is_(None), Player.person_id != person.id
        ).order_by(Player.joined_at, Player.id)
    )  # fmt: skip
    return tuple(player.person.player_name for player in players)
