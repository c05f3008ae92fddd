"""One-time links: an invitation or a new password, once, until it expires."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.people.identity import token_hash
from gamebash.people.models import LinkPurpose, OneTimeLink, Person
from gamebash.people.passwords import hash_password
from gamebash.people.sign_ins import end_all_sign_ins

LASTS = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=4)}


class DeadLinkError(NotFoundError):
    """The link was used, has expired, or never was."""


def make_link(person: Person, purpose: LinkPurpose, *, by: Person | None, now: datetime) -> str:
    """Return the token of a new link; earlier ones of the person for the same purpose stop working."""
    earlier = sa.update(OneTimeLink).where(
        OneTimeLink.person_id == person.id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
    )
    db.session.execute(earlier.values(used_at=now).execution_options(synchronize_session=False))
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(
        token_hash=token_hash(token),
        person_id=person.id,
        purpose=purpose,
        created_at=now,
        expires_at=now + LASTS[purpose],
        made_by_id=by.id if by else None,
    )
    db.session.add(link)
    audit.record("person:link_made", person.handle, by_id=link.made_by_id, now=now, purpose=purpose.value)
    return token


def get_link(token: str, *, now: datetime) -> OneTimeLink:
    """Return the link of a token.

    Raises:
        DeadLinkError: where it was used, has expired, or never was; does not tell which.
    """
    query = sa.select(OneTimeLink).where(
        OneTimeLink.token_hash == token_hash(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    )
    link = db.session.scalar(query)
    if link is None or not link.person.is_active:
        raise DeadLinkError("This link was used already or has expired. Ask an admin for a new one.")
    return link


def use_link(token: str, password: str, *, now: datetime) -> Person:
    """Set the password that a link is for, once, and end every other sign-in of the person.

    Raises:
        DeadLinkError: where it was used (perhaps just now), has expired, or never was.
        InvalidError: where the password is too short or too long.
    """
    person = get_link(token, now=now).person
    password_hash = hash_password(password)
    used = db.session.execute(
        sa.update(OneTimeLink)
        .where(OneTimeLink.token_hash == token_hash(token), OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise DeadLinkError("This link was used a moment ago. Sign in with the password set there.")
    person.password_hash = password_hash
    end_all_sign_ins(person, now=now)
    audit.record("person:password_set", person.handle, by_id=person.id, now=now)
    return person
