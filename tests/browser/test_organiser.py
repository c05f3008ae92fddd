"""An organiser prepares a day in a real browser: from the series to a scheduled event, mending what is missing."""

import re

import pytest

from gamebash.core import clock
from gamebash.core.db import unit_of_work
from tests.events.making import a_service, a_story


@pytest.fixture
def stories(demo):
    with demo.app.app_context(), unit_of_work():
        for name in ("billing", "mail"):
            service = a_service(f"{name}-of-the-day")
            for value in (10, 20, 30):
                a_story(service, clock.now(), value=value)


def test_an_organiser_prepares_a_day(visit, demo, stories):
    visitor = visit(state=demo.state_of("organiser"))
    page = visitor.open(f"{demo.address}/series")
    page.get_by_label("Name").fill("Bug bash")
    page.get_by_label("First start").fill("2031-02-20T09:30")
    page.get_by_role("button", name="Found this series").click()
    page.get_by_role("button", name="Draft the next").click()
    page.get_by_role("heading", name="Set up Bug bash February 2031").wait_for()

    page.get_by_role("button", name="Check and schedule").click()
    page.get_by_text("Begin with this one: No story is picked").wait_for()
    page.get_by_role("spinbutton", name="From one service").fill("2")
    page.get_by_role("button", name=re.compile(r"^Pull these \d+")).click()
    page.get_by_text(re.compile(r"Pulled \d+ stories")).wait_for()

    picked = page.get_by_role("checkbox", name="Pick GB-")
    assert picked.count() > 1
    picked.first.uncheck()
    page.get_by_label("Why you change the board by hand").fill("The vendor mends it next week")
    page.get_by_role("button", name="Save what is ticked").click()
    page.get_by_text("0 put on the board, 1 taken off").wait_for()

    page.get_by_role("button", name="Confirm the rules").click()
    page.get_by_text("The rules are confirmed").wait_for()
    page.get_by_role("button", name="Check and schedule").click()
    page.get_by_text("is scheduled. People can join now.").wait_for()
    page.get_by_role("link", name="Preview").click()
    page.get_by_role("heading", name="Bug bash February 2031").wait_for()
    page.get_by_text("Your squad").wait_for()
