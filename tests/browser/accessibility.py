"""The automated rules of WCAG 2.0 to 2.2, A and AA, run by axe in the page."""

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# What can differ between themes, which change colours and nothing else.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
# What can differ between widths, which move and hide things; what only phones show is on the component sheet, with all rules.
RULES_OF_LAYOUT = ["target-size", "scrollable-region-focusable"]


def violations(page, rules=RULES):
    """Return each broken rule with the elements that break it."""
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
