"""The page of one handover: its list, what is open in the services handed over, days together, notes, the signature."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.backlog.kinds import ProblemState
from gamebash.backlog.models import Problem
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.queries.found import offered_people
from gamebash.staffing.handovers.allowing import may_lead
from gamebash.staffing.handovers.checklist import DAY_WORDS, HandoverState
from gamebash.staffing.handovers.models import Handover, HandoverDay
from gamebash.staffing.handovers.queries import HandoverLine, lines_of
from gamebash.staffing.handovers.services import services_handed_over
from gamebash.stories.lifecycle import OPEN_STATES
from gamebash.stories.models import Story

SHOWN = 8
OPEN_PROBLEMS = (ProblemState.OPEN, ProblemState.BEING_FIXED)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """Something to pass on."""

    id: int
    text: str
    ticked_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day together."""

    id: int
    on: date
    words: str


@dataclass(frozen=True, slots=True)
class OpenThing:
    """An open problem or story of a service that is handed over."""

    key: str
    title: str
    service: str


@dataclass(frozen=True, slots=True)
class OpenPage:
    """What is open now in the services handed over: the worst problems, the most valuable stories, how many in all."""

    number: int
    name: str

    services: tuple[str, ...]
    problems: tuple[OpenThing, ...]
    stories: tuple[OpenThing, ...]
    problem_count: int
    story_count: int


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """One handover as a reader may see it; the notes are empty for whom they are not."""

    line: HandoverLine
    items: tuple[ItemLine, ...]
    days: tuple[DayLine, ...]
    notes: str
    receiver_handle: str
    is_giver: bool
    is_receiver: bool
    can_lead: bool
    can_plan_days: bool
    sees_notes: bool
    people: tuple[tuple[str, str], ...] | None
    today: date

    @property
    def is_open(self) -> bool:
        """Whether something of it can still be done."""
        return self.line.state not in {HandoverState.SIGNED, HandoverState.OFF}

    @property
    def can_sign(self) -> bool:
        """Whether the reader can sign now."""
        return self.is_receiver and self.is_open and self.line.ticked == self.line.items


def handover_page(handover: Handover, reader: Person, *, today: date) -> HandoverPage:
    """Return a handover for a reader, in a constant number of queries."""
    (line,) = lines_of(today, Handover.id == handover.id)
    is_giver, is_receiver = reader.id == handover.person_id, reader.id == handover.receiver_id
    can_lead = is_giver or may_lead(handover, reader)
    sees_notes = can_lead or is_receiver
    return HandoverPage(
        line=line,
        items=tuple(ItemLine(item.id, item.text, item.ticked_at) for item in handover.items),
        days=_days(handover),
        notes=handover.notes if sees_notes else "",
        receiver_handle=handover.receiver.handle if handover.receiver else "",
        is_giver=is_giver,
        is_receiver=is_receiver,
        can_lead=can_lead,
        can_plan_days=is_receiver or can_lead,
        sees_notes=sees_notes,
        people=offered_people() if can_lead else (),
        today=today,
    )


def open_page(handover: Handover, *, today: date) -> OpenPage:
    """Return what is open in the services handed over as it is now, in a constant number of queries."""
    services = services_handed_over(handover.move, today=today)
    ids, names = [one.id for one in services], {one.id: one.name for one in services}
    problem = (Problem.service_id.in_(ids), Problem.state.in_(OPEN_PROBLEMS), Problem.merged_into_id.is_(None))
    story = (Story.service_id.in_(ids), Story.state.in_(OPEN_STATES))
    problems = sa.select(Problem.key, Problem.title, Problem.service_id).where(*problem)
    stories = sa.select(Story.number, Story.title, Story.service_id).where(*story)
    found = db.session.execute(problems.order_by(Problem.value.desc(), Problem.id).limit(SHOWN)).all()
    shaped = db.session.execute(stories.order_by(Story.value.desc(), Story.id).limit(SHOWN)).all()
    counts = sa.select(
        sa.select(sa.func.count()).select_from(Problem).where(*problem).scalar_subquery(),
        sa.select(sa.func.count()).select_from(Story).where(*story).scalar_subquery(),
    )
    return OpenPage(
        handover.number,
        handover.person.name,
        tuple(names.values()),
        tuple(OpenThing(key, title, names[service]) for key, title, service in found),
        tuple(OpenThing(f"GB-{number}", title, names[service]) for number, title, service in shaped),
        *db.session.execute(counts).one(),
    )


def _days(handover: Handover) -> tuple[DayLine, ...]:
    query = sa.select(HandoverDay).where(HandoverDay.handover_id == handover.id, HandoverDay.cancelled_at.is_(None))
    rows = db.session.scalars(query.order_by(HandoverDay.together_on).options(sa.orm.lazyload("*")))
    return tuple(DayLine(day.id, day.together_on, DAY_WORDS[day.kind]) for day in rows)
