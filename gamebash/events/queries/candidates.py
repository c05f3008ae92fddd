"""The stories that an event could take: those that are ready, and those on its board, as the pull sees them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Problem, Service
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.events.changes import THE_CLOCK, Change
from gamebash.events.models import Event, EventStory
from gamebash.events.queries.weighting import value_factors
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.pull import Candidate

BY_HAND = "by_hand"
ADDED, TAKEN_OFF, PULLED = "event_story:added", "event_story:taken_off", "event:pulled"


@dataclass(frozen=True, slots=True)
class Pool:
    """What a pull for an event chooses from: ready stories, its own entries, what somebody took off by hand.

    ``last_limits`` are those of the last pull, ``changed`` is the last change of the event itself; ``factors`` is what the
    event's own weights of severities make of each story's value.
    """

    ready: tuple[Story, ...]
    entries: tuple[EventStory, ...]
    taken_off: frozenset[str]
    last_limits: Mapping[str, float]
    changed: Change | None
    factors: Mapping[int, float]

    @property
    def by_hand(self) -> tuple[EventStory, ...]:
        """The entries that a person added."""
        return tuple(entry for entry in self.entries if is_by_hand(entry))

    @property
    def pulled(self) -> tuple[EventStory, ...]:
        """The entries that a pull chose."""
        return tuple(entry for entry in self.entries if not is_by_hand(entry))

    def candidates(self) -> list[Candidate]:
        """Return what a new pull may choose; nothing that a person took off, and nothing that lies there by hand."""
        stories = [*self.ready, *(entry.story for entry in self.pulled)]
        return [self.candidate(story) for story in stories if story.key not in self.taken_off]

    def candidate(self, story: Story) -> Candidate:
        """Return a story as the pull sees it, with its value by the event's weights."""
        forecast = story.problem.forecast if story.problem else float((story.value_parts or {}).get("forecast", 0.0))
        value = story.value * self.factors.get(story.id, 1.0)
        return Candidate(story.key, story.service.name, value, story.effort_hours, forecast)

    def in_order(self, stories: Iterable[Story]) -> list[Story]:
        """Return stories with the most value for an hour's work first."""
        return sorted(stories, key=lambda story: self.candidate(story).order)


def pool_of(event: Event) -> Pool:
    """Return what the event can choose from. Three queries, one more where the event has weights of its own."""
    with_all = (
        joinedload(Story.service).options(joinedload(Service.team)),
        joinedload(Story.team),
        joinedload(Story.problem).load_only(Problem.id, Problem.forecast, Problem.mean_weight),
    )
    ready = db.session.scalars(
        sa.select(Story).where(Story.state == StoryState.READY).options(*with_all).order_by(Story.id)
    ).all()
    entries = db.session.scalars(
        sa.select(EventStory)
        .where(EventStory.event_id == event.id)
        .options(joinedload(EventStory.story).options(*with_all))
        .order_by(EventStory.rank, EventStory.id)
    ).all()
    stories = [*ready, *(entry.story for entry in entries)]
    factors = value_factors(stories, Rules.from_document(event.rules).severity_weights)
    taken_off, limits, changed = _decisions(event)
    return Pool(tuple(ready), tuple(entries), taken_off, limits, changed, factors)


def is_by_hand(entry: EventStory) -> bool:
    """Say whether a person put the story on the board."""
    return bool((entry.reason_parts or {}).get(BY_HAND))


def _decisions(event: Event) -> tuple[frozenset[str], dict[str, float], Change | None]:
    """Return the stories that were last taken off by hand, the limits of the last pull, and the last change of the event."""
    latest: dict[str, str] = {}
    limits: dict[str, float] = {}
    changed: Change | None = None
    is_of_event = AuditEntry.subject_kind == "event"
    rows = db.session.execute(
        sa.select(AuditEntry.subject_key, AuditEntry.tag, AuditEntry.detail, AuditEntry.at, Person.name, is_of_event)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(AuditEntry.event_id == event.id, sa.or_(AuditEntry.tag.in_((ADDED, TAKEN_OFF)), is_of_event))
        .order_by(AuditEntry.id)
    )
    for key, tag, detail, at, who, is_change in rows:
        if is_change:
            changed = Change(who or THE_CLOCK, at, tag)
        else:
            latest[key] = tag
        if tag == PULLED:
            limits = dict((detail or {}).get("limits", {}))
    return frozenset(key for key, tag in latest.items() if tag == TAKEN_OFF), limits, changed
