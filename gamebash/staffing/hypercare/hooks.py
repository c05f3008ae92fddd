"""Secret addresses for deploy pipelines, and what they send there."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.days import moment_of
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.people.identity import token_hash
from gamebash.people.models import Person
from gamebash.staffing.hypercare.models import Release, ReleaseHook
from gamebash.staffing.hypercare.releases import (
    KnownReleaseError,
    Registrar,
    ReleaseDraft,
    find_release,
    register_release,
    service_named,
)

MOST_HOOKS = 50
LONGEST_TEXT = 500


class TooManyHooksError(DomainError):
    """There are as many addresses as may be."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a pipeline is told."""

    status: HTTPStatus
    text: str
    release: Release | None = None


def make_hook(name: str, *, by: Person, now: datetime) -> str:
    """Give out an address, and return its secret, which is shown this once.

    Raises:
        InvalidError: without a name.
        TooManyHooksError: where MOST_HOOKS work.
    """
    if not name.strip():
        raise InvalidError("Say which pipeline it is for.")
    working = sa.select(sa.func.count()).select_from(ReleaseHook).where(ReleaseHook.ended_at.is_(None))
    if (db.session.scalar(working) or 0) >= MOST_HOOKS:
        raise TooManyHooksError(f"{MOST_HOOKS} addresses work already. End one that is not used any more.")
    token = secrets.token_urlsafe(32)
    hook = ReleaseHook(name=name.strip()[:80], token_hash=token_hash(token), made_by_id=by.id, made_at=now)
    db.session.add(hook)
    db.session.flush()
    audit.record("release_hook:made", str(hook.id), by_id=by.id, now=now, name=hook.name)
    return token


def end_hook(number: int, *, by: Person, now: datetime) -> ReleaseHook:
    """Let an address stop working; a second time changes nothing.

    Raises:
        NotFoundError: where there is none.
    """
    hook = db.session.get(ReleaseHook, number)
    if hook is None:
        raise NotFoundError("There is no such address. All of them are listed on this page.")
    if hook.ended_at is None:
        hook.ended_at = now
        audit.record("release_hook:ended", str(hook.id), by_id=by.id, now=now, name=hook.name)
    return hook


def receive_release(token: str, payload: object, *, now: datetime) -> Receipt:
    """Take in what a pipeline says went out: once by service and version, however often it is sent.

    ``payload`` has service and version, and if known deployed_at, authors, url, hypercare (false asks nobody to stay).
    """
    query = sa.select(ReleaseHook).where(ReleaseHook.token_hash == token_hash(token), ReleaseHook.ended_at.is_(None))
    hook = db.session.scalar(query)
    if hook is None:
        return Receipt(HTTPStatus.NOT_FOUND, "Nothing listens here.")
    if not isinstance(payload, Mapping):
        return Receipt(HTTPStatus.BAD_REQUEST, "Send one JSON object.")
    try:
        draft = _draft(payload, now)
        release = register_release(draft, Registrar(hook=hook), now=now)
    except KnownReleaseError as refusal:
        return Receipt(HTTPStatus.OK, str(refusal), find_release(draft.service, draft.version))
    except InvalidError as refusal:
        return Receipt(HTTPStatus.UNPROCESSABLE_ENTITY, str(refusal))
    return Receipt(HTTPStatus.CREATED, "Registered.", release)


def _draft(payload: Mapping[str, Any], now: datetime) -> ReleaseDraft:
    service = service_named(_text(payload, "service"))
    if service is None:
        raise InvalidError(f"No service is called {_text(payload, 'service') or 'nothing'}.")
    authors = payload.get("authors") or ()
    if not isinstance(authors, list | tuple):
        raise InvalidError("authors is a list of addresses or handles.")
    return ReleaseDraft(
        service=service,
        version=_text(payload, "version")[:80],
        deployed_at=_moment(payload, now),
        authors=tuple(str(one) for one in authors),
        url=_text(payload, "url"),
        asks=payload.get("hypercare") is not False,
    )


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    return "" if value is None else str(value).strip()[:LONGEST_TEXT]


def _moment(payload: Mapping[str, Any], now: datetime) -> datetime:
    text = _text(payload, "deployed_at")
    if not text:
        return now
    at = moment_of(text)
    if at is None:
        raise InvalidError("deployed_at is a time such as 2026-11-19T10:00:00Z.")
    return at if at.tzinfo else at.replace(tzinfo=UTC)
