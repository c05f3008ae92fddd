"""The leaderboard beside the board as finished bytes, one for each viewer and version: what is polled most costs least."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Response, request

from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.events.models import Event
from gamebash.points.boards import Version, version_of

MOST = 20_000
LEVEL = 5


@dataclass(frozen=True, slots=True)
class Rendered:
    """A fragment at one version, compressed, with the tag by which a browser knows it again."""

    version: Version
    compressed: bytes
    tag: str


_event_ids: dict[tuple[int, str], int] = {}
_rendered: dict[tuple[int, int, str, str], Rendered] = {}


def event_id_of(slug: str) -> int:
    """Return the id of an event by its name in the address; it never changes, so it is asked once.

    Raises:
        NotFoundError: where there is no such event.
    """
    key = (id(db.engine), slug)
    if key not in _event_ids:
        event_id = db.session.scalar(sa.select(Event.id).where(Event.slug == slug))
        if event_id is None:
            raise NotFoundError(f"There is no event called {slug}. All events are listed under Events.")
        _event_ids[key] = event_id
    return _event_ids[key]


def ranks_response(slug: str, kind: str, handle: str, render: Callable[[], str], *, now: datetime) -> Response:
    """Return the fragment for one viewer, rendered only where the board has changed since."""
    event_id = event_id_of(slug)
    version = version_of(event_id, now=now)
    key = (id(db.engine), event_id, kind, handle)
    found = _rendered.get(key)
    if found is None or found.version != version:
        found = Rendered(version, gzip.compress(render().encode(), LEVEL), _tag(version))
        if len(_rendered) >= MOST:
            _rendered.clear()
        _rendered[key] = found
    return _response(found)


def forget() -> None:
    """Forget every fragment; for tests that use many databases."""
    _rendered.clear()
    _event_ids.clear()


def _tag(version: Version) -> str:
    return f"{version.event_id}-{version.seq}-{version.minute}-{version.frozen_at is not None}-{version.is_closed}"


def _response(found: Rendered) -> Response:
    """Return the bytes; a browser that has them already is told so."""
    is_accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    body = found.compressed if is_accepted else gzip.decompress(found.compressed)
    response = Response(body, mimetype="text/html")
    if is_accepted:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Accept-Encoding")
    response.set_etag(found.tag, weak=True)
    if "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response
