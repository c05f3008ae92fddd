"""Routes for machines that watch the process: ``/healthz`` and ``/readyz``."""

from http import HTTPStatus

from flask import Blueprint, Response

from gamebash.core.health import why_not_ready
from gamebash.policy import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Say that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """Say whether the database can be reached and has the schema this code needs."""
    if reason := why_not_ready():
        return Response(f"not ready: {reason}\n", HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
