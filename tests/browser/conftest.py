"""A real server on a free port and a real Chromium; a page that logs an error or fetches something missing fails."""

import logging
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.serving import make_server

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.people.identity import token_hash
from gamebash.people.models import Person, SignIn
from gamebash.people.sign_ins import find_person
from gamebash.policy import Role
from seeds import build
from tests.conftest import make_app
from tests.support.machine import find_chromium

THEMES = ("light", "dark")
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("The browser tests need Chromium: run make test-setup, or name it in CHROMIUM.")
    return {"executable_path": str(chromium), "args": FLAGS}


@contextmanager
def serving(app):
    """Serve an application from a thread; yields its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def sheet_address(sqlite_template):
    """A server in debug mode, which has the component sheet."""
    with serving(make_app(f"sqlite:///{sqlite_template}", DEBUG=True)) as address:
        yield address


def _refusal(response):
    return f"{response.status} {response.request.method} {response.url}"


class Visitor:
    """A browser window that keeps what went wrong."""

    def __init__(self, page):
        self.page = page
        self.faults = []
        page.on("console", self._hear)
        page.on("response", lambda response: response.status >= 400 and self.faults.append(_refusal(response)))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("requestfailed", self._miss)

    def _miss(self, request):
        # What a page still asked for when the next one was opened was given up, and did not fail.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def _hear(self, message):
        # Chromium also logs each refusal; the response says more.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)

    def open(self, address):
        self.page.goto(address)
        self.page.evaluate("document.fonts.ready")
        return self.page

    def runs_over_sideways(self):
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture
def visit(browser):
    """Open a window: ``visit(width=390, theme="dark")``; at the end nothing may have gone wrong in any of them."""
    visitors, contexts = [], []

    def open_window(*, width=1440, theme="light", state=None):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce", storage_state=state
        )
        contexts.append(context)
        visitors.append(Visitor(context.new_page()))
        return visitors[-1]

    yield open_window
    for context in contexts:
        context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@dataclass(frozen=True)
class Demo:
    """A running site with people of every role, and the cookies that sign each of them in."""

    app: Flask
    address: str
    tokens: dict[str, str]
    roles: dict[str, frozenset[Role]]

    def state_of(self, role):
        """The browser state of somebody with this role; none for a visitor."""
        if role not in self.tokens:
            return None
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        cookie = serializer.dumps({"_user_id": self.tokens[role], "_fresh": True})
        return {"cookies": [{"name": "session", "value": cookie, "url": self.address}], "origins": []}

    def client_of(self, role):
        """A browser without scripts, signed in with this role; nobody checks its pages."""
        client = self.app.test_client()
        client.check_pages = False
        if role in self.tokens:
            with client.session_transaction() as session:
                session.update(_user_id=self.tokens[role], _fresh=True)
        return client

    def roles_of(self, role):
        """The roles as the policy counts them; none for a visitor, no role at all for a player."""
        return self.roles.get(role)


def sign_in(person, token, now):
    db.session.add(
        SignIn(person=person, token_hash=token_hash(token), created_at=now, expires_at=now + timedelta(days=1))
    )


@pytest.fixture(scope="session")
def demo(demo_database, tmp_path_factory):
    """The demo organisation in the middle of a live event, with somebody of every role signed in."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    shutil.copyfile(demo_database, path)
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(path.parent))
    tokens, roles = {}, {}
    with app.app_context():
        now = clock.now()
        with unit_of_work():
            newcomer = Person(handle="player", name="Sample Player", email="player@example.org", created_at=now)
            people = {"player": newcomer, **{role: find_person(email) for role, email, _ in build.accounts()}}
            for role, person in people.items():
                tokens[role] = f"token-{role}"
                roles[role] = person.roles
                sign_in(person, tokens[role], now)
    with serving(app) as address:
        yield Demo(app, address, tokens, roles)
