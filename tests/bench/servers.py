"""The servers that are compared: gamebash, a bare Flask hello, and a bare Flask POST that runs only a claim's SQL."""

import os
import sys

import sqlalchemy as sa
from flask import Flask

from gamebash.core import clock, logs
from gamebash.core.config import places
from gamebash.core.db import UtcDateTime
from gamebash.serve import Server, allow_connections, settings_of
from tests.bench.data import make

CLAIM = sa.text(
    "INSERT INTO claims (event_id, story_id, player_id, claimed_at, lease_ends_at, extensions) "
    "VALUES (1, :story, :player, :now, :now, 0)"
).bindparams(sa.bindparam("now", type_=UtcDateTime()))
STATE = sa.text("UPDATE stories SET state = 'claimed' WHERE id = :story")


def hello() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def raw(uri: str) -> Flask:
    """The same two statements that a claim cannot do without, on the engine as gamebash sets it up."""
    real = make(uri)
    with real.app_context():
        engine = real.extensions["sqlalchemy"].engine
    app = Flask("raw")

    @app.post("/claim/<int:story>/<int:player>")
    def claim(story: int, player: int) -> str:
        with engine.connect() as connection:
            connection.execute(CLAIM, {"story": story, "player": player, "now": clock.now()})
            connection.execute(STATE, {"story": story})
            connection.commit()
        return "claimed"

    return app


def main() -> None:
    logs.configure()
    kind, port, uri, processes = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    makers = {"hello": hello, "raw": lambda: raw(uri), "gamebash": lambda: make(uri)}
    settings = {
        "bind": f"127.0.0.1:{port}",
        "workers": processes,
        "worker_class": "gthread",
        "threads": 32,
        "loglevel": "error",
        "keepalive": 30,
        "control_socket_disable": True,
    }
    if kind == "gamebash" and "GAMEBASH_STREAMS" in os.environ:
        threads = places(os.environ)["GAMEBASH_THREADS"]
        allow_connections(threads)
        settings |= settings_of(threads)
    Server(makers[kind], settings).run()


if __name__ == "__main__":
    main()
