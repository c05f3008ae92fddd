"""The ceremony by keys in Chromium: in the hall with the network gone, for those who follow, and without scripts."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.ceremony.models import Ceremony
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from tests.browser.conftest import Visitor


@pytest.fixture
def waiting(demo):
    """The latest closed event of the demo, as if its ceremony were still to come."""
    with demo.app.app_context(), unit_of_work():
        event = db.session.scalars(
            sa.select(Event).where(Event.state == EventState.CLOSED).order_by(Event.closed_at.desc())
        ).first()
        before = event.reveals_at
        event.reveals_at = clock.now() + timedelta(hours=1)
        db.session.execute(sa.delete(Ceremony).where(Ceremony.event_id == event.id))
        slug, event_id = event.slug, event.id
    yield slug
    with demo.app.app_context(), unit_of_work():
        db.session.get(Event, event_id).reveals_at = before


def open_hall(demo, visit, slug, role="organiser", **values):
    return visit(state=demo.state_of(role), **values).open(f"{demo.address}/events/{slug}/ceremony")


def shown(page, selector):
    return page.locator(selector).filter(visible=True).count()


def test_one_key_runs_the_show_to_the_drinks(demo, visit, waiting):
    page = open_hall(demo, visit, waiting)
    assert not page.locator("h1").is_visible()
    page.keyboard.press("Space")
    assert page.locator("h1").is_visible()
    assert shown(page, ".pod") == 0
    while shown(page, ".pod") == 0:
        assert shown(page, ".cer__field") <= 1
        page.keyboard.press("ArrowRight")
    assert shown(page, ".cer__field") == 0
    assert [shown(page, ".pod--3"), shown(page, ".pod--2"), shown(page, ".pod--1")] == [1, 0, 0]
    page.keyboard.press("PageDown")
    page.keyboard.press("Space")
    assert [shown(page, ".pod--2"), shown(page, ".pod--1")] == [1, 1]
    page.keyboard.press("ArrowLeft")
    assert shown(page, ".pod--1") == 0
    for _ in range(4):
        page.keyboard.press("Space")
    assert page.locator(".cer__beer").is_visible()
    page.keyboard.press("Home")
    assert shown(page, ".pod") == 0


def test_the_show_goes_on_without_the_network_and_followers_catch_up(demo, browser, visit, waiting):
    context = browser.new_context(storage_state=demo.state_of("organiser"), reduced_motion="reduce")
    hall = Visitor(context.new_page()).open(f"{demo.address}/events/{waiting}/ceremony")
    follower = open_hall(demo, visit, waiting, "developer")
    assert "The ceremony of" in follower.locator("h1").inner_text()
    follower.locator('#live[data-state="open"]').wait_for(state="attached", timeout=30_000)
    context.set_offline(True)
    while not hall.locator(".pod--1").is_visible():
        hall.keyboard.press("Space")
    assert follower.locator(".pod").count() == 0
    context.set_offline(False)
    follower.locator(".pod--1").wait_for(timeout=40_000)
    assert follower.locator(".pod--1 h2").inner_text() == hall.locator(".pod--1 h2").inner_text()
    assert follower.locator(".honours").count() == 0
    context.close()


def test_the_end_lets_everybody_run_it_again(demo, visit, waiting):
    hall = open_hall(demo, visit, waiting)
    follower = open_hall(demo, visit, waiting, "player")
    while not hall.locator(".cer__beer").is_visible():
        hall.keyboard.press("Space")
    follower.get_by_role("link", name="Run the ceremony again").click(timeout=40_000)
    assert not follower.locator("h1").is_visible()
    follower.keyboard.press("Space")
    assert follower.locator("h1").is_visible()


def test_twenty_pairs_fall_once_and_under_reduced_motion_they_are_simply_there(demo, browser, visit, waiting):
    still = open_hall(demo, visit, waiting)
    while not still.locator(".pod--1").is_visible():
        still.keyboard.press("Space")
    assert still.locator(".cer__dots").is_visible()
    assert still.locator(".cer__dots g").count() == 20
    assert still.locator("canvas").count() == 0
    context = browser.new_context(storage_state=demo.state_of("organiser"), reduced_motion="no-preference")
    visitor = Visitor(context.new_page())
    moving = visitor.open(f"{demo.address}/events/{waiting}/ceremony")
    moving.keyboard.press("Home")
    while not moving.locator(".pod--1").is_visible():
        moving.keyboard.press("Space")
    assert not moving.locator(".cer__dots").is_visible()
    moving.locator("canvas").wait_for(state="attached")
    assert visitor.faults == []
    context.close()


def test_without_scripts_the_whole_show_can_be_read(demo, browser, waiting):
    context = browser.new_context(storage_state=demo.state_of("organiser"), java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo.address}/events/{waiting}/ceremony")
    assert page.locator("h1").is_visible()
    assert page.locator(".pod").count() == 3
    assert all(page.locator(".pod").nth(number).is_visible() for number in range(3))
    page.get_by_role("button", name="Next").click()
    assert page.locator("h1").is_visible()
    context.close()


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_ceremony_never_runs_over_sideways(demo, visit, waiting, width):
    window = visit(width=width, state=demo.state_of("organiser"))
    page = window.open(f"{demo.address}/events/{waiting}/ceremony")
    while not page.locator(".cer__beer").is_visible():
        page.keyboard.press("Space")
    assert not window.runs_over_sideways()


def test_the_report_prints_on_a_few_pages_without_a_cut_row(demo, visit, waiting):
    with demo.app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event).where(Event.slug == waiting)).one()
        event.reveals_at = event.closed_at
    window = visit(state=demo.state_of("organiser"))
    page = window.open(f"{demo.address}/events/{waiting}/report")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
    page.emulate_media(media="print")
    assert not page.locator(".btn").filter(visible=True).count()
    assert page.locator(".plain li").first.evaluate("row => getComputedStyle(row).breakInside") == "avoid"
