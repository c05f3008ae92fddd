"""The component sheet: every part, in both courts, at the widths of phones and desks; and what the scripts do."""

import pytest

from tests.browser.accessibility import violations
from tests.browser.conftest import THEMES


@pytest.fixture
def sheet(visit, sheet_address):
    visitor = visit(width=1200)
    visitor.open(f"{sheet_address}/dev/components")
    visitor.page.evaluate("document.activeElement.blur()")
    return visitor


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1440])
def test_every_component_passes_the_automated_rules(visit, sheet_address, theme, width):
    page = visit(width=width, theme=theme).open(f"{sheet_address}/dev/components")
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_sheet_never_runs_over_sideways(visit, sheet_address, width):
    visitor = visit(width=width)
    visitor.open(f"{sheet_address}/dev/components")
    assert not visitor.runs_over_sideways()


def selected(page):
    return page.evaluate("document.activeElement.closest('[data-row]')?.id")


def test_j_and_k_walk_the_rows_and_do_nothing_in_a_field(sheet):
    keyboard = sheet.page.keyboard
    keyboard.press("j")
    keyboard.press("j")
    assert selected(sheet.page) == "story-GB-412"
    keyboard.press("k")
    assert selected(sheet.page) == "story-GB-398"
    keyboard.press("/")
    keyboard.type("jk?")
    assert sheet.page.input_value("#q") == "jk?"


def test_the_question_mark_lists_the_keys(sheet):
    sheet.page.keyboard.press("?")
    assert sheet.page.locator("#keys-help").is_visible()
    sheet.page.keyboard.press("Escape")
    assert sheet.page.locator("#keys-help").is_hidden()


def test_a_dangerous_button_asks_first_with_the_focus_on_the_safe_choice(sheet):
    sheet.page.get_by_role("button", name="Let go").click()
    dialog = sheet.page.get_by_role("dialog", name="Let go of GB-412?")
    assert dialog.is_visible()
    assert sheet.page.evaluate("document.activeElement.textContent") == "Keep it"
    dialog.get_by_role("button", name="Keep it").click()
    assert dialog.is_hidden()


def test_the_countdown_ticks_from_the_clock_of_the_server(sheet):
    tiles = sheet.page.locator("[data-countdown] .tiles")
    before = tiles.inner_text()
    sheet.page.wait_for_function(
        "before => document.querySelector('[data-countdown] .tiles').innerText !== before", arg=before
    )
    assert "".join(tiles.inner_text().split()).startswith("1:47:")


def test_a_lost_race_shows_the_row_in_its_true_state_and_keeps_the_focus_there(sheet):
    row = '<li class="story" id="story-GB-398" data-row><h3><a href="/x" data-row-link>Taken</a></h3></li>'
    sheet.page.route("**/dev/components", lambda route: route.fulfill(status=409, content_type="text/html", body=row))
    sheet.page.keyboard.press("j")
    sheet.page.keyboard.press("c")
    sheet.page.get_by_text("Taken").wait_for()
    assert sheet.page.evaluate("document.activeElement.textContent") == "Taken"
    sheet.faults.clear()  # The refusal is the case.


def test_an_error_page_becomes_a_notice_and_never_lands_in_the_row(sheet):
    body = "<!doctype html><html><body><h1>For organisers</h1><p data-error-text>You are a player.</p></body></html>"
    sheet.page.route("**/dev/components", lambda route: route.fulfill(status=403, content_type="text/html", body=body))
    sheet.page.keyboard.press("j")
    sheet.page.keyboard.press("c")
    sheet.page.locator("#notices").get_by_text("For organisers").wait_for()
    assert "Label queue stalls" in sheet.page.locator("#story-GB-398").inner_text()
    sheet.faults.clear()
