"""What is said between organisers and everybody else: announcements not put away yet, and questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.events.announcements import SPEAKING, UNDO_WITHIN
from gamebash.events.audience import audience_of
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Announcement, AnnouncementSeen, Event, Player, Question, Spectator
from gamebash.events.questions import CANNED
from gamebash.people.models import Person


@dataclass(frozen=True, slots=True)
class Banner:
    """An announcement that the viewer has not put away."""

    number: int
    slug: str
    event: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Banners:
    """The announcements of one event that the viewer has not put away."""

    slug: str
    shown: tuple[Banner, ...]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question with its answer, if it has one."""

    number: int
    text: str
    by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    is_to_all: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Said:
    """An announcement in the list of all."""

    number: int
    text: str
    by: str
    at: datetime
    can_withdraw: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the answers is looked for: words in question or answer, and the page."""

    words: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """Announcements and questions of an event: an organiser sees every question, others their own and those answered to all."""

    slug: str
    name: str
    state: EventState
    is_organiser: bool
    can_ask: bool
    waiting: tuple[QuestionLine, ...]
    answered: Paged[QuestionLine]
    words: str
    announcements: tuple[Said, ...]
    now: datetime

    @property
    def usual(self) -> list[tuple[str, str]]:
        """The usual answers, as a choice; what was answered to all lately is one of them."""
        answered = [one.answer for one in self.answered.items if one.is_to_all]
        return [("", "None of them"), *((text, text[:80]) for text in dict.fromkeys([*answered, *CANNED]))]


def banners_of(slug: str, person_id: int) -> tuple[Banner, ...]:
    """Return what the viewer has not put away of one event's announcements, oldest first."""
    return _banners(Event.slug == slug, _is_new_to(person_id))


def standing_banners(event: Event) -> tuple[Banner, ...]:
    """Return the announcements of an event that were not taken back, whoever put them away."""
    return _banners(Event.id == event.id)


def new_banners(person_id: int, slug: str = "") -> sa.Subquery:
    """Select what somebody has not put away of the event named, or of all that they play in or follow.

    A row each, the oldest 20; an event in which nothing is said has a row too, so that an announcement can come while the
    page is open. ``banners_in`` makes of the rows what is shown.
    """
    plays = sa.select(Player.event_id).where(Player.person_id == person_id, Player.left_at.is_(None))
    follows = sa.select(Spectator.event_id).where(Spectator.person_id == person_id)
    is_here = Event.slug == slug if slug else sa.or_(Event.id.in_(plays), Event.id.in_(follows))
    new = _standing(is_here, _is_new_to(person_id)).subquery()
    return (
        sa.select(Event.id.label("event_id"), Event.slug.label("of"), *new.c)
        .outerjoin(new, new.c.slug == Event.slug)
        .where(is_here, sa.or_(Event.slug == slug, Event.state.in_(SPEAKING)))
        .subquery()
    )


def banners_in(rows: Iterable[Sequence[Any]]) -> tuple[Banners, ...]:
    """Return the announcements of each event, from rows as ``new_banners`` has them."""
    shown: dict[str, tuple[Banner, ...]] = {}
    for _, slug, *row in rows:
        if slug is not None:
            shown[slug] = shown.get(slug, ()) + ((_banner(row),) if row[0] else ())
    return tuple(Banners(slug, banners) for slug, banners in shown.items())


def _is_new_to(person_id: int) -> sa.ColumnElement[bool]:
    seen = sa.select(AnnouncementSeen.announcement_id).where(AnnouncementSeen.person_id == person_id)
    return Announcement.id.not_in(seen)


def _banners(*conditions: sa.ColumnElement[bool]) -> tuple[Banner, ...]:
    return tuple(_banner(row) for row in db.session.execute(_standing(*conditions)))


def _standing(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Announcement.id, Event.slug, Event.name, Announcement.text, Person.name.label("by"), Announcement.at)
        .join(Event, Event.id == Announcement.event_id)
        .outerjoin(Person, Person.id == Announcement.by_id)
        .where(*conditions, Event.state.in_(SPEAKING), Announcement.withdrawn_at.is_(None))
        .order_by(Announcement.id)
        .limit(20)
    )


def _banner(row: Sequence[Any]) -> Banner:
    number, slug, event, text, by, at = row
    return Banner(number, slug, event, text, by or "An organiser", at)


def open_questions(event: Event, *, limit: int = 50) -> tuple[QuestionLine, ...]:
    """Return the questions that wait for an answer, oldest first."""
    query = _questions(event).where(Question.answered_at.is_(None)).order_by(Question.id).limit(limit)
    return tuple(_line(one, 0) for one in db.session.scalars(query))


def questions_page(event: Event, person: Person, *, is_organiser: bool, asked: Asked, now: datetime) -> QuestionsPage:
    """Return what is said in an event, as one person may read it."""
    query = _questions(event)
    if not is_organiser:
        query = query.where(sa.or_(Question.person_id == person.id, Question.is_to_all))
    waiting = db.session.scalars(query.where(Question.answered_at.is_(None)).order_by(Question.id).limit(50))
    found = query.where(Question.answered_at.is_not(None)).order_by(Question.answered_at.desc(), Question.id.desc())
    for word in asked.words.split()[:6]:
        like = f"%{word}%"
        found = found.where(sa.or_(Question.text.ilike(like), Question.answer.ilike(like)))
    rows, total = fetch_page(found, asked.number)
    return QuestionsPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        is_organiser=is_organiser,
        can_ask=event.state in SPEAKING and person.id in audience_of(event),
        waiting=tuple(_line(one, person.id) for one in waiting),
        answered=Paged(tuple(_line(one, person.id) for (one,) in rows), asked.number, total),
        words=asked.words,
        announcements=_said(event, now),
        now=now,
    )


def _questions(event: Event) -> sa.Select[Any]:
    return (
        sa.select(Question)
        .where(Question.event_id == event.id)
        .options(
            joinedload(Question.person).lazyload(Person.role_rows),
            joinedload(Question.answered_by).lazyload(Person.role_rows),
        )
    )


def _line(question: Question, viewer_id: int) -> QuestionLine:
    return QuestionLine(
        number=question.id,
        text=question.text,
        by=question.person.player_name,
        asked_at=question.asked_at,
        answer=question.answer,
        answered_by=question.answered_by.name if question.answered_by else "",
        answered_at=question.answered_at,
        is_to_all=question.is_to_all,
        is_mine=question.person_id == viewer_id,
    )


def _said(event: Event, now: datetime) -> tuple[Said, ...]:
    query = (
        sa.select(Announcement)
        .where(Announcement.event_id == event.id)
        .options(joinedload(Announcement.by).lazyload(Person.role_rows))
        .order_by(Announcement.id.desc())
        .limit(50)
    )
    return tuple(
        Said(
            number=one.id,
            text=one.text,
            by=one.by.name if one.by else "An organiser",
            at=one.at,
            can_withdraw=one.withdrawn_at is None and now - one.at <= UNDO_WITHIN,
            is_withdrawn=one.withdrawn_at is not None,
        )
        for one in db.session.scalars(query)
    )
