"""What people write, as safe HTML: Markdown without raw HTML, cleaned once more on the way out.

Headings begin at level four, below those of the page; pictures are left out, since they would call other servers.
"""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {
    "a", "blockquote", "br", "code", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
FIRST_HEADING, LAST_HEADING = 4, 6

_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def markdown(text: str) -> Markup:
    """Return Markdown as HTML that may stand in a page: no scripts, styles, pictures or raw HTML."""
    tokens = _parser.parse(text)
    _lower_headings(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 cleaned on the line above


def _lower_headings(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(LAST_HEADING, int(token.tag[1:]) + FIRST_HEADING - 1)}"
