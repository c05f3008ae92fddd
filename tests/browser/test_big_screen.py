"""The big screen in a hall: it fits every projector, turns its pages, and says when nothing new comes."""

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.live.answers import hub_of
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.people.models import Person
from gamebash.screen.links import make_link

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
