"""What a person was told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.notices.kinds import WORDS, NoticeKind, Way
from gamebash.notices.models import Notice, NoticeWish
from gamebash.people.models import Person

FRESH = timedelta(minutes=10)
MOST_FRESH = 5


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in the list; ``number`` stands in the address that opens it."""

    number: int
    text: str
    url: str
    at: datetime
    is_seen: bool


@dataclass(frozen=True, slots=True)
class FreshNotice:
    """Something told a moment ago, as a computer shows it."""

    number: int
    kind: NoticeKind
    text: str
    url: str

    @property
    def words(self) -> str:
        """What notices of its kind are about."""
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Bell:
    """How many notices somebody has not seen, and those of them that were told a moment ago, oldest first."""

    unseen: int
    fresh: tuple[FreshNotice, ...]


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """Everything a person was told, newest first."""

    lines: Paged[NoticeLine]
    only_unseen: bool
    unseen: int
    now: datetime


def notices_page(person: Person, *, only_unseen: bool, number: int, now: datetime) -> NoticesPage:
    """Return one page of a person's notices."""
    query = sa.select(Notice).where(Notice.person_id == person.id, _is_wished()).order_by(Notice.id.desc())
    if only_unseen:
        query = query.where(Notice.seen_at.is_(None))
    rows, total = fetch_page(query, number)
    lines = tuple(NoticeLine(one.id, one.text, one.url, one.at, one.seen_at is not None) for (one,) in rows)
    unseen = db.session.scalar(sa.select(unseen_count(person.id))) or 0
    return NoticesPage(Paged(lines, number, total), only_unseen, unseen, now)


def bell_of(person_id: int, *, now: datetime) -> Bell:
    """Return what the bell shows, in two queries."""
    is_new = (Notice.person_id == person_id, Notice.seen_at.is_(None), _is_wished())
    query = (
        sa.select(Notice.id, Notice.kind, Notice.text, Notice.url)
        .where(*is_new, Notice.at > now - FRESH)
        .order_by(Notice.id.desc())
        .limit(MOST_FRESH)
    )
    fresh = tuple(FreshNotice(*row) for row in reversed(db.session.execute(query).all()))
    return Bell(db.session.scalar(sa.select(unseen_count(person_id))) or 0, fresh)


def unseen_count(person_id: int) -> sa.ScalarSelect[int]:
    """Return the count of a person's unseen notices, to be asked for together with other things."""
    return (
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(Notice.person_id == person_id, Notice.seen_at.is_(None), _is_wished())
        .scalar_subquery()
    )


def _is_wished() -> sa.ColumnElement[bool]:
    """Say whether a notice is of a kind that its person wants to hear of at all."""
    return ~sa.exists().where(
        NoticeWish.person_id == Notice.person_id, NoticeWish.kind == Notice.kind, NoticeWish.way == Way.NONE
    )
