"""Errors as pages: a refusal becomes its sentence, a crash a reference to the log; never a trace."""

import secrets
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Flask, Response, make_response, render_template
from werkzeug.exceptions import HTTPException

from gamebash.core.errors import DomainError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An error in words: what happened, what it means, what to do."""

    status: int
    title: str
    message: str
    advice: str
    reference: str = ""


WORDS: dict[int, tuple[str, str, str]] = {
    400: ("That request made no sense here", "The page may be old, or its form expired. Nothing was saved.",
          "Go back, reload the page and try once more."),
    403: ("This is not yours to do", "Your roles do not include this. Ask an admin if they should.", "Start again from My day."),
    404: ("Nothing here", "The address is wrong, or what it named is gone.", "Start again from My day."),
    405: ("That button does something else", "This address does not take that kind of request.", "Go back."),
    409: ("Not as things stand", "Something stands against it, or has changed since you opened the page. Nothing was saved.",
          "Reload to see what is true now."),
    413: ("That is too much at once", "The upload is larger than this installation takes. Nothing was saved.",
          "Split the file, or use gamebash import on the server."),
    422: ("Something in the form cannot be used", "Nothing was saved.", "Go back and mend it."),
    429: ("Too many tries", "Wait a little before the next one.", "The message says how long."),
    500: ("This one is ours", "Something failed on our side and nothing was saved.",
          "Quote the reference if you write to the organisers."),
    503: ("Not now", "The server is busy or being updated. Nothing was saved.", "Try again in a minute."),
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Turn errors into pages: a domain error into its sentence, a crash into a reference."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)


def error_response(status: int, message: str = "", *, reference: str = "") -> Response:
    """Return the page that says what happened with a status, what it means and what to do."""
    title, usual, advice = WORDS.get(status, WORDS[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500])
    page = ErrorPage(status, title, message or usual, advice, reference)
    return make_response(render_template("errors/error.html", page=page), status)


def _domain_error(error: DomainError) -> Response:
    return error_response(int(error.status), str(error))


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = error_response(error.code or 500)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    return response


def _crash(error: Exception) -> Response:
    reference = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    log.error("crash", reference=reference, exc_info=error)
    return error_response(500, reference=reference)
