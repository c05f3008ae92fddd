"""What every answer carries for safety, and the check that a change comes from our own pages."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf import CSRFProtect

from gamebash.core.errors import NotAllowedError

csrf = CSRFProtect()

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Set the headers, and refuse changes that other sites ask for."""
    csrf.init_app(app)
    app.before_request(_refuse_foreign_changes)
    app.after_request(_set_headers)


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
