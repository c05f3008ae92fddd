"""How far an event is prepared: its capacity and its readiness, from its stories and players."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Incident
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.events.capacity import Capacity, Hands, Load, Work, capacity, review_hours
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.readiness import (
    GRAVE_FOR_DAYS,
    BoardStory,
    Preparation,
    Readiness,
    Reviewer,
    readiness,
)
from gamebash.events.rules import Rules
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Team
from gamebash.stories.grades import Grade
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """One row of the capacity of the day; without a team: work or people that belong to none."""

    team: TeamBadge | None
    load: Load


@dataclass(frozen=True, slots=True)
class Prepared:
    """How far an event is: what holds it up, whether the work fits the hands, and the figures so far."""

    readiness: Readiness
    whole: Load
    teams: tuple[TeamLoad, ...]
    players: int
    stories: int
    points: int
    grades: tuple[tuple[Grade, int], ...]

    @property
    def over(self) -> tuple[TeamLoad, ...]:
        """The teams with more work than hands, the furthest over first."""
        return tuple(sorted((row for row in self.teams if row.load.over), key=lambda row: -row.load.over))


def prepared(event: Event, entries: Sequence[EventStory], *, now: datetime) -> Prepared:
    """Return how far the event is; ``entries`` come with their stories, services and teams. Two queries."""
    rules = Rules.from_document(event.rules)
    players = db.session.scalars(
        sa.select(Player)
        .where(Player.event_id == event.id, Player.left_at.is_(None))
        .options(joinedload(Player.team), sa.orm.lazyload(Player.person))
    ).all()
    stories = [entry.story for entry in entries]
    teams = {team.id: team for team in (*map(_team_of, stories), *(player.team for player in players)) if team}
    found = capacity(
        [Work(_code(_team_of(story)), story.effort_hours) for story in stories],
        [Hands(_code(player.team), player.hours_free) for player in players],
        review_hours_each=review_hours(rules.reviews_needed, rules.review_lease_minutes),
    )
    badges = {team.code: badge(team) for team in teams.values()}
    return Prepared(
        readiness=readiness(_preparation(event, stories, players, found, now), now=now),
        whole=found.whole,
        teams=tuple(TeamLoad(badges.get(load.team), load) for load in found.teams),
        players=len(players),
        stories=len(stories),
        points=sum(entry.points or rules.points_for(entry.grade or entry.story.grade) for entry in entries),
        grades=_grades(entries),
    )


def _parked(stories: list[Story], most_days: int, now: datetime) -> frozenset[int]:
    """Return the stories that nobody works on, about problems that struck hard lately and longer ago than they may wait."""
    if not most_days:
        return frozenset()
    since = now - timedelta(days=GRAVE_FOR_DAYS)
    query = (
        sa.select(Story.id)
        .join(Incident, Incident.problem_id == Story.problem_id)
        .where(Story.id.in_([story.id for story in stories]), Story.state == StoryState.SCHEDULED)
        .where(Incident.severity.in_([Severity.SEV1, Severity.SEV2]), Incident.is_noise.is_(False))
        .where(Incident.opened_at.between(since, now - timedelta(days=most_days)))
        .distinct()
    )
    return frozenset(db.session.scalars(query))


def _preparation(
    event: Event, stories: list[Story], players: Sequence[Player], found: Capacity, now: datetime
) -> Preparation:
    known = _services_by_team(stories)
    rules = Rules.from_document(event.rules)
    parked = _parked(stories, rules.parked_days, now)
    return Preparation(
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        freezes_at=event.freezes_at,
        place=event.place or event.link,
        stories=tuple(
            BoardStory(
                story.key,
                story.service.name,
                bool(story.acceptance_criteria.strip()),
                story.effort_hours > 0,
                has_two_estimates=story.second_grade is not None or not rules.needs_second_estimate,
                is_parked=story.id in parked,
            )
            for story in stories
        ),
        players=tuple(
            Reviewer(
                f"squad {player.squad_id}" if player.squad_id else f"player {player.id}",
                frozenset(known[player.team_id or 0]),
            )
            for player in players
        ),
        parked_days=rules.parked_days,
        are_rules_confirmed=event.rules_confirmed_at is not None,
        is_joining_open=event.state is not EventState.DRAFT,
        capacity=found,
    )


def _services_by_team(stories: Sequence[Story]) -> defaultdict[int, set[str]]:
    """Return the services of stories that each team owns or built: who is in the team knows them. No query."""
    known: defaultdict[int, set[str]] = defaultdict(set)
    for service in (story.service for story in stories):
        for team_id in {service.team_id, service.builder_team_id} - {None}:
            known[team_id or 0].add(service.name)
    return known


def _team_of(story: Story) -> Team | None:
    return story.team or story.service.team


def _code(team: Team | None) -> str:
    return team.code if team else ""


def _grades(entries: Sequence[EventStory]) -> tuple[tuple[Grade, int], ...]:
    counts = Counter(entry.grade or entry.story.grade for entry in entries)
    return tuple((grade, counts[grade]) for grade in Grade if counts[grade])
