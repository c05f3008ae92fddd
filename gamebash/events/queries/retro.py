"""The retro of an event, and whether its series has gone mechanical."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.events.lessons import open_lessons
from gamebash.events.lifecycle import EventState
from gamebash.events.mechanical import EventFacts, Warned, gone_mechanical
from gamebash.events.models import Event, EventStory, Player, SurveyAnswer
from gamebash.events.survey import LEAST_ANSWERS, SurveyResults, closes_at, has_answered, is_open, survey_results
from gamebash.people.models import Person
from gamebash.stories.models import Story

LOOKED_BACK = 8


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson: its number in the series, its words."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What a draft of a series should heed: open lessons, and a warning where the series has gone mechanical."""

    lessons: tuple[LessonLine, ...]
    warned: Warned | None


@dataclass(frozen=True, slots=True)
class RetroPage:
    """The retro of a closed event."""

    slug: str
    name: str
    results: SurveyResults
    can_answer: bool
    has_answered: bool
    has_series: bool
    hints: Hints


def retro_page(event: Event, person: Person, *, now: datetime) -> RetroPage:
    """Return the retro as somebody may see it."""
    mine = sa.exists().where(Player.event_id == event.id, Player.person_id == person.id, Player.left_at.is_(None))
    answered = has_answered(event, person)
    return RetroPage(
        slug=event.slug,
        name=event.name,
        results=survey_results(event, now=now),
        can_answer=is_open(event, now) and not answered and bool(db.session.scalar(sa.select(mine))),
        has_answered=answered,
        has_series=event.series_id is not None,
        hints=hints_of(event.series_id, now=now),
    )


def hints_of(series_id: int | None, *, now: datetime) -> Hints:
    """Return what the next event of a series should heed. Four queries; none without a series."""
    if series_id is None:
        return Hints((), None)
    lessons = tuple(LessonLine(one.number, one.text) for one in open_lessons(series_id))
    return Hints(lessons, gone_mechanical(history_of(series_id, now=now)))


def history_of(series_id: int, *, now: datetime) -> list[EventFacts]:
    """Return the last closed events of a series in what tells whether it has gone mechanical, oldest first."""
    query = (
        sa.select(Event, _survey())
        .where(Event.series_id == series_id, Event.state == EventState.CLOSED)
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(LOOKED_BACK)
    )
    events = db.session.execute(query).all()[::-1]
    ids = [event.id for event, _ in events]
    players, services = _players(ids), _services(ids)
    facts = []
    before: set[int] = set()
    for event, mean in events:
        here = players.get(event.id, set())
        squashed = services.get(event.id, Counter())
        facts.append(
            EventFacts(
                name=event.name,
                players=len(here),
                returning=len(before & here) / len(before) if before else None,
                service_share=max(squashed.values()) / squashed.total() if squashed else None,
                survey=float(mean) if mean is not None and closes_at(event) <= now else None,
            )
        )
        before = here
    return facts


def _players(event_ids: list[int]) -> dict[int, set[int]]:
    query = sa.select(Player.event_id, Player.person_id).where(Player.event_id.in_(event_ids), Player.left_at.is_(None))
    groups: dict[int, set[int]] = {}
    for event_id, person_id in db.session.execute(query):
        groups.setdefault(event_id, set()).add(person_id)
    return groups


def _services(event_ids: list[int]) -> dict[int, Counter[str]]:
    query = (
        sa.select(EventStory.event_id, Service.slug, sa.func.count())
        .join(Story, Story.id == EventStory.story_id)
        .join(Service, Service.id == Story.service_id)
        .where(EventStory.event_id.in_(event_ids), EventStory.squashed_at.is_not(None))
        .group_by(EventStory.event_id, Service.slug)
    )
    groups: dict[int, Counter[str]] = {}
    for event_id, slug, count in db.session.execute(query):
        groups.setdefault(event_id, Counter())[slug] = count
    return groups


def _survey() -> sa.ScalarSelect[float | None]:
    """Select the mean of an event's survey; none where too few answered for it to be shown."""
    has_enough = sa.func.count() >= LEAST_ANSWERS
    query = sa.select(sa.case((has_enough, sa.func.avg(SurveyAnswer.worth))))
    return query.where(SurveyAnswer.event_id == Event.id).correlate(Event).scalar_subquery()
