"""What every answer carries for safety, and the check that a change comes from our own pages."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_wtf import CSRFProtect

from gamebash.core.config import MEBIBYTE
from gamebash.core.db import release
from gamebash.core.errors import NotAllowedError

csrf = CSRFProtect()

P = ParamSpec("P")
R = TypeVar("R")

_TAKES_UPLOADS = "takes_uploads"

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Set the headers, and refuse changes that other sites ask for."""
    # Flask has the setting already, as none at all.
    if app.config["MAX_CONTENT_LENGTH"] is None:
        app.config["MAX_CONTENT_LENGTH"] = MEBIBYTE
    app.before_request(_refuse_foreign_changes)
    app.after_request(_set_headers)


def protect_forms(app: Flask) -> None:
    """Ask every change for its token; after the policy, so that nobody's body is read who may not send one."""
    app.before_request(_allow_upload)
    csrf.init_app(app)


def takes_uploads(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view take a body as large as an upload may be; all others take a form."""
    setattr(view, _TAKES_UPLOADS, True)
    return view


def _allow_upload() -> None:
    if request.endpoint and getattr(current_app.view_functions[request.endpoint], _TAKES_UPLOADS, False):
        request.max_content_length = int(current_app.config["GAMEBASH_UPLOAD_BYTES"]) + MEBIBYTE
        # Reading a large body takes its time; no lock is held meanwhile.
        release()


def _refuse_foreign_changes() -> None:
    """Refuse an unsafe request whose browser says that another site made it (besides the CSRF token)."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    is_foreign = site not in {None, "same-origin", "none"} or (
        origin is not None and urlsplit(origin).netloc != request.host
    )
    if is_foreign:
        message = "This change was asked for by another site, so it was refused. Open gamebash itself and try there."
        raise NotAllowedError(message)


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-store")
        response.vary.add("HX-Request")
        response.vary.add("Cookie")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
