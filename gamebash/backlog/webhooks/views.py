"""Where sources send to. Nobody signs in here: each message proves itself by its signature or token."""

from flask import Blueprint, Response, request

from gamebash.backlog.webhooks.hook import Message
from gamebash.backlog.webhooks.receiving import receive
from gamebash.core import clock
from gamebash.core.security import csrf
from gamebash.policy import public

blueprint = Blueprint("webhooks", __name__, url_prefix="/hooks")
# A machine has no form to take a token from; the signature over the body is the proof.
csrf.exempt(blueprint)


@blueprint.post("/<slug>")
@public
def receive_message(slug: str) -> Response:
    """Receive a message of a source."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    receipt = receive(slug, Message(request.get_data(), headers), now=clock.now())
    return Response(f"{receipt.text}\n", receipt.status, mimetype="text/plain")
