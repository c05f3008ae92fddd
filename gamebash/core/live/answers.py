"""The answers to an open page: a stream of messages, the same once for a page that polls, or that there is no place."""

import random
import re
from collections.abc import Iterator
from typing import cast

from flask import Flask, Response, current_app, g, request

from gamebash.core import clock
from gamebash.core.live.channels import Had, Page
from gamebash.core.live.hub import FullError, Hub, Pass, Watcher, Wish, moment

SILENCE_SECONDS = 30.0
RETRY_AFTER_SECONDS = (15, 45)
_ID = re.compile(r"([0-9a-f]{8})-(\d{1,12})-(\d{1,12}|x)")


def init_app(app: Flask) -> None:
    """Give the application its hub, and keep at each request's begin what a page built by it will know."""
    app.extensions["live"] = Hub(app, int(app.config["GAMEBASH_STREAMS"]))
    app.before_request(_keep_number)
    app.jinja_env.globals["live_id"] = _live_id
    app.jinja_env.globals["moment"] = _now


def hub_of(app: Flask) -> Hub:
    """Return the application's hub in this process."""
    return cast("Hub", app.extensions["live"])


def answer(wish: Wish, admission: Pass) -> Response:
    """Answer a page that wants to know what changes: by a stream, or once where it polls.

    Where every place is taken it is told when to try again; meanwhile it polls.
    """
    hub = hub_of(current_app)
    if "poll" in request.args:
        return _once(hub, wish)
    try:
        watcher = hub.open(wish, admission, _had(hub), now=clock.now())
    except FullError:
        return Response(
            "Every place for live updates is taken. The page asks now and then instead.",
            503,
            {"Retry-After": str(random.randint(*RETRY_AFTER_SECONDS))},  # noqa: S311  (spreads the next tries)
            mimetype="text/plain",
        )
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    hub.hangups.add(connection, watcher)

    def leave() -> None:
        hub.hangups.remove(connection)
        hub.close(watcher)

    response = Response(_messages(hub, watcher), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(leave)
    return response


def _keep_number() -> None:
    g.live_number = moment()


def _live_id() -> str:
    """Return what a page built in this request will have: everything that was read before it began."""
    return f"{hub_of(current_app).boot}-{g.live_number}-x"


def _had(hub: Hub) -> Had:
    """Return what the page has by its own word; what another process or an earlier one gave it counts for nothing."""
    found = _ID.fullmatch(request.headers.get("Last-Event-ID") or request.args.get("have", ""))
    if found is None:
        return Had()
    word = None if found[3] == "x" else int(found[3])
    return Had(int(found[2]) if found[1] == hub.boot else 0, word)


def _messages(hub: Hub, watcher: Watcher) -> Iterator[bytes]:
    """Yield messages for as long as the page is open. No database, no request: a thread that mostly sleeps."""
    page, channel = watcher.page, watcher.page.channel
    watcher.is_beat_due = True
    is_first = True
    while not watcher.is_over:
        version = channel.version
        text = ""
        if version is not None and (is_first or version.number > page.seen):
            # Words tell times of day, in the zone that the application is set to.
            with hub.app.app_context():
                text = page.message(version)
        # A change that this page may not see sends nothing at all: even when it came would tell.
        if message := (_beat() if watcher.takes_beat() else b"") + (_message(_id(hub, page), text) if text else b""):
            yield message
        is_first = False
        watcher.wait(SILENCE_SECONDS)


def _id(hub: Hub, page: Page) -> str:
    return f"{hub.boot}-{page.seen}-{'x' if page.heard is None else page.heard}"


def _message(number: str, text: str) -> bytes:
    data = text.replace("\r", "").replace("\n", "\ndata: ")
    return f"id: {number}\ndata: {data}\n\n".encode()


def _beat() -> bytes:
    return f"event: beat\ndata: {_now()}\n\n".encode()


def _now() -> str:
    """Return what time it is here, by which the clocks of pages go."""
    return clock.now().isoformat(timespec="milliseconds")


def _once(hub: Hub, wish: Wish) -> Response:
    """Answer with every part as it is now; a browser that has it already is told so."""
    channel, version = hub.peek(wish, now=clock.now())
    text = Page(channel, wish.looker, wish.args, Had()).message(version)
    response = Response(text, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    if "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response
