"""``python -m tests.bench.press [sqlite|postgresql]``: from a press in one browser to the paint in another, over two servers.

Two Chromium windows, each served by a process of its own on the same database. One presses Claim and Let go in turn; when the other
has painted the row is told by its own clock, which both windows share.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from playwright.sync_api import sync_playwright

from tests.bench.data import SLUG, build, cookie, make
from tests.bench.live import free_port, start, told
from tests.support import postgres
from tests.support.machine import find_chromium

HELD = 5
CHANGES = int(os.environ.get("BENCH_CHANGES", "100"))
# Notes when an element of this row was changed and that change was painted.
WATCH = """(id) => {
  window.painted = null;
  const look = () => requestAnimationFrame(() => { window.painted ??= Date.now(); });
  new MutationObserver((records) => {
    if (records.some(({ target }) => target.closest?.(`#${id}`) || target.querySelector?.(`#${id}`))) look();
  }).observe(document.getElementById("stories"), { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def window(browser, app, port, number):
    address = f"http://127.0.0.1:{port}"
    name, _, value = cookie(app, number)[0].partition("=")
    context = browser.new_context(
        storage_state={"cookies": [{"name": name, "value": value, "url": address}], "origins": []}
    )
    page = context.new_page()
    page.goto(f"{address}/events/{SLUG}?s=open")
    page.locator("[data-live][data-state=open]").wait_for(state="attached")
    return page


def press(mara, guest, number):
    """Claim a story and wait until the other window has painted it; returns the milliseconds between."""
    row = f"story-GB-{number}"
    guest.evaluate(WATCH, row)
    pressed = mara.evaluate(
        "(id) => { const at = Date.now(); document.querySelector(`#${id} .btn--claim`).click(); return at; }", row
    )
    until = time.monotonic() + 10
    while (painted := guest.evaluate("window.painted")) is None:
        assert time.monotonic() < until, "nothing was painted"
        time.sleep(0.005)
    return painted - pressed


def main() -> None:
    engine = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if engine == "postgresql":
            address = stack.enter_context(postgres.server("-c max_connections=200"))
            with psycopg.connect(address.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE bench_press")
            uri = address + "bench_press"
        else:
            uri = f"sqlite:///{Path(folder)}/press.sqlite3"
        build(uri, players=CHANGES + 1, entries=1_000, stories=CHANGES)
        app, ports = make(uri), (free_port(), free_port())
        servers: list[subprocess.Popen[bytes]] = [start(uri, port, 1, 100) for port in ports]
        try:
            with sync_playwright() as tool:
                browser = tool.chromium.launch(executable_path=str(find_chromium()), args=["--no-sandbox"])
                taken = []
                # Each player presses a few times: the rules let them hold five stories at once.
                for first in range(1, CHANGES + 1, HELD):
                    guest = window(browser, app, ports[1], CHANGES + 1)
                    mara = window(browser, app, ports[0], first)
                    taken += [press(mara, guest, number) for number in mara.evaluate(FREE)[:HELD]]
                    mara.context.close()
                    guest.context.close()
                print(f"{engine}, two servers, two windows, load {os.getloadavg()[0]:.1f}", flush=True)
                told("from press to paint in the other window", taken)
        finally:
            for server in servers:
                server.terminate()
                server.wait()


FREE = "[...document.querySelectorAll('#stories .story:has(.btn--claim)')].map((row) => row.id.split('-').at(-1))"


if __name__ == "__main__":
    main()
