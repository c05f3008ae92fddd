"""What is said to everybody in a running event, read once for all its open pages."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.events.announcements import SPEAKING
from gamebash.events.models import AnnouncementSeen, Event, Question
from gamebash.events.queries.talk import Banner, standing_banners

LATEST_ANSWERS = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and whom it is for: empty for everybody. The number is that of the change it tells of."""

    number: int
    slug: str
    question: str
    answer: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """Announcements that stand, who put which of them away (by the person's id), and the latest answers, oldest first."""

    slug: str
    banners: tuple[Banner, ...]
    put_away: Mapping[int, frozenset[int]]
    answers: tuple[Answered, ...]

    def banners_for(self, person_id: int) -> tuple[Banner, ...]:
        """Return what somebody has not put away."""
        away = self.put_away.get(person_id, frozenset())
        return tuple(banner for banner in self.banners if banner.number not in away)


def said_in(event: Event) -> Said:
    """Return what is said in an event now, in three queries."""
    if event.state not in SPEAKING:
        return Said(event.slug, (), {}, ())
    banners = standing_banners(event)
    return Said(event.slug, banners, _put_away(banners), _answers(event))


def _put_away(banners: tuple[Banner, ...]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    if banners:
        query = sa.select(AnnouncementSeen.person_id, AnnouncementSeen.announcement_id)
        numbers = [banner.number for banner in banners]
        for person_id, number in db.session.execute(query.where(AnnouncementSeen.announcement_id.in_(numbers))):
            found[person_id].add(number)
    return {person_id: frozenset(numbers) for person_id, numbers in found.items()}


def _answers(event: Event) -> tuple[Answered, ...]:
    """Return the latest answers; a question is answered at the moment that its change names."""
    latest = (
        sa.select(Question.text, Question.answer, Question.is_to_all, Question.person_id, Question.answered_at)
        .where(Question.event_id == event.id, Question.answered_at.is_not(None))
        .order_by(Question.answered_at.desc())
        .limit(LATEST_ANSWERS)
        .subquery()
    )
    query = (
        sa.select(AuditEntry.id, latest.c.text, latest.c.answer, latest.c.is_to_all, latest.c.person_id)
        .join(latest, sa.and_(AuditEntry.event_id == event.id, AuditEntry.at == latest.c.answered_at))
        .where(AuditEntry.tag.in_(["question:answered", "question:answered_to_all"]))
        .order_by(AuditEntry.id)
    )
    return tuple(
        Answered(number, event.slug, text, answer, None if is_to_all else person_id)
        for number, text, answer, is_to_all, person_id in db.session.execute(query)
    )
