"""Boards that keep themselves up to date, in a real browser and over more than one server on the same database."""

import re
import shutil
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from gamebash.backlog.models import Service
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.live import waking
from gamebash.core.live.answers import hub_of
from gamebash.events.announcements import announce
from gamebash.events.board_stories import add_story, take_off_story
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.questions import ask_question
from gamebash.events.spectators import follow_event
from gamebash.people.models import Person, SignIn
from gamebash.play.breaks import BreakReason, begin_break
from gamebash.play.claims import claim_story, find_open_claim, release_claim
from gamebash.play.fixes import submit_fix
from gamebash.play.models import Claim
from gamebash.play.reviews import accept_fix
from tests.browser.conftest import serving, sign_in
from tests.conftest import make_app
from tests.factories import make_event, make_person, make_player, make_service, make_story, make_team
from tests.play.test_game import draft

SLUG = "live-bash"


@pytest.fixture
def uri(sqlite_template, tmp_path):
    """A database with a live event of six stories, and people who are signed in by ``token-<handle>``."""
    path = tmp_path / "live.sqlite3"
    shutil.copyfile(sqlite_template, path)
    app, now = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(tmp_path)), clock.now()
    with app.app_context(), unit_of_work():
        team = make_team()
        stories = [make_story(service=make_service(team=team), number=500 + place) for place in range(6)]
        event = make_event(
            slug=SLUG, stories=stories, starts_at=now.replace(year=now.year - 1), ends_at=now.replace(year=now.year + 1),
            reviews_end_at=now.replace(year=now.year + 2), went_live_at=now,
        )  # fmt: skip
        for handle in ("mara", "sam"):
            make_player(event, make_person(handle.title(), "developer", handle=handle), team=team)
        make_person("Guest", handle="guest")
        make_person("Aisha Bello", "organiser", handle="aisha")
        for person in db.session.scalars(sa.select(Person)):
            sign_in(person, f"token-{person.handle}", now)
    return f"sqlite:///{path}"


@pytest.fixture
def app(uri):
    return make_app(uri)


@pytest.fixture
def address(app):
    with serving(app) as address:
        yield address
        hub_of(app).stop()


@pytest.fixture
def window(browser, app):
    """Open a window of somebody, without complaint about what is refused on purpose."""
    contexts = []

    def open_one(handle, address, path=f"/events/{SLUG}", script=""):
        serializer = app.session_interface.get_signing_serializer(app)
        cookie = serializer.dumps({"_user_id": f"token-{handle}", "_fresh": True})
        state = {"cookies": [{"name": "session", "value": cookie, "url": address}], "origins": []}
        context = browser.new_context(storage_state=state, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.asked = []
        page.on("request", lambda request: "/live?" in request.url and page.asked.append(request.url))
        if script:
            page.add_init_script(script)
        page.goto(address + path)
        return page

    yield open_one
    for context in contexts:
        context.close()


def connected(page):
    page.locator("[data-live][data-state=open]").wait_for(state="attached", timeout=15_000)
    return page


def row(page, number):
    return page.locator(f"#story-GB-{number}")


def claim(app, number, handle):
    with app.app_context(), unit_of_work():
        return claim_story(entry(number), by=player(handle), now=clock.now()).id


def squash(app, number, handle):
    with app.app_context(), unit_of_work():
        claimed = claim_story(entry(number), by=player(handle), now=clock.now())
        fix = submit_fix(claimed, draft(), by=player(handle), now=clock.now())
        accept_fix(fix, by=fix.reviews[0].player, now=clock.now())


def entry(number):
    return next(one for one in db.session.scalars(sa.select(EventStory)) if one.story.number == number)


def player(handle):
    return db.session.scalars(sa.select(Player).join(Player.person).where(Person.handle == handle)).one()


def test_a_claim_in_one_browser_shows_in_another_that_another_server_serves(uri, address, window):
    with serving(make_app(uri)) as other:
        guest = connected(window("guest", other))
        mara = connected(window("mara", address))
        began = time.monotonic()
        row(mara, 500).get_by_role("button", name="Claim GB-500").click()
        row(guest, 500).get_by_text("Mara").wait_for(timeout=2000)
        assert time.monotonic() - began < 2
        mara.locator("#mine-GB-500").wait_for()
        guest.locator("#tally-meta").get_by_text("1 in play").wait_for()
        guest.locator("#feed").get_by_text("Mara claimed").wait_for()
        assert mara.faults + guest.faults == []


def test_what_somebody_types_or_reads_is_left_alone(app, address, window):
    sam = connected(window("sam", address))
    search = sam.get_by_label("Search stories")
    search.focus()
    search.press_sequentially("sto")
    sam.wait_for_url(re.compile("q=sto"))
    row(sam, 501).get_by_role("button").focus()
    claim(app, 500, "mara")
    row(sam, 500).get_by_text("Mara").wait_for()
    assert search.input_value() == "sto"
    assert sam.evaluate("document.activeElement.textContent").strip().startswith("Claim")
    claim(app, 501, "mara")
    row(sam, 501).get_by_text("Mara").wait_for()
    assert sam.evaluate("document.activeElement.closest('[data-row]')?.id") == "story-GB-501"


def test_a_lost_race_keeps_its_sentence_when_the_row_comes_again(app, address, window):
    sam = window("sam", address)
    connected(sam)
    sam.get_by_role("button", name="Pause live updates").click()
    claim(app, 500, "mara")
    row(sam, 500).get_by_role("button").click()
    row(sam, 500).get_by_text("You were not charged a claim").wait_for()
    sam.get_by_role("button", name="Go on with live updates").click()
    connected(sam)
    sam.locator("#feed").get_by_text("Mara claimed").wait_for()
    assert row(sam, 500).get_by_text("You were not charged a claim").is_visible()


def test_forms_that_come_by_the_stream_can_be_sent(app, address, window):
    claim_id = claim(app, 500, "mara")
    sam = connected(window("sam", address))
    assert row(sam, 500).get_by_role("button", name="Claim").count() == 0
    with app.app_context(), unit_of_work():
        release_claim(db.session.get_one(Claim, claim_id), by=player("mara"), now=clock.now())
    row(sam, 500).get_by_role("button", name="Claim GB-500").click()
    row(sam, 500).get_by_text("Yours").wait_for()
    sam.locator("#board-actions").get_by_role("button", name="Claim my best fit").click()
    sam.wait_for_url(re.compile("/stories/GB-"))
    assert sam.faults == []


def test_the_author_hears_of_the_squash_and_the_board_celebrates_it_once(app, address, window):
    mara = connected(window("mara", address))
    squash(app, 502, "mara")
    mara.get_by_text("Squashed. Plus").wait_for(timeout=3000)
    row(mara, 502).locator(".stamp.is-new").wait_for()
    assert mara.locator("#tally-squashed .tiles").inner_text() == "1"


def test_beyond_the_places_a_page_polls_and_comes_back_to_a_stream(app, address, window, monkeypatch):
    monkeypatch.setattr("gamebash.core.live.answers.RETRY_AFTER_SECONDS", (4, 4))
    hub_of(app).most = 0
    guest = window("guest", address)
    guest.wait_for_event("request", lambda request: "poll=1" in request.url)
    claim(app, 500, "mara")
    assert guest.locator(".live__gone").is_hidden()
    hub_of(app).most = 10
    connected(guest)
    row(guest, 500).get_by_text("Mara").wait_for()


@contextmanager
def stoppable(app, port):
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    hub_of(app).stop()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_says_how_old_it_is_while_the_server_is_away_and_catches_up(uri, window):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with stoppable(make_app(uri), port):
        guest = connected(window("guest", f"http://127.0.0.1:{port}"))
    guest.get_by_text(
        re.compile(r"Live updates have stopped\. What you see is from \d\d:\d\d\. Buttons still")
    ).wait_for(timeout=15_000)
    again = make_app(uri)
    claim(again, 500, "mara")
    with stoppable(again, port):
        row(guest, 500).get_by_text("Mara").wait_for(timeout=30_000)
        guest.locator(".live__gone").wait_for(state="hidden")


def test_a_hidden_tab_has_no_stream_until_it_is_shown(app, address, window):
    hidden = "Object.defineProperty(document, 'hidden', {get: () => window.isHidden ?? true, configurable: true})"
    guest = window("guest", address, script=hidden)
    guest.wait_for_timeout(1500)
    assert guest.asked == []
    guest.evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    connected(guest)
    assert hub_of(app).watching == 1
    guest.evaluate("window.isHidden = true; document.dispatchEvent(new Event('visibilitychange'))")
    until = time.monotonic() + 5
    while hub_of(app).watching and time.monotonic() < until:
        time.sleep(0.05)
    assert hub_of(app).watching == 0
    claim(app, 500, "mara")
    guest.evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    row(guest, 500).get_by_text("Mara").wait_for()


def test_signing_out_ends_the_stream_and_the_page_says_so(app, address, window, monkeypatch):
    monkeypatch.setattr(waking, "BEAT_SECONDS", 0.5)
    guest = connected(window("guest", address))
    with app.app_context(), unit_of_work():
        db.session.execute(sa.update(SignIn).values(ended_at=clock.now()))
    guest.get_by_text("You are not signed in any more.").wait_for(timeout=15_000)
    asked = len(guest.asked)
    guest.wait_for_timeout(2000)
    assert len(guest.asked) == asked


def test_a_page_that_was_closed_gives_its_place_back_at_once(app, address, window):
    guest = connected(window("guest", address))
    assert hub_of(app).watching == 1
    guest.goto("about:blank")
    until = time.monotonic() + 3
    while hub_of(app).watching and time.monotonic() < until:
        time.sleep(0.05)
    assert hub_of(app).watching == 0


def speak(app, text):
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        announce(event, text, by=person("aisha"), now=clock.now())


def person(handle):
    return db.session.scalars(sa.select(Person).where(Person.handle == handle)).one()


def test_an_announcement_shows_on_every_open_page_within_two_seconds_and_goes_when_put_away(app, address, window):
    claim(app, 500, "mara")
    paths = {"sam": f"/events/{SLUG}", "mara": "/", "guest": "/stories/GB-500", "aisha": f"/events/{SLUG}/cockpit"}
    with app.app_context(), unit_of_work():
        follow_event(db.session.scalars(sa.select(Event)).one(), person("guest"), now=clock.now())
    pages = [connected(window(handle, address, path)) for handle, path in paths.items()]
    began = time.monotonic()
    speak(app, "Lunch is here.")
    for page in pages:
        page.locator(".banners strong", has_text="Lunch is here.").wait_for(timeout=2000)
    assert time.monotonic() - began < 2
    pages[1].get_by_role("button", name="Got it").click()
    pages[1].locator(".banners strong", has_text="Lunch is here.").wait_for(state="detached")
    speak(app, "The cake is gone.")
    pages[1].locator(".banners strong", has_text="The cake is gone.").wait_for()
    assert pages[1].locator(".banners").get_by_text("Lunch is here.").count() == 0
    assert pages[1].url.endswith("/")
    for banner in ("Lunch is here.", "The cake is gone."):
        pages[0].get_by_role("button", name=f"Got it {banner}").click()
        pages[0].locator(".banners strong", has_text=banner).wait_for(state="detached")
    assert pages[0].evaluate("document.querySelector('.tally').getBoundingClientRect().top") == pages[0].evaluate(
        "document.querySelector('.bar').getBoundingClientRect().bottom"
    )
    assert [fault for page in pages for fault in page.faults] == []


def test_a_story_put_on_the_board_is_told_in_a_line_and_comes_when_it_is_asked_for(app, address, window):
    guest = connected(window("guest", address, f"/events/{SLUG}?s=open&q=GB-50"))
    for number in (506, 507):
        with app.app_context(), unit_of_work():
            event = db.session.scalars(sa.select(Event)).one()
            story = make_story(service=db.session.scalars(sa.select(Service)).first(), number=number, state="ready")
            add_story(event, story, reason="It hurts now.", by=person("aisha"), now=clock.now())
    more = guest.get_by_role("link", name="2 more stories")
    more.wait_for(timeout=2000)
    assert row(guest, 506).count() == 0
    more.click()
    row(guest, 507).wait_for()
    assert guest.get_by_label("Search stories").input_value() == "GB-50"
    more.wait_for(state="hidden")
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        event.state = EventState.SCHEDULED
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        take_off_story(event, entry(506).story, reason="Not today.", by=person("aisha"), now=clock.now())
    row(guest, 506).wait_for(state="detached", timeout=5000)
    assert row(guest, 507).count() == 1
    assert guest.faults == []


def test_the_cockpit_follows_and_leaves_alone_what_an_organiser_opened_and_typed(app, address, window):
    cockpit = connected(window("aisha", address, f"/events/{SLUG}/cockpit"))
    crew = cockpit.locator("#crew li", has_text="Mara")
    assert "No claim" in crew.inner_text() or "Not in" in crew.inner_text()
    cockpit.get_by_text("Take players out").click()
    reason = cockpit.get_by_label("What production needs them for")
    reason.fill("Checkout is sl")
    cockpit.get_by_label("Who is needed").select_option("sam")
    announcement = cockpit.get_by_label("Announce to everybody")
    announcement.fill("In five min")
    claim(app, 500, "mara")
    crew.get_by_text("Working").wait_for(timeout=2000)
    with app.app_context(), unit_of_work():
        ask_question(
            db.session.scalars(sa.select(Event)).one(), "Where is lunch?", person=person("mara"), now=clock.now()
        )
    cockpit.get_by_text("1 question waits").wait_for(timeout=2000)
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        begin_break(event, [player("mara")], BreakReason("Checkout is slow."), by=person("aisha"), now=clock.now())
    cockpit.locator("#breaks").get_by_role("rowheader", name="Mara").wait_for(timeout=2000)
    assert reason.input_value() == "Checkout is sl"
    assert reason.is_visible()
    assert cockpit.get_by_label("Who is needed").evaluate("box => box.value") == "sam"
    assert announcement.input_value() == "In five min"
    assert cockpit.faults == []


def test_a_story_follows_while_somebody_types_their_fix_or_their_word(app, address, window):
    claim(app, 500, "mara")
    mara, sam = (connected(window(handle, address, "/stories/GB-500")) for handle in ("mara", "sam"))
    mara.locator("#what_was_done").fill("Retry with")
    with app.app_context(), unit_of_work():
        submit_fix(find_open_claim(entry(500).story_id), draft(), by=player("mara"), now=clock.now())
    sam.get_by_text("looks at it until").wait_for(timeout=2000)
    word = sam.get_by_label("What is missing, or a word of thanks")
    word.fill("Please show")
    mara.locator("#attempts").get_by_text("looks at it until").wait_for(timeout=2000)
    assert mara.locator("#what_was_done").input_value() == "Retry with"
    speak(app, "Lunch is here.")
    sam.locator(".banners strong", has_text="Lunch is here.").wait_for(timeout=2000)
    assert word.input_value() == "Please show"
    sam.get_by_role("button", name="Send back").click()
    mara.locator("#attempts").get_by_text("Please show").wait_for(timeout=3000)
    mara.locator("#flow").get_by_text("Sent back, another go").wait_for()
    assert mara.faults + sam.faults == []
