"""Notices of the computer: asked for by a button, shown once whichever tab hears of them, and only behind one's back."""

import shutil

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from tests.browser.conftest import serving, sign_in
from tests.conftest import make_app
from tests.factories import make_person

# The computer itself is not there in a test: what it is told is kept.
COMPUTER = """
window.shown = [];
class Computer extends EventTarget {
  static get permission() { return localStorage.getItem("leave") ?? "default"; }
  static async requestPermission() { localStorage.setItem("leave", window.leave ?? "granted"); return Computer.permission; }
  constructor(title, { body, tag }) { super(); window.shown.push(`${title}: ${body} (${tag})`); }
  close() {}
}
window.Notification = Computer;
Object.defineProperty(document, "hidden", { get: () => window.isHidden ?? false, configurable: true });
"""


@pytest.fixture
def app(sqlite_template, tmp_path):
    path = tmp_path / "desktop.sqlite3"
    shutil.copyfile(sqlite_template, path)
    app = make_app(f"sqlite:///{path}")
    with app.app_context(), unit_of_work():
        sign_in(make_person("Mara", "developer", handle="mara"), "token-mara", clock.now())
    return app


@pytest.fixture
def browser_of_mara(browser, app):
    """One browser in which Mara is signed in, whose clock goes when it is told to."""
    serializer = app.session_interface.get_signing_serializer(app)
    cookie = serializer.dumps({"_user_id": "token-mara", "_fresh": True})
    with serving(app) as address:
        state = {"cookies": [{"name": "session", "value": cookie, "url": address}], "origins": []}
        context = browser.new_context(storage_state=state, base_url=address)
        context.add_init_script(COMPUTER)
        context.clock.install()
        yield context
        context.close()


def told(app, kind, text, key):
    with app.app_context(), unit_of_work():
        tell(db.session.scalar(sa.select(Person.id)), kind, text, key=key, now=clock.now(), url="/notices?show=new")


def tab_at(context, path, *, is_hidden):
    page = context.new_page()
    page.goto(path)
    page.evaluate("isHidden => { window.isHidden = isHidden; }", is_hidden)
    return page


def test_what_is_chosen_shows_once_whichever_tab_hears_of_it_and_only_behind_ones_back(app, browser_of_mara):
    settings = tab_at(browser_of_mara, "/notices/settings", is_hidden=False)
    told(app, NoticeKind.REVIEW_DRAWN, "Look at GB-412.", "one")
    settings.get_by_text("Off. Your browser asks you first.").wait_for()
    boxes = settings.locator("[data-desktop] input:checked")
    assert boxes.evaluate_all("boxes => boxes.map(box => box.value)") == ["review_drawn", "lease_ending"]
    settings.get_by_role("button", name="Show notices on this computer").click()
    settings.get_by_text("On. They show while gamebash is in the background").wait_for()
    browser_of_mara.clock.run_for(31_000)
    assert settings.evaluate("window.shown") == []
    settings.evaluate("window.isHidden = true")
    other = tab_at(browser_of_mara, "/notices", is_hidden=True)
    told(app, NoticeKind.BADGE, "A badge.", "two")
    told(app, NoticeKind.LEASE_ENDING, "Your time on GB-413 is nearly over.", "three")
    asked = []
    for tab in (settings, other):
        tab.on("request", lambda request: "/notices/bell" in request.url and asked.append(request.url))
    browser_of_mara.clock.run_for(95_000)
    settings.wait_for_timeout(500)
    texts = sorted(settings.evaluate("window.shown") + other.evaluate("window.shown"))
    assert [text.partition(" (gamebash-")[0] for text in texts] == [
        "A review waits for you: Look at GB-412.",
        "Your time on a story or a review is nearly over: Your time on GB-413 is nearly over.",
    ]
    assert 1 <= len(asked) <= 4
    assert all(url.endswith("/notices/bell") for url in asked)


def test_switched_off_nothing_shows_and_nothing_is_asked(app, browser_of_mara):
    settings = tab_at(browser_of_mara, "/notices/settings", is_hidden=False)
    settings.get_by_role("button", name="Show notices on this computer").click()
    settings.get_by_role("button", name="Show none").click()
    settings.get_by_text("Off. Your browser asks you first.").wait_for()
    settings.evaluate("window.isHidden = true")
    asked = []
    settings.on("request", lambda request: asked.append(request.url))
    told(app, NoticeKind.REVIEW_DRAWN, "Look at GB-412.", "one")
    browser_of_mara.clock.run_for(95_000)
    settings.wait_for_timeout(300)
    assert (asked, settings.evaluate("window.shown")) == ([], [])


def test_a_browser_that_refuses_says_what_can_be_done(browser_of_mara):
    settings = tab_at(browser_of_mara, "/notices/settings", is_hidden=False)
    settings.evaluate("window.leave = 'denied'")
    settings.get_by_role("button", name="Show notices on this computer").click()
    settings.get_by_text("Your browser refuses notices from this site.").wait_for()
    assert settings.evaluate("localStorage.getItem('desktop-kinds')") is None


def test_the_count_on_the_bell_follows_on_an_open_page(app, browser_of_mara):
    page = tab_at(browser_of_mara, "/notices/settings", is_hidden=False)
    page.get_by_role("link", name="Notices", exact=True).first.wait_for()
    told(app, NoticeKind.BADGE, "A badge.", "two")
    browser_of_mara.clock.run_for(61_000)
    page.get_by_role("link", name="Notices, 1 new").wait_for()
