"""Notices by mail: an outbox of rows under leases, worked off by the worker. A mail leaves once or, in doubt, not at all."""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask import current_app

from gamebash.core import mail
from gamebash.core.db import db, unit_of_work
from gamebash.notices.kinds import WORDS, Way
from gamebash.notices.models import Notice, NoticeMail, NoticeWish
from gamebash.notices.wishes import quiet_of
from gamebash.people.models import Person

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(minutes=1)
MOST_TRIES = 6
AT_ONCE = 100
# What nobody could send for so long is no news any more.
STALE = timedelta(days=1)


def plan_mails(*, now: datetime) -> bool:
    """Put what was told to people who wish mail into the outbox; in their quiet hours it waits for the end of those."""
    if not mail.is_configured():
        return False
    query = (
        sa.select(Notice, NoticeWish)
        .join(
            NoticeWish,
            sa.and_(
                NoticeWish.person_id == Notice.person_id,
                NoticeWish.kind == Notice.kind,
                Notice.id > NoticeWish.mailed_through,
            ),
        )
        .where(NoticeWish.way == Way.MAIL)
        .order_by(Notice.id)
        .limit(AT_ONCE)
    )
    rows = db.session.execute(query).all()
    for notice, wish in rows:
        # Two workers that plan at once meet at this row; the unique notice keeps it one mail.
        moved = (
            sa.update(NoticeWish)
            .where(NoticeWish.person_id == wish.person_id, NoticeWish.kind == wish.kind)
            .where(NoticeWish.mailed_through < notice.id)
            .values(mailed_through=notice.id)
            .execution_options(synchronize_session=False)
        )
        if db.session.execute(moved).rowcount:  # type: ignore[attr-defined]
            quiet = quiet_of(notice.person_id)
            db.session.add(NoticeMail(notice_id=notice.id, next_at=quiet.free_at(now) if quiet else now))
    return bool(rows)


def work_off_mails(*, now: datetime) -> bool:
    """Send one mail that waits; says whether there was one. A chore of the worker."""
    if not mail.is_configured():
        return False
    taken = _take(now=now)
    if taken is None:
        return False
    mail_id, tries, letter = taken
    if letter is not None:
        is_sent = mail.send(*letter)
        with unit_of_work():
            _settle(db.session.get_one(NoticeMail, mail_id), tries, is_sent=is_sent, now=now)
    return True


def _take(*, now: datetime) -> tuple[int, int, tuple[str, str, str] | None] | None:
    """Take what waits longest, under a lease, and write down that it is about to leave; of two workers one gets it."""
    with unit_of_work():
        row = db.session.scalars(
            sa.select(NoticeMail).where(NoticeMail.next_at <= now).order_by(NoticeMail.next_at, NoticeMail.id).limit(1)
        ).first()
        if row is None:
            return None
        was_next, begun_at, tries = row.next_at, row.begun_at, row.tries + 1
        why_not = _why_not(row, now)
        values = {"next_at": None, "message": why_not} if why_not else {"next_at": now + LEASE, "begun_at": now}
        update = (
            sa.update(NoticeMail)
            .where(
                NoticeMail.id == row.id,
                NoticeMail.next_at == was_next,
                NoticeMail.begun_at.is_not_distinct_from(begun_at),
            )
            .values(tries=tries, **values)
            .execution_options(synchronize_session=False)
        )
        if db.session.execute(update).rowcount != 1:  # type: ignore[attr-defined]
            return None
        return row.id, tries, None if why_not else _letter(row.notice)


def _why_not(row: NoticeMail, now: datetime) -> str:
    """Return why a mail does not leave at all; nothing where it may."""
    if row.begun_at is not None:
        return "A worker was stopped while it left; it may have arrived, so it is not sent again."
    if row.notice.seen_at is not None:
        return "Seen in the app before it left."
    if now - row.notice.at > STALE:
        return "A day old, so no news."
    return ""


def _letter(notice: Notice) -> tuple[str, str, str]:
    person = db.session.get_one(Person, notice.person_id)
    base = str(current_app.config["GAMEBASH_URL"]).rstrip("/")
    link = f"\n\n{base}{notice.url}" if base and notice.url else ""
    settings = f"\n\nHow you hear of things: {base}/notices/settings" if base else ""
    return person.email, f"gamebash: {WORDS[notice.kind]}", f"{notice.text}{link}{settings}"


def _settle(row: NoticeMail, tries: int, *, is_sent: bool, now: datetime) -> None:
    if is_sent:
        row.next_at, row.sent_at, row.message = None, now, ""
    elif tries >= MOST_TRIES:
        row.next_at, row.message = None, f"Given up after {tries} tries."
    else:
        # The server did not take it, so it cannot have arrived and may be tried again.
        row.begun_at, row.next_at = None, now + FIRST_WAIT * 2 ** (tries - 1)
    log.info("mailed", id=row.id, is_sent=is_sent, tries=tries)
