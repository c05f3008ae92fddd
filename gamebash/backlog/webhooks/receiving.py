"""Receiving a message: verified first, kept, answered; the same one again is answered and changes nothing."""

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gamebash.backlog.models import Delivery, DeliveryState, Source
from gamebash.backlog.sources.secrets import hook_secret
from gamebash.backlog.webhooks.hook import KEY_LENGTH, Hook, Message, digest
from gamebash.backlog.webhooks.registry import HOOKS
from gamebash.core.db import db
from gamebash.core.sealing import NoSecretError

LEAST_SECRET = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told."""

    status: HTTPStatus
    text: str


def hook_of(slug: str) -> tuple[Source, Hook] | None:
    """Return the source of an address, and how its kind sends; None where nothing listens there."""
    source = db.session.scalar(sa.select(Source).where(Source.slug == slug))
    hook = HOOKS.get(source.kind.value) if source else None
    return (source, hook) if source and hook else None


def receive(slug: str, message: Message, *, now: datetime) -> Receipt:
    """Verify a message and keep it; a worker does the rest.

    Nothing of a message that is not genuine is kept, and who sends one learns only that.
    """
    found = hook_of(slug)
    if found is None:
        return Receipt(HTTPStatus.NOT_FOUND, "Nothing listens here.")
    source, hook = found
    if not _is_genuine(source, hook, message, now):
        return Receipt(HTTPStatus.UNAUTHORIZED, "The signature or token is not the one that was agreed.")
    try:
        payload = json.loads(message.body)
    except ValueError:
        return Receipt(HTTPStatus.BAD_REQUEST, "The body is no JSON.")
    key = hook.key(message)
    delivery = Delivery(
        source_id=source.id,
        key=key if len(key) <= KEY_LENGTH else digest(key.encode()),
        event=hook.event(message, payload),
        state=DeliveryState.WAITING,
        received_at=now,
        body=message.body.decode("utf-8", errors="replace").replace("\x00", ""),
    )
    try:
        with db.session.begin_nested():
            db.session.add(delivery)
    except IntegrityError:
        return Receipt(HTTPStatus.OK, "This message came before.")
    return Receipt(HTTPStatus.ACCEPTED, "Received.")


def _is_genuine(source: Source, hook: Hook, message: Message, now: datetime) -> bool:
    try:
        secret = hook_secret(source)
    except NoSecretError:
        return False
    return len(secret) >= LEAST_SECRET and hook.is_genuine(message, secret, now=now)
