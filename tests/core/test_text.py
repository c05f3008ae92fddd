"""What people write becomes HTML that can do no harm."""

from html.parser import HTMLParser

import pytest

from gamebash.core.text import markdown


class Found(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))


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
    found = Found()
    found.feed(markdown(text))
    assert not {"script", "img", "svg", "iframe", "style"} & {tag for tag, _ in found.tags}
    attributes = [pair for _, pairs in found.tags for pair in pairs]
    assert {name for name, _ in attributes} <= {"href", "rel", "title"}
    assert all(value.startswith("https://") for name, value in attributes if name == "href")
