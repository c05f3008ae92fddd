"""Judging: what still waits before an event can close, and the awards that its closing will settle."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.ceremony.award_rules import AwardRule
from gamebash.ceremony.award_words import reason_of, title_of
from gamebash.ceremony.awards import awards_of, proposals
from gamebash.ceremony.models import EventAward
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind


@dataclass(frozen=True, slots=True)
class AwardRow:
    """An award as it would be given: who, what for, and whether it is left out or was given by hand."""

    rule: AwardRule
    title: str
    handle: str
    who: str
    reason: str
    points: int = 0
    left_out: str = ""

    @property
    def is_by_hand(self) -> bool:
        """Whether an organiser gave it."""
        return self.rule is AwardRule.BY_HAND

    @property
    def is_place(self) -> bool:
        """Whether it is a place on the podium, which follows from the points."""
        return self.rule is AwardRule.PLACE


@dataclass(frozen=True, slots=True)
class JudgingPage:
    """What keeps an event from being closed, and what it will award. ``players`` are handle and name."""

    slug: str
    name: str
    state: EventState
    ends_at: datetime
    reviews_end_at: datetime
    waiting: tuple[tuple[str, str], ...]
    squashed: int
    stories: int
    awards: tuple[AwardRow, ...]
    players: tuple[tuple[str, str], ...]
    budget_left: int


def judging_page(event: Event, *, now: datetime) -> JudgingPage:
    """Return what still waits before an event can close, and the awards as they stand."""
    query = (
        sa.select(Fix).where(Fix.event_id == event.id, Fix.state == FixState.IN_REVIEW).options(joinedload(Fix.story))
    )
    counts = db.session.execute(
        sa.select(sa.func.count(EventStory.squashed_at), sa.func.count()).where(EventStory.event_id == event.id)
    ).one()
    state = state_at(event.state, event.ends_at, event.paused_at, now)
    people = _people(event)
    return JudgingPage(
        slug=event.slug,
        name=event.name,
        state=state,
        ends_at=event.ends_at,
        reviews_end_at=event.reviews_end_at,
        waiting=tuple((fix.story.key, fix.story.title) for fix in db.session.scalars(query)),
        squashed=counts[0],
        stories=counts[1],
        awards=_awards(event, people) if state is EventState.JUDGING else (),
        players=tuple(sorted(people.values(), key=lambda one: one[1].casefold())),
        budget_left=_budget_left(event),
    )


def _people(event: Event) -> dict[int, tuple[str, str]]:
    query = (
        sa.select(Person.id, Person.handle, Person.alias, Person.name)
        .join(Player, Player.person_id == Person.id)
        .where(Player.event_id == event.id)
    )
    return {person_id: (handle, alias or name) for person_id, handle, alias, name in db.session.execute(query)}


def _awards(event: Event, people: dict[int, tuple[str, str]]) -> tuple[AwardRow, ...]:
    kept = awards_of(event)
    left_out = {(one.rule, one.person_id): one.reason for one in kept if one.is_left_out}
    by_rule = [
        AwardRow(
            rule=one.rule,
            title=f"Place {one.figures['place']}" if one.rule is AwardRule.PLACE else title_of(one.rule),
            handle=people[one.person][0],
            who=people[one.person][1],
            reason=reason_of(one.rule, one.figures),
            left_out=left_out.get((one.rule, one.person), ""),
        )
        for one in proposals(event)
    ]
    return (*by_rule, *(_by_hand(one, people) for one in kept if one.rule is AwardRule.BY_HAND))


def _by_hand(award: EventAward, people: dict[int, tuple[str, str]]) -> AwardRow:
    handle, who = people[award.person_id]
    points = award.entry.points if award.entry else 0
    return AwardRow(award.rule, award.title, handle, who, award.reason, points)


def _budget_left(event: Event) -> int:
    """Return what of the award budget is left; what was taken back may be given again."""
    spent = sa.select(sa.func.coalesce(sa.func.sum(PointEntry.points), 0)).where(
        PointEntry.event_id == event.id, PointEntry.kind == EntryKind.AWARD
    )
    return Rules.from_document(event.rules).award_budget - int(db.session.scalar(spent) or 0)
