"""The client that a source is asked with, and trying it out."""

from flask import current_app

from gamebash.backlog.models import Source
from gamebash.backlog.sources.registry import CONNECTORS
from gamebash.backlog.sources.secrets import source_secret
from gamebash.core.config import allowed_hosts
from gamebash.core.http import Client


def client_for(source: Source) -> Client:
    """Return a client that is signed in at a source.

    Raises:
        NoSecretError: where its secret cannot be had.
        RefusedError: where its address is none.
    """
    connector = CONNECTORS[source.kind.value]
    settings = source.settings
    headers = connector.headers(settings, source_secret(source))
    return Client(settings.get("base_url", ""), headers, allowed_hosts(current_app.config))


def try_connection(source: Source) -> str:
    """Make the cheapest call that needs the secret; return in words who it belongs to.

    Raises:
        RemoteError: where it does not work; the message says why.
    """
    client = client_for(source)
    try:
        return CONNECTORS[source.kind.value].check(client, source.settings)
    finally:
        client.close()
