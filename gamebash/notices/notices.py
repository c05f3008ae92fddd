"""Telling somebody something, once, and hearing that they saw it."""

from datetime import datetime
from typing import cast

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.core.rows import insert_into
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.models import Notice
from gamebash.people.models import Person

LONGEST = 500


def tell(person_id: int, kind: NoticeKind, text: str, *, key: str, now: datetime, url: str = "") -> bool:  # noqa: PLR0913  (said in one line wherever it happens)
    """Tell a person something in the transaction that caused it; says whether they had not been told before.

    ``key`` names the cause, so that a cause looked at twice, or by two at once, is told once. ``url`` is a path of
    ours where it is to be seen.
    """
    insert = (
        insert_into(Notice)
        .values(person_id=person_id, kind=kind, key=key, text=text[:LONGEST], url=url, at=now)
        .on_conflict_do_nothing(index_elements=["person_id", "key"])
        .returning(Notice.id)
    )
    return db.session.scalar(insert) is not None


def see_notice(person: Person, number: int, *, now: datetime) -> Notice:
    """Keep that a person saw a notice of theirs, and return it; a second time changes nothing.

    Raises:
        NotFoundError: where the person has no such notice.
    """
    notice = db.session.scalar(sa.select(Notice).where(Notice.id == number, Notice.person_id == person.id))
    if notice is None:
        raise NotFoundError("You have no such notice. All of yours are listed under Notices.")
    notice.seen_at = notice.seen_at or now
    return notice


def see_all_notices(person: Person, *, now: datetime) -> int:
    """Keep that a person saw all notices told so far; returns how many were new."""
    unseen = sa.update(Notice).where(Notice.person_id == person.id, Notice.seen_at.is_(None), Notice.at <= now)
    seen = db.session.execute(unseen.values(seen_at=now).execution_options(synchronize_session=False))
    return cast("int", seen.rowcount)  # type: ignore[attr-defined]
