"""Every page that a visitor, a player, an organiser, a manager or an admin can reach: WCAG 2.2 A and AA, no sideways scroll."""

import pytest

from gamebash.policy import TABLE, Audience, is_allowed, permission_of
from tests.browser.accessibility import violations
from tests.browser.conftest import THEMES
from tests.support.crawl import SKIPPED, pages

ROLES = ("visitor", "player", "developer", "organiser", "manager", "admin")


def starts_for(app, roles):
    """The addresses without arguments that these roles may open; the rest is found by following links."""
    for rule in app.url_map.iter_rules():
        permission = permission_of(app.view_functions[rule.endpoint])
        if "GET" not in rule.methods or rule.arguments or SKIPPED.search(rule.rule) or permission is None:
            continue
        if TABLE[permission] is Audience.ANYONE or (roles is not None and is_allowed(roles, permission)):
            yield rule.rule


def faults_of(visitor):
    """What is wrong with the open page in both themes, on a desk and on a phone."""
    page = visitor.page
    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if visitor.runs_over_sideways():
            yield f"runs over sideways at {width}"
        for theme in THEMES if width != 320 else ():
            page.emulate_media(color_scheme=theme)
            yield from (f"{theme} {width}: {fault}" for fault in violations(page))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ROLES)
def test_every_page_that_a_role_reaches_is_accessible(visit, demo, role):
    visitor = visit(state=demo.state_of(role))
    found = {
        path: faults
        for path in pages(visitor.page, demo.address, list(starts_for(demo.app, demo.roles_of(role))))
        if (faults := list(faults_of(visitor)))
    }
    assert found == {}
