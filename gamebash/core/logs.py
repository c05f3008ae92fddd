"""Structured logs: one JSON line an event, with the id of the request it belongs to; no secret, no form value."""

import logging
import re
import sys
import time
import uuid
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()

_FROM_PROXY = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = frozenset({"/healthz", "/readyz"})
_POLLED = ("/live",)


def configure() -> None:
    """Write logs as JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def init_app(app: Flask) -> None:
    """Give each request an id, kept from a proxy in front where it sends one, and one line when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    offered = request.headers.get("X-Request-Id", "")
    g.request_id = offered if _FROM_PROXY.fullmatch(offered) else uuid.uuid4().hex
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    # What every open page asks for every few seconds would drown the rest.
    is_quiet = request.path in _QUIET or (
        request.path.endswith(_POLLED) and response.status_code < HTTPStatus.BAD_REQUEST
    )
    if not is_quiet and request.endpoint != "static":
        milliseconds = round((time.monotonic() - g.get("began", time.monotonic())) * 1000, 1)
        # The path without its query and never a link's token: both may hold what is nobody's business.
        rule = request.url_rule.rule if request.url_rule else request.path
        log.info("answered", method=request.method, route=rule, status=response.status_code, milliseconds=milliseconds)
    return response
