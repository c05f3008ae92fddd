"""The big screen in a hall: it fits every projector, turns its pages, and says when nothing new comes."""

import re
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.live.answers import hub_of
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.people.models import Person
from gamebash.screen.links import make_link
from gamebash.stories.lifecycle import StoryState

SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (1024, 768)]
SPILLS = """[...document.querySelectorAll('.bs > :not(svg), .bs__rank, .bs__teams li')]
    .filter(part => part.checkVisibility() && part.scrollHeight > part.clientHeight + 2).map(part => part.className)"""


@pytest.fixture(scope="module")
def screen(demo):
    """The address of the live event's big screen."""
    with demo.app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event).where(Event.state == EventState.LIVE)).one()
        token = make_link(event, by=db.session.scalars(sa.select(Person).limit(1)).one(), now=clock.now())
    return f"{demo.address}/screen/{token}"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fits_every_projector_without_scrolling(screen, visit, width, height):
    visitor = visit(width=width, theme="light")
    visitor.page.set_viewport_size({"width": width, "height": height})
    page = visitor.open(screen)
    over = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert over == [width, height]
    assert page.evaluate(SPILLS) == []
    smallest = page.evaluate("""Math.min(...[...document.querySelectorAll('.bs *')]
        .filter(part => part.checkVisibility() && [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
        .filter(part => !part.closest('.vh')).map(part => parseFloat(getComputedStyle(part).fontSize)))""")
    assert smallest >= 24 * min(width / 1920, height / 1080)


def test_it_turns_its_pages_and_says_since_when_nothing_new_came(demo, screen, browser):
    # A window of its own: that a request fails is what is looked at.
    page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.clock.install(time=datetime.now().astimezone())
    page.goto(screen)
    ranks = page.locator(".bs__ranks ol:visible")
    first = ranks.get_attribute("data-turn")
    page.clock.fast_forward(12_000)
    expect(page.locator(f".bs__ranks ol[data-turn='{first}']")).to_be_hidden()
    expect(ranks).to_have_count(1)
    page.route("**/screen/**", lambda route: route.abort("aborted"))
    for watcher in hub_of(demo.app).everybody():
        watcher.end()
    page.clock.fast_forward(21_000)
    expect(page.locator("[data-stale]")).to_have_text(re.compile(r"No updates since \d\d:\d\d"))
    stands = page.locator(".bs__num .tiles").first.text_content()
    page.clock.fast_forward(30_000)
    assert page.locator(".bs__num .tiles").first.text_content() == stands
    page.unroute("**/screen/**")
    page.clock.fast_forward(20_000)
    expect(page.locator("[data-stale]")).to_be_hidden(timeout=15_000)
    page.context.close()


def test_what_changes_shows_by_itself(demo, screen, visit):
    page = visit().open(screen)
    before = page.locator(".bs__num").last.text_content()
    with demo.app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event).where(Event.state == EventState.LIVE)).one()
        event.name = "Renamed Bash"
        event.ends_at += timedelta(minutes=1)
    expect(page.locator("h1")).to_have_text("Renamed Bash", timeout=9000)
    assert page.locator(".bs__num").last.text_content() == before


HEARS = """window.knocks = 0;
const start = AudioScheduledSourceNode.prototype.start;
AudioScheduledSourceNode.prototype.start = function (...at) { window.knocks += 1; return start.apply(this, at); };"""


@contextmanager
def live_event(demo):
    with demo.app.app_context(), unit_of_work():
        yield db.session.scalars(sa.select(Event).where(Event.state == EventState.LIVE)).one()


def squash_one(demo):
    """Squash another story of the live event; returns how many are squashed then."""
    with live_event(demo) as event:
        entries = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)).all()
        squashed = [entry for entry in entries if entry.squashed_at]
        entry = next(entry for entry in entries if not entry.squashed_at and entry.story.state == StoryState.SCHEDULED)
        entry.squashed_at, entry.squashed_by_id = clock.now(), squashed[0].squashed_by_id
        entry.story.state = StoryState.ACCEPTED
        return len(squashed) + 1


def listen(demo, visit, *, has_knock):
    """Open the big screen of a new link in a window that counts its sounds."""
    with live_event(demo) as event:
        by = db.session.scalars(sa.select(Person).limit(1)).one()
        token = make_link(event, by=by, now=clock.now(), has_knock=has_knock)
    visitor = visit()
    visitor.page.add_init_script(HEARS)
    return visitor.open(f"{demo.address}/screen/{token}")


def shows_squashed(page, number):
    expect(page.locator(".bs__num").last.locator(".tiles")).to_have_text(str(number), timeout=12_000)


def test_a_screen_makes_no_sound_unless_somebody_wanted_it(demo, visit):
    page = listen(demo, visit, has_knock=False)
    page.locator("body").click()
    shows_squashed(page, squash_one(demo))
    assert page.evaluate("window.knocks") == 0
    assert page.get_by_role("button", name="Sound on").count() == 0


def test_a_screen_knocks_once_at_a_squash_after_one_press_and_not_while_the_board_is_frozen(demo, visit):
    page = listen(demo, visit, has_knock=True)
    sound_on = page.get_by_role("button", name="Sound on")
    expect(sound_on).to_be_visible()
    shows_squashed(page, squash_one(demo))
    assert page.evaluate("window.knocks") == 0
    sound_on.click()
    expect(sound_on).to_be_hidden()
    assert page.evaluate("window.knocks") == 1
    number = squash_one(demo)
    shows_squashed(page, number)
    assert page.evaluate("window.knocks") == 2
    with live_event(demo) as event:
        event.freezes_at = clock.now()
    expect(page.locator(".bs__frozen")).to_be_visible(timeout=12_000)
    squash_one(demo)
    page.wait_for_timeout(6000)
    shows_squashed(page, number)
    assert page.evaluate("window.knocks") == 2
    with live_event(demo) as event:
        event.freezes_at = None
    shows_squashed(page, number + 1)
    assert page.evaluate("window.knocks") == 2
