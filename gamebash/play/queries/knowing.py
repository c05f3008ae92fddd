"""Who knows a story's service: whose fixes there were accepted, and whom one would ask to help with a first fix."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState
from gamebash.rotation.membership import with_team_on
from gamebash.rotation.models import Team
from gamebash.stories.models import Story

NAMED, OFFERED = 3, 20


@dataclass(frozen=True, slots=True)
class Knowing:
    """Who fixed the service, the latest first, and whom a form offers as mentor, as (handle, name).

    ``has_more`` where there are more people than are offered: they are named by their handle.
    """

    fixed: tuple[str, ...]
    mentors: tuple[tuple[str, str], ...]
    has_more: bool


def knowing(story: Story, *, namer: Person | None, now: datetime) -> Knowing:
    """Return who knows a story's service, in one query.

    Known are fixes accepted in closed events only. Mentors are offered where there is somebody who may name one: first who
    fixed the service, then who is in the team that owns or built it, then others by name, a few of them all; whoever names
    one and the mentor of now are always among them. Who plays under an alias is offered as if they had fixed nothing:
    mentors have their own names, and their order would tell who the alias is.
    """
    fixed = _fixed(story.service_id, now)
    people = sa.select(Person.handle, Person.name, Person.alias, fixed.c.latest).where(Person.is_active)
    if namer is None:
        query = people.join(fixed, fixed.c.person_id == Person.id).order_by(fixed.c.latest.desc()).limit(NAMED)
        return Knowing(tuple(alias or name for _, name, alias, _ in db.session.execute(query)), (), has_more=False)
    known = sa.case((Person.alias.is_(None), fixed.c.latest))
    is_theirs = Team.id.in_([story.service.team_id, story.service.builder_team_id])
    offer = (known.desc().nulls_last(), sa.case((is_theirs, 0), else_=1), Person.name, Person.id)
    ranked = with_team_on(people.outerjoin(fixed, fixed.c.person_id == Person.id), now.date()).add_columns(
        sa.func.row_number().over(order_by=fixed.c.latest.desc().nulls_last()).label("fixer"),
        sa.func.row_number().over(order_by=offer).label("offer"),
    )
    one = ranked.subquery()
    rows = db.session.execute(sa.select(one).where(sa.or_(one.c.fixer <= NAMED, one.c.offer <= OFFERED + 1))).all()
    offered = {row.handle: row.name for row in sorted(rows, key=lambda row: row.offer) if row.offer <= OFFERED}
    offered |= {one.handle: one.name for one in (namer, story.starter.mentor if story.starter else namer)}
    fixers = [row for row in sorted(rows, key=lambda row: row.fixer) if row.fixer <= NAMED and row.latest is not None]
    return Knowing(
        fixed=tuple(row.alias or row.name for row in fixers),
        mentors=tuple(offered.items()),
        has_more=any(row.offer == OFFERED + 1 for row in rows),
    )


def _fixed(service_id: int, now: datetime) -> sa.Subquery:
    """Select the latest fix of each person that was accepted in a service, in a closed event whose results are out."""
    return (
        sa.select(Player.person_id, sa.func.max(Fix.id).label("latest"))
        .join(Fix, Fix.player_id == Player.id)
        .join(Story, Story.id == Fix.story_id)
        .join(Event, Event.id == Fix.event_id)
        .where(Story.service_id == service_id, Fix.state == FixState.ACCEPTED)
        .where(Event.state == EventState.CLOSED, sa.or_(Event.reveals_at.is_(None), Event.reveals_at <= now))
        .group_by(Player.person_id)
        .subquery()
    )
