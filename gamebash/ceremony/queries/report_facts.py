"""What the report reads beside the result: the course of the day, who raised what, corrections since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Decision, DecisionKind
from gamebash.ceremony.course import Course, Moments, course_of
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.people.models import Person
from gamebash.play.models import Claim, Fix, Review
from gamebash.points.models import PointEntry
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


def back_of(event: Event) -> list[EventStory]:
    """Return what nobody squashed, worth most first."""
    query = (
        sa.select(EventStory)
        .where(EventStory.event_id == event.id, EventStory.squashed_at.is_(None))
        .options(joinedload(EventStory.story).joinedload(Story.team))
        .order_by(EventStory.value.desc(), EventStory.rank)
    )
    return list(db.session.scalars(query))


def course_of_event(event: Event, squashed: Sequence[str]) -> Course:
    """Return the day by the hour."""
    claimed = db.session.scalars(sa.select(Claim.claimed_at).where(Claim.event_id == event.id)).all()
    reviewed = (
        sa.select(Fix.submitted_at, sa.func.min(Review.decided_at, type_=Review.decided_at.type))
        .join(Review, Review.fix_id == Fix.id)
        .where(Fix.event_id == event.id, Review.decided_at.is_not(None))
        .group_by(Fix.id)
    )
    moments = Moments(
        [datetime.fromisoformat(at) for at in squashed],
        claimed,
        [(submitted, decided) for submitted, decided in db.session.execute(reviewed) if decided is not None],
    )
    return course_of(moments, starts_at=event.went_live_at or event.starts_at)


def raised_in(numbers: Collection[int]) -> tuple[Raised, ...]:
    """Return who raised what was squashed: who proposed the story, or grouped the incidents of its problem."""
    proposed = (
        sa.select(Story.number, Person.alias, Person.name)
        .join(Person, Person.id == Story.created_by_id)
        .where(Story.number.in_(numbers))
    )
    grouped = (
        sa.select(Story.number, Person.alias, Person.name)
        .join(Decision, Decision.problem_id == Story.problem_id)
        .join(Person, Person.id == Decision.by_id)
        .where(Story.number.in_(numbers), Decision.kind.in_(RAISING), Decision.undone_at.is_(None))
    )
    people: dict[str, set[int]] = {}
    for number, alias, name in db.session.execute(sa.union(proposed, grouped)):
        people.setdefault(alias or name, set()).add(number)
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
