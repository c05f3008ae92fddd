"""What every kind of webhook tells the receiving side: whether a message is genuine, which one it is, and what it means."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from gamebash.backlog.sources.connector import Found

# A signed time may be so far from ours before a message counts as replayed.
MOST_AGE = timedelta(minutes=10)
KEY_LENGTH = 128


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came: its raw bytes, and its headers with names in lower case."""

    body: bytes
    headers: Mapping[str, str]


class Hook:
    """One kind of sender."""

    kind: ClassVar[str]
    # Whether a message is the whole record; if not, what it leaves empty does not erase what is known.
    sends_whole: ClassVar[bool] = True
    severities: ClassVar[Mapping[str, str]] = {}
    set_up: ClassVar[str]

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Say whether somebody who knows the secret sent a message, lately where its time is signed."""
        raise NotImplementedError

    def key(self, message: Message) -> str:
        """Return what tells this message from every other one: the sender's id for it, else a digest of it."""
        return digest(message.body)

    def event(self, message: Message, payload: Any) -> str:
        """Return the sender's word for what happened."""
        return ""

    def found(self, payload: Any, event: str) -> list[Found]:
        """Return the incidents of a message, none for an event that is about nothing of ours.

        Raises:
            ItemError: where it cannot be read.
        """
        raise NotImplementedError


def digest(body: bytes) -> str:
    """Return a digest of a message."""
    return hashlib.sha256(body).hexdigest()


def signature(body: bytes, secret: str) -> str:
    """Return HMAC-SHA256 of a message in hex (RFC 2104)."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_among(expected: str, given: Iterable[str]) -> bool:
    """Say whether a value is among those given, in a time that tells nothing; during a change of keys there are several."""
    # Every one is compared, also after a match.
    matches = [hmac.compare_digest(expected.encode(), one.strip().encode()) for one in given]
    return any(matches)


def is_recent(seconds: str, now: datetime) -> bool:
    """Say whether a signed Unix time (seconds or milliseconds) is near ours."""
    try:
        number = float(seconds)
    except ValueError:
        return False
    sent = datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC)
    return abs(now - sent) <= MOST_AGE


def is_bearer(message: Message, secret: str) -> bool:
    """Say whether the secret came as a bearer token, or as the password of basic authentication (RFC 6750, RFC 7617)."""
    scheme, _, given = message.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[2]
        except ValueError:
            return False
    return bool(given) and is_among(secret, [given])
