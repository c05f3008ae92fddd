"""Every page that a visitor, a player, an organiser, a manager or an admin can reach: WCAG 2.2 A and AA, no sideways scroll.

Roles see much the same pages. Who looks last opens only those that have an element on them which nobody has seen yet.
"""

from zlib import crc32

import pytest

from gamebash.policy import TABLE, Audience, is_allowed, permission_of
from tests.browser.accessibility import RULES, RULES_OF_COLOUR, RULES_OF_LAYOUT, violations
from tests.support.asking import MOST, asked
from tests.support.crawl import SKIPPED, kind_of, walk
from tests.support.shapes import Shapes

ROLES = ("visitor", "admin", "organiser", "manager", "developer", "player")
# Each short enough to be far from its end of time on a busy machine too.
PARTS = 24
# The demo is seeded and walked through by whichever test comes first.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
LOOKS = ((1440, "light", RULES), (1440, "dark", RULES_OF_COLOUR), (390, "light", RULES_OF_LAYOUT))
WIDTHS = (1440, 390, 320)


def starts_for(app, roles):
    """The addresses without arguments that these roles may open; the rest is found by following links."""
    for rule in app.url_map.iter_rules():
        permission = permission_of(app.view_functions[rule.endpoint])
        if "GET" not in rule.methods or rule.arguments or SKIPPED.search(rule.rule) or permission is None:
            continue
        if TABLE[permission] is Audience.ANYONE or (roles is not None and is_allowed(roles, permission)):
            yield rule.rule


class Walker:
    """Somebody who follows every link, and remembers what the pages were made of, what was refused, and what asks too often."""

    def __init__(self, client):
        self.client = client
        self.shapes = {}
        self.refused = []
        self.asking = {}

    def open(self, address):
        with asked(self.client.application) as statements:
            response = self.client.get(address, follow_redirects=True)
        if len(statements) > MOST:
            self.asking[address] = len(statements)
        if response.status_code >= 400:
            self.refused.append(address)
        text = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        if response.status_code >= 400 or "<!doctype" not in text:
            return None
        shapes = self.shapes[response.request.path] = Shapes(text)
        return shapes.links


@pytest.fixture(scope="session")
def walked(demo, once):
    """What each role was refused, every role with its pages that show what no page before showed, and what asks too often."""
    return once("walked", lambda _folder: _walk(demo))


def _walk(demo):
    found = {role: Walker(demo.client_of(role)) for role in ROLES}
    for role, walker in found.items():
        for _ in walk(walker.open, starts_for(demo.app, demo.roles_of(role))):
            pass
    refused = {role: walker.refused for role, walker in found.items() if walker.refused}
    return refused, _to_look_at(found), {role: walker.asking for role, walker in found.items() if walker.asking}


def _to_look_at(walkers):
    seen, found = set(), []
    for role, walker in walkers.items():
        for path, shapes in walker.shapes.items():
            if not shapes.kinds <= seen:
                seen |= shapes.kinds
                found.append((role, path))
    return found


@pytest.fixture
def to_look_at(walked):
    return walked[1]


def test_no_page_leads_its_reader_to_what_is_refused(walked):
    assert walked[0] == {}


def test_no_page_that_anybody_reaches_asks_the_database_too_often(walked):
    assert walked[2] == {}


def faults_of(visitor):
    """What is wrong with the open page in both themes, on a desk and on a phone."""
    page = visitor.page
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if visitor.runs_over_sideways():
            yield f"runs over sideways at {width}"
        for _, theme, rules in (look for look in LOOKS if look[0] == width):
            page.emulate_media(color_scheme=theme)
            yield from (f"{theme} {width}: {fault}" for fault in violations(page, rules))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_that_a_role_reaches_is_accessible(visit, demo, to_look_at, part):
    visitors, found = {}, {}
    for role, path in to_look_at:
        # By its address, so that processes that share the work agree without a word.
        if crc32(f"{role} {kind_of(path)}".encode()) % PARTS != part:
            continue
        if role not in visitors:
            visitors[role] = visit(state=demo.state_of(role))
        visitor = visitors[role]
        visitor.open(f"{demo.address}{path}")
        if faults := list(faults_of(visitor)):
            found[role, path] = faults
    assert found == {}


def test_all_that_there_is_to_look_at_is_looked_at(to_look_at):
    """The walk finds what has to be beyond reproach: one page of each person's, reached by links alone."""
    kinds = {(role, kind_of(path)) for role, path in to_look_at}
    assert {
        ("visitor", "/sign-in"), ("admin", "/stories/*"), ("organiser", "/events/*/cockpit"), ("organiser", "/events/*/setup"),
        ("admin", "/events/*/ceremony"), ("admin", "/events/*/report"), ("admin", "/rotation"), ("admin", "/events/*"),
    } <= kinds  # fmt: skip
