"""Who is at what in a running event, and how stories and reviewers stand for each service."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.filters import counted
from gamebash.events.away import is_away_from
from gamebash.events.models import Event, EventStory, Player
from gamebash.people.models import Person, SignIn
from gamebash.play.lights import Doing, Light, light_of
from gamebash.play.models import Claim
from gamebash.play.queries.rows import Place
from gamebash.points.models import Standing
from gamebash.rotation.membership import TeamBadge, badge


@dataclass(frozen=True, slots=True)
class CrewMember:
    """A player with their light. ``detail`` says which story, or how many points; ``is_away`` not why."""

    player_id: int
    handle: str
    name: str
    team: TeamBadge | None
    squad_id: int | None
    light: Light
    detail: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service: stories that are open or in play, and players who know it by their team."""

    name: str
    left: int
    knowing: int


def crew_of(
    event: Event, claims: Mapping[int, Claim], out: Collection[int], *, now: datetime
) -> tuple[CrewMember, ...]:
    """Return every player with their light, those an organiser looks for first at the front. One query."""
    is_signed_in = sa.exists().where(
        SignIn.person_id == Player.person_id, SignIn.ended_at.is_(None), SignIn.expires_at > now
    )
    query = (
        sa.select(Player, is_signed_in, sa.func.coalesce(Standing.points, 0), is_away_from(event))
        .outerjoin(Standing, Standing.player_id == Player.id)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .options(joinedload(Player.team), joinedload(Player.person).lazyload(Person.role_rows))
    )
    ticking = event.paused_at or now
    holds: dict[int, str] = {}
    waits: dict[int, str] = {}
    for claim in claims.values():
        if claim.holds_at(ticking):
            holds.setdefault(claim.player_id, claim.story.key)
        elif claim.lease_ends_at is None:
            waits.setdefault(claim.player_id, claim.story.key)
    crew = []
    for player, signed_in, points, is_away in db.session.execute(query):
        doing = Doing(bool(signed_in), player.id in out, player.id in holds, player.id in waits, points)
        light = light_of(doing)
        key = {Light.WORKING: holds, Light.IN_REVIEW: waits}.get(light, {}).get(player.id, "")
        detail = key or (counted(points, "point") if points else "")
        team = badge(player.team) if player.team else None
        person = player.person
        crew.append(
            CrewMember(player.id, person.handle, person.name, team, player.squad_id, light, detail, bool(is_away))
        )
    order = list(Light)
    return tuple(sorted(crew, key=lambda one: (order.index(one.light), one.name)))


def services_of(
    entries: Sequence[EventStory], places: Mapping[int, Place], crew: Sequence[CrewMember]
) -> tuple[ServiceLine, ...]:
    """Return the services of the board, those with most left first. No query."""
    left: Counter[int] = Counter()
    services = {entry.story.service_id: entry.story.service for entry in entries}
    for entry in entries:
        left[entry.story.service_id] += places[entry.story_id] is not Place.SQUASHED
    teams = Counter(member.team.id for member in crew if member.team)
    lines = [
        ServiceLine(one.name, left[one.id], sum(teams[team] for team in {one.team_id, one.builder_team_id} if team))
        for one in services.values()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.left, line.name)))
