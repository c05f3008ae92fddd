"""What people write becomes HTML that can do no harm."""

import pytest

from gamebash.core.text import markdown


def test_lists_links_and_emphasis_are_kept():
    html = markdown("- no **504** in a week\n- see [the runbook](https://example.org/r)")
    assert "<li>no <strong>504</strong> in a week</li>" in html
    assert 'href="https://example.org/r"' in html
    assert "nofollow" in html


def test_headings_begin_below_those_of_the_page():
    assert markdown("# Done when\n\n###### Small") == "<h4>Done when</h4>\n<h6>Small</h6>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHN2Zz4=)",
        "![x](https://elsewhere.example/pixel.gif)",
        '<a href="https://x.example" style="position:fixed" onclick="x()">x</a>',
        '<https://x.example/" onmouseover=alert(1)>',
    ],
)
def test_nothing_that_runs_or_calls_out_survives(text):
    html = markdown(text).lower()
    assert not any(f"<{tag}" in html for tag in ("script", "img", "svg", "iframe", "style"))
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert not any(f' {name}="' in html for name in ("onclick", "onerror", "onmouseover", "style"))
