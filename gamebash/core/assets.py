"""Addresses of static files, with a hash of their content, so that browsers may keep them for ever."""

import hashlib
from functools import cache

from flask import current_app, url_for

from gamebash.core.config import ROOT


def url_of(name: str) -> str:
    """Return the address of a file under ``static/``; in debug mode its hash is taken afresh each time."""
    if current_app.debug:
        _digest.cache_clear()
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    path = ROOT / "static" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"
