"""What the report reads beside the result: the course of the day, who raised what, corrections since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Decision, DecisionKind
from gamebash.ceremony.course import Course, Moments, course_of
from gamebash.ceremony.models import EventReport
from gamebash.ceremony.results import no_result
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.queries.found import get_event
from gamebash.play.models import Claim, Fix, Review
from gamebash.points.models import EventResult, PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.models import Story

RAISING = (DecisionKind.MERGED, DecisionKind.SPLIT, DecisionKind.MOVED)


@dataclass(frozen=True, slots=True)
class Raised:
    """Somebody who raised what got fixed, and the stories."""

    who: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """An entry that corrected the announced result."""

    at: datetime
    who: str
    points: int
    reason: str


def reported(slug: str) -> tuple[Event, EventResult, EventReport | None]:
    """Return an event with its result, and its report where it is published, in one query.

    Raises:
        NotFoundError: where there is no such event.
        NoResultError: where it is not closed.
    """
    query = (
        sa.select(Event, EventResult, EventReport)
        .join(EventResult, EventResult.event_id == Event.id)
        .outerjoin(EventReport, EventReport.event_id == Event.id)
        .where(Event.slug == slug)
        .options(joinedload(Event.series))
    )
    found = db.session.execute(query).first()
    if found is None:
        raise no_result(get_event(slug))
    event, result, report = found
    return event, result, report


def entries_of(event: Event) -> list[EventStory]:
    """Return every story of an event, worth most first, with who proposed it, in one query."""
    query = (
        sa.select(EventStory)
        .where(EventStory.event_id == event.id)
        .options(joinedload(EventStory.story).options(joinedload(Story.team), joinedload(Story.created_by)))
        .order_by(EventStory.value.desc(), EventStory.rank)
    )
    return list(db.session.scalars(query))


def course_of_event(event: Event, squashed: Sequence[str]) -> Course:
    """Return the day by the hour, in one query."""
    decided = sa.func.min(Review.decided_at, type_=Review.decided_at.type)
    query = (
        sa.select(Claim.id, Claim.claimed_at, Fix.submitted_at, decided)
        .outerjoin(Fix, Fix.claim_id == Claim.id)
        .outerjoin(Review, sa.and_(Review.fix_id == Fix.id, Review.decided_at.is_not(None)))
        .where(Claim.event_id == event.id)
        .group_by(Claim.id, Claim.claimed_at, Fix.id, Fix.submitted_at)
        .order_by(Claim.id)
    )
    rows = db.session.execute(query).all()
    moments = Moments(
        [datetime.fromisoformat(at) for at in squashed],
        # A claim has a row for each fix that was submitted under it.
        list({claim_id: claimed_at for claim_id, claimed_at, *_ in rows}.values()),
        [(submitted, decided) for *_, submitted, decided in rows if submitted is not None and decided is not None],
    )
    return course_of(moments, starts_at=event.went_live_at or event.starts_at)


def raised_in(squashed: Iterable[EventStory], decisions: Iterable[Decision]) -> tuple[Raised, ...]:
    """Return who raised what was squashed: who proposed the story, or grouped the incidents of its problem. No query."""
    people: dict[str, set[int]] = {}
    numbers: dict[int, set[int]] = {}
    for story in (entry.story for entry in squashed):
        if story.created_by is not None:
            people.setdefault(story.created_by.player_name, set()).add(story.number)
        numbers.setdefault(story.problem_id or 0, set()).add(story.number)
    for one in decisions:
        if one.kind in RAISING and one.problem_id in numbers:
            people.setdefault(one.by.player_name, set()).update(numbers[one.problem_id])
    ordered = sorted(people.items(), key=lambda one: (-len(one[1]), one[0].casefold()))
    return tuple(Raised(who, tuple(f"GB-{number}" for number in sorted(keys))) for who, keys in ordered)


def corrections_of(event: Event, seq: int) -> tuple[Correction, ...]:
    """Return the corrections of what was announced."""
    taken_back = sa.orm.aliased(PointEntry)
    query = (
        sa.select(PointEntry)
        .outerjoin(taken_back, taken_back.id == PointEntry.reverses_id)
        .where(PointEntry.event_id == event.id, PointEntry.seq > seq, PointEntry.kind == EntryKind.CORRECTION)
        .where(sa.or_(PointEntry.reverses_id.is_(None), taken_back.seq <= seq))
        .options(joinedload(PointEntry.player).joinedload(Player.person))
        .order_by(PointEntry.seq)
    )
    return tuple(
        Correction(entry.at, entry.player.person.player_name, entry.points, entry.reason)
        for entry in db.session.scalars(query)
    )
