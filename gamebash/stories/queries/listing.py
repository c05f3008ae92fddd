"""The list of stories: narrowed, sorted, a page at a time, all of it in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Problem, Service
from gamebash.core.db import db
from gamebash.core.paging import PER_PAGE, Paged
from gamebash.core.search import has_words
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Team
from gamebash.stories.grades import USUAL_POINTS, Grade
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin, Story
from gamebash.stories.queries.found import number_in
from gamebash.stories.queries.recurrence import QUARTER, Week, counts, weeks_of
from gamebash.stories.value import Value

E = TypeVar("E", bound=StrEnum)
LONGEST_SEARCH = 200


class Show(StrEnum):
    """The states that are looked at together."""

    PROPOSED = "proposed"
    READY = "ready"
    IN_EVENT = "event"
    DONE = "done"
    DROPPED = "dropped"
    ALL = "all"


class Sort(StrEnum):
    """In which order."""

    VALUE = "value"
    VALUE_PER_HOUR = "hour"
    RECENT = "recent"
    EFFORT = "effort"


STATES = {
    Show.PROPOSED: (StoryState.PROPOSED,),
    Show.READY: (StoryState.READY,),
    Show.IN_EVENT: (StoryState.SCHEDULED, StoryState.CLAIMED, StoryState.IN_REVIEW),
    Show.DONE: (StoryState.ACCEPTED, StoryState.WATCHED, StoryState.HELD, StoryState.RECURRED),
    Show.DROPPED: (StoryState.DROPPED,),
    Show.ALL: tuple(StoryState),
}
ORDERS: dict[Sort, tuple[sa.ColumnElement[Any], ...]] = {
    Sort.VALUE: (Story.value.desc(), Story.number.desc()),
    Sort.VALUE_PER_HOUR: ((Story.value / Story.effort_hours).desc(), Story.number.desc()),
    Sort.RECENT: (Story.updated_at.desc(), Story.number.desc()),
    Sort.EFFORT: (Story.effort_hours.asc(), Story.value.desc(), Story.number.desc()),
}


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """What the address asks for; what it asks in nonsense is left out."""

    show: Show = Show.ALL
    words: str = ""
    service: str = ""
    team: str = ""
    grade: Grade | None = None
    origin: Origin | None = None
    sort: Sort = Sort.VALUE

    @classmethod
    def from_address(cls, values: Mapping[str, str]) -> "StoryFilter":
        """Read the filter from the address."""
        return cls(
            show=_one_of(Show, values.get("show")) or Show.ALL,
            words=" ".join(values.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
            service=values.get("service", "").replace("\0", ""),
            team=values.get("team", "").replace("\0", ""),
            grade=_one_of(Grade, values.get("grade")),
            origin=_one_of(Origin, values.get("origin")),
            sort=_one_of(Sort, values.get("sort")) or Sort.VALUE,
        )

    @property
    def address(self) -> dict[str, str]:
        """What of it stands in an address; the usual is left out."""
        values = {
            "show": self.show if self.show is not Show.ALL else "",
            "q": self.words,
            "service": self.service,
            "team": self.team,
            "grade": self.grade or "",
            "origin": self.origin or "",
            "sort": self.sort if self.sort is not Sort.VALUE else "",
        }
        return {name: str(value) for name, value in values.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return replace(self, sort=Sort.VALUE) != StoryFilter()


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One story of the list."""

    key: str
    title: str
    grade: Grade
    points: int
    service: str
    team: TeamBadge | None
    state: StoryState
    origin: Origin
    effort_hours: float
    value: Value
    weeks: tuple[Week, ...]
    updated_at: datetime
    problem_key: str

    @property
    def bars(self) -> tuple[int, ...]:
        """How often it struck, a number a week; nothing for a story that no problem is behind."""
        return counts(self.weeks, of_noise=self.origin is Origin.NOISE)


@dataclass(frozen=True, slots=True)
class StoryListPage:
    """The list with its filter, what the filters offer, and how many stories there are of each kind."""

    stories: Paged[StoryLine]
    filter: StoryFilter
    counts: dict[Show, int]
    ready_value: float
    services: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nobody has proposed anything yet."""
        return not self.counts[Show.ALL]


def story_list_page(wanted: StoryFilter, number: int, *, now: datetime) -> StoryListPage:
    """Return one page of the stories that the filter asks for. Six queries whatever their number."""
    query = _matching(wanted)
    total = db.session.scalar(query.with_only_columns(sa.func.count(Story.id))) or 0
    rows = _rows(query, wanted, number)
    states, ready_value = _states()
    return StoryListPage(
        stories=Paged(story_lines(rows, now=now), number, total),
        filter=wanted,
        counts={show: sum(states.get(state, 0) for state in members) for show, members in STATES.items()},
        ready_value=ready_value,
        services=_choices(sa.select(Service.slug, Service.name).order_by(Service.name)),
        teams=_choices(sa.select(Team.code, Team.name).order_by(Team.name)),
    )


def story_lines(stories: Sequence[Story], *, now: datetime) -> tuple[StoryLine, ...]:
    """Return stories as lines of a list, with the weeks of their problems in one query."""
    problem_ids = {story.problem_id for story in stories if story.problem_id is not None}
    weeks = weeks_of(problem_ids, now=now, weeks=QUARTER)
    return tuple(
        StoryLine(
            key=story.key,
            title=story.title,
            grade=story.grade,
            points=USUAL_POINTS[story.grade],
            service=story.service.name,
            team=badge(story.team) if story.team else None,
            state=story.state,
            origin=story.origin,
            effort_hours=story.effort_hours,
            value=Value.from_document(story.value_parts),
            weeks=weeks.get(story.problem_id, ()) if story.problem_id else (),
            updated_at=story.updated_at,
            problem_key=story.problem.key if story.problem else "",
        )
        for story in stories
    )


def all_matching(wanted: StoryFilter, *, now: datetime) -> tuple[StoryLine, ...]:
    """Return every story that the filter asks for, for a table to take away."""
    return story_lines(_rows(_matching(wanted), wanted, None), now=now)


def _rows(query: sa.Select[Any], wanted: StoryFilter, number: int | None) -> Sequence[Story]:
    query = query.order_by(*ORDERS[wanted.sort]).options(
        joinedload(Story.service), joinedload(Story.team), joinedload(Story.problem)
    )
    if number is not None:
        query = query.limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    return db.session.scalars(query).all()


def _matching(wanted: StoryFilter) -> sa.Select[Any]:
    query = sa.select(Story).where(Story.state.in_(STATES[wanted.show]))
    if wanted.grade is not None:
        query = query.where(Story.grade == wanted.grade)
    if wanted.origin is not None:
        query = query.where(Story.origin == wanted.origin)
    if wanted.service:
        query = query.where(Story.service_id.in_(sa.select(Service.id).where(Service.slug == wanted.service)))
    if wanted.team:
        query = query.where(Story.team_id.in_(sa.select(Team.id).where(Team.code == wanted.team)))
    for word in wanted.words.split():
        query = query.where(_has(word))
    return query


def _has(word: str) -> sa.ColumnElement[bool]:
    """Return the condition that a story has a word: in its key, its texts, its service or problem."""
    services = sa.select(Service.id).where(Service.name.icontains(word, autoescape=True))
    problems = sa.select(Problem.id).where(has_words(Problem, word))
    # Of a title any part will do, also signs, which are no words.
    in_title = Story.title.icontains(word, autoescape=True)
    conditions = [has_words(Story, word), in_title, Story.service_id.in_(services), Story.problem_id.in_(problems)]
    number = number_in(word)
    return sa.or_(*conditions, Story.number == number) if number is not None else sa.or_(*conditions)


def _states() -> tuple[dict[StoryState, int], float]:
    """Return how many stories are in each state, and what the ready ones are worth together."""
    query = sa.select(Story.state, sa.func.count(), sa.func.sum(Story.value)).group_by(Story.state)
    rows = db.session.execute(query).all()
    ready = [value for state, _, value in rows if state is StoryState.READY]
    return {state: count for state, count, _ in rows}, float(sum(ready))


def _choices(query: sa.Select[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, words) for value, words in db.session.execute(query))


def _one_of(words: type[E], value: str | None) -> E | None:
    return words(value) if value in set(words) else None
