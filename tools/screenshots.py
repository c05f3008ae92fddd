"""Take a picture of every page of a running gamebash, for each person given, in both themes, wide and narrow.

python -m tools.screenshots http://127.0.0.1:8000 var/screenshots --person mara@example.org secret
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.crawl import pages, sign_in
from tests.support.machine import find_chromium

THEMES = ("light", "dark")
WIDTHS = (1440, 390)


def main() -> None:
    """Read the words of the command and go."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="where gamebash runs")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--person", nargs=2, action="append", metavar=("EMAIL", "PASSWORD"), default=[])
    parser.add_argument("--starts", nargs="+", default=["/"], help="paths to begin at; links are followed")
    parser.add_argument("--themes", nargs="+", default=THEMES)
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    words = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit("There is no Chromium here: install it, or name it in CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        for person in words.person or [None]:
            _visit(browser, words, person)
        browser.close()


def _visit(browser: Browser, words: argparse.Namespace, person: list[str] | None) -> None:
    page = browser.new_context(reduced_motion="reduce").new_page()
    folder = words.folder / (person[0].partition("@")[0] if person else "visitor")
    folder.mkdir(parents=True, exist_ok=True)
    if person:
        sign_in(page, words.address, *person)
    for path in pages(page, words.address, words.starts):
        _shoot(page, folder / (path.strip("/").replace("/", "-") or "start"), words.themes, words.widths)
    page.context.close()


def _shoot(page: Page, name: Path, themes: Iterable[str], widths: Iterable[int]) -> None:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in themes:
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            page.screenshot(path=f"{name}-{width}-{theme}.png", full_page=True)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    print(f"{page.url}{f' runs over by {over} px' if over > 0 else ''}")


if __name__ == "__main__":
    main()
