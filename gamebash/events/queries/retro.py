"""The retro of an event, and whether its series has gone mechanical."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

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
    """Return what the next event of a series should heed. Two queries; none without a series."""
    if series_id is None:
        return Hints((), None)
    lessons = tuple(LessonLine(one.number, one.text) for one in open_lessons(series_id))
    return Hints(lessons, gone_mechanical(history_of(series_id, now=now)))


def history_of(series_id: int, *, now: datetime) -> list[EventFacts]:
    """Return the last closed events of a series in what tells whether it has gone mechanical, oldest first. One query."""
    chain = _latest_events(series_id)
    squashed = _squashed(chain)
    query = (
        sa.select(Event, _survey(), _players(chain.c.id), _players(chain.c.before), _returned(chain))
        .add_columns(squashed.c.most, squashed.c.total)
        .join(chain, chain.c.id == Event.id)
        .outerjoin(squashed, squashed.c.event_id == Event.id)
        .order_by(Event.starts_at, Event.id)
    )
    return [
        EventFacts(
            name=event.name,
            players=here,
            returning=again / before if before else None,
            service_share=most / int(total) if total else None,
            survey=float(mean) if mean is not None and closes_at(event) <= now else None,
        )
        for event, mean, here, before, again, most, total in db.session.execute(query)
    ]


def _latest_events(series_id: int) -> sa.Subquery:
    """Select the last closed events of a series, each with the one before it among them."""
    latest = (
        sa.select(Event.id, Event.starts_at)
        .where(Event.series_id == series_id, Event.state == EventState.CLOSED)
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(LOOKED_BACK)
        .subquery()
    )
    before = sa.func.lag(latest.c.id).over(order_by=(latest.c.starts_at, latest.c.id))
    return sa.select(latest.c.id, before.label("before")).subquery()


def _players(event_id: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Select how many played an event."""
    query = sa.select(sa.func.count()).where(Player.event_id == event_id, Player.left_at.is_(None))
    return query.correlate(event_id.table).scalar_subquery()


def _returned(chain: sa.Subquery) -> sa.ScalarSelect[int]:
    """Select how many of those who played an event had played the one before it."""
    earlier = sa.orm.aliased(Player)
    query = (
        sa.select(sa.func.count())
        .select_from(Player)
        .join(earlier, earlier.person_id == Player.person_id)
        .where(Player.event_id == chain.c.id, Player.left_at.is_(None))
        .where(earlier.event_id == chain.c.before, earlier.left_at.is_(None))
    )
    return query.correlate(chain).scalar_subquery()


def _squashed(chain: sa.Subquery) -> sa.Subquery:
    """Select how many stories were squashed in each event, and in the service that had the most."""
    by_service = (
        sa.select(EventStory.event_id, sa.func.count().label("stories"))
        .join(Story, Story.id == EventStory.story_id)
        .where(EventStory.event_id.in_(sa.select(chain.c.id)), EventStory.squashed_at.is_not(None))
        .group_by(EventStory.event_id, Story.service_id)
        .subquery()
    )
    most, total = sa.func.max(by_service.c.stories), sa.func.sum(by_service.c.stories)
    query = sa.select(by_service.c.event_id, most.label("most"), total.label("total"))
    return query.group_by(by_service.c.event_id).subquery()


def _survey() -> sa.ScalarSelect[float | None]:
    """Select the mean of an event's survey; none where too few answered for it to be shown."""
    has_enough = sa.func.count() >= LEAST_ANSWERS
    query = sa.select(sa.case((has_enough, sa.func.avg(SurveyAnswer.worth))))
    return query.where(SurveyAnswer.event_id == Event.id).correlate(Event).scalar_subquery()
