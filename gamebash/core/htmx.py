"""Answers that serve a browser with and without htmx from one route.

A fragment is wanted when htmx asks and it is neither a history restore nor a boosted link.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send once a write is committed: the fresh fragment for htmx, or a redirect after POST."""

    to: str
    fragment: Callable[[], str] | None = None
    message: str = ""
    status: int = HTTPStatus.OK

    @property
    def is_refusal(self) -> bool:
        """Say whether the answer tells of something refused, so that nothing of the request is kept."""
        return self.status >= HTTPStatus.BAD_REQUEST

    def resolve(self) -> Response:
        """Return the response; called after the commit, so the fragment shows what is true now."""
        if wants_fragment() and self.fragment is not None:
            return make_response(self.fragment(), self.status)
        if self.message:
            flash(self.message)
        if wants_fragment():
            response = make_response("", HTTPStatus.OK)
            response.headers["HX-Redirect"] = self.to
            return response
        return make_response(redirect(self.to, HTTPStatus.SEE_OTHER))


def wants_fragment() -> bool:
    """Say whether htmx asked for a part of the page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-History-Restore-Request") != "true"
        and headers.get("HX-Boosted") != "true"
    )


# What a view may return: what Flask takes, or an answer that is resolved after the commit.
Reply = ResponseReturnValue | Answer
