"""What a page is made of: every element with its attributes, and in what it stands, without what it says."""

from html.parser import HTMLParser

VOID = {"input", "br", "meta", "link", "hr", "img", "path", "rect", "line", "circle", "use", "ellipse"}
# Attributes whose values decide how an element looks or what it is.
TELLING = {"class", "type", "role"}


class Shapes(HTMLParser):
    """The kinds of elements on a page, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.kinds: set[tuple] = set()
        self.links: list[str] = []
        self._open: list[tuple] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        marks = tuple(sorted((name, value if name in TELLING else bool(value)) for name, value in attributes))
        self.kinds.add((self._open[-1] if self._open else None, tag, marks))
        self.links += [value for name, value in attributes if (tag, name) == ("a", "href") and value]
        if tag not in VOID:
            self._open.append((tag, marks))

    def handle_startendtag(self, tag, attributes):
        before = len(self._open)
        self.handle_starttag(tag, attributes)
        del self._open[before:]

    def handle_endtag(self, tag):
        opened = [number for number, one in enumerate(self._open) if one[0] == tag]
        if opened:
            del self._open[opened[-1] :]
