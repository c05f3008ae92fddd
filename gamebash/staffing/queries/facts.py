"""What knowledge comes from, read in a constant number of queries whatever the number of people, moves and fixes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.events.models import Player
from gamebash.play.models import Assist, Fix, FixState, Review
from gamebash.rotation.models import TourRow
from gamebash.staffing.hypercare.models import Hypercare, TeachConfirmation, TeachEntry
from gamebash.staffing.hypercare.queries.seats import duties_between
from gamebash.staffing.knowledge import HALF_LIVES_READ, Fact, Ground, KnowledgeMap, knowledge_map
from gamebash.staffing.queries.lessons import lessons_between
from gamebash.staffing.rulebook import KnowledgeRule
from gamebash.staffing.rules import knowledge_rule
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story


def known_on(on: date, *, rule: KnowledgeRule | None = None, more: Iterable[Fact] = ()) -> KnowledgeMap:
    """Return what everybody knows on a day, with ``more`` facts that only their own feature can read."""
    rule = rule or knowledge_rule()
    services = db.session.execute(sa.select(Service.id, Service.team_id, Service.builder_team_id)).all()
    since = on - timedelta(days=HALF_LIVES_READ * rule.half_life_days)
    read = (_tours(services, since, on), deeds_between(since, on), lessons_between(since, on), _hypercare(since, on))
    facts = [*(fact for facts in read for fact in facts), *more]
    return knowledge_map(facts, [service for service, _, _ in services], on, rule.half_life_days)


def _tours(services: Iterable[Any], since: date, on: date) -> list[Fact]:
    """Return a fact for each tour in the team that owns or builds a service; what ended before ``since`` is left out."""
    by_team: dict[int, set[int]] = {}
    for service, *teams in services:
        for team in teams:
            if team is not None:
                by_team.setdefault(team, set()).add(service)
    lasted = sa.or_(TourRow.until_on.is_(None), TourRow.until_on > since)
    query = sa.select(TourRow.person_id, TourRow.team_id, TourRow.from_on, TourRow.until_on)
    rows = db.session.execute(query.where(TourRow.from_on <= on, lasted, TourRow.team_id.in_(by_team)))
    return [
        Fact(person, service, Ground.TOUR, start, end)
        for person, team, start, end in rows
        for service in sorted(by_team[team])
    ]


def _hypercare(since: date, on: date) -> list[Fact]:
    """Return a fact for each time that somebody was L3 for a service; the days up to now count of one that goes on."""
    return [
        Fact(duty.person, duty.service, Ground.HYPERCARE, duty.from_on, duty.until_on if duty.is_over else None)
        for duty in duties_between(since, on + timedelta(days=1), today=on)
    ]


def deeds_between(since: date, on: date) -> list[Fact]:
    """Return a fact for each accepted fix, assist, review and confirmed lesson of a service; one query.

    A lesson counts from the day its learner confirmed it, for both.
    What an event's freeze holds back leaves its story in review, and counts once the results are out.
    """
    is_held, is_known = Story.state == StoryState.HELD, Story.state != StoryState.IN_REVIEW
    fixed = sa.case((is_held, Ground.HELD_FIX.value), else_=Ground.FIX.value)
    accepted = (Fix.state == FixState.ACCEPTED, is_known, _between(Fix.decided_at, since, on))
    fixes = _deed(Fix.player_id, fixed, Fix.decided_at, sa.join(Fix, Story, Story.id == Fix.story_id)).where(*accepted)
    assisted = sa.join(Assist, Fix, Fix.id == Assist.fix_id).join(Story, Story.id == Fix.story_id)
    assists = _deed(Assist.player_id, sa.literal(Ground.ASSIST.value), Fix.decided_at, assisted).where(*accepted)
    reviewed = sa.join(Review, Fix, Fix.id == Review.fix_id).join(Story, Story.id == Fix.story_id)
    reviews = _deed(Review.player_id, sa.literal(Ground.REVIEW.value), Review.decided_at, reviewed)
    reviews = reviews.where(Review.verdict.is_not(None), is_known, _between(Review.decided_at, since, on))
    taught = _lesson(TeachEntry.teacher_id, Ground.TAUGHT, since, on)
    learned = _lesson(TeachEntry.learner_id, Ground.LEARNED, since, on)
    rows = db.session.execute(fixes.union_all(assists, reviews, taught, learned))
    return [Fact(person, service, Ground(ground), at.date()) for person, service, ground, at in rows]


def _deed(player: Any, ground: Any, at: Any, joined: Any) -> sa.Select[Any]:
    query = sa.select(Player.person_id, Story.service_id, ground.label("ground"), at.label("at"))
    return query.select_from(joined.join(Player, Player.id == player))


def _lesson(person: Any, ground: Ground, since: date, on: date) -> sa.Select[Any]:
    columns = (person, Hypercare.service_id, sa.literal(ground.value).label("ground"), TeachConfirmation.confirmed_at)
    joined = sa.join(TeachConfirmation, TeachEntry, TeachEntry.id == TeachConfirmation.entry_id)
    return (
        sa.select(*columns)
        .select_from(joined.join(Hypercare, Hypercare.id == TeachEntry.hypercare_id))
        .where(_between(TeachConfirmation.confirmed_at, since, on))
    )


def _between(column: Any, since: date, until: date) -> sa.ColumnElement[bool]:
    first, last = (datetime.combine(day, time.min, UTC) for day in (since, until + timedelta(days=1)))
    return sa.and_(column >= first, column < last)
