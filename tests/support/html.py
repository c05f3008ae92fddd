"""What every page of ours keeps to, checked on the HTML itself."""

from collections import Counter
from html.parser import HTMLParser

FORM_FIELDS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


class Page(HTMLParser):
    """The few facts of a page that the rules speak of."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: Counter[str] = Counter()
        self.headings: list[str] = []
        self.title = ""
        self.labels_for: set[str] = set()
        self.fields: list[tuple[dict, bool]] = []
        self.forms: list[dict] = []
        self.faults: list[str] = []
        self.targets: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag not in {"input", "br", "meta", "link", "hr", "img", "path", "rect", "line", "circle", "use", "ellipse"}:
            self._open.append(tag)
        if "id" in values:
            self.ids[values["id"]] += 1
        self._check_inline(tag, values)
        if tag == "h1":
            self.headings.append("")
        if tag == "label" and "for" in values:
            self.labels_for.add(values["for"])
        if tag in FORM_FIELDS and values.get("type") not in UNLABELLED:
            self.fields.append((values, "label" in self._open))
        if tag == "form":
            self.forms.append({**values, "has_token": False})
        if tag == "input" and values.get("name") == "csrf_token" and self.forms:
            self.forms[-1]["has_token"] = True
        self._check_htmx(tag, values)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        if "h1" in self._open and self.headings:
            self.headings[-1] += data

    def _check_inline(self, tag, values):
        if "style" in values:
            self.faults.append(f"<{tag}> has an inline style")
        self.faults += [f"<{tag}> has {name}" for name in values if name.startswith(("on", "hx-on"))]
        if tag == "style" or (tag == "script" and "src" not in values):
            self.faults.append(f"inline <{tag}>")

    def _check_htmx(self, tag, values):
        target = values.get("hx-target", "")
        if target.startswith("#"):
            self.targets.append(target[1:])
        if "hx-post" in values and not (tag == "form" and values.get("action") == values["hx-post"]):
            self.faults.append(f"<{tag} hx-post={values['hx-post']}> is not a form with the same action")


def check_page(text: str) -> None:
    """Fail with every fault of a page."""
    page = Page(text)
    faults = list(page.faults)
    if len(page.headings) != 1:
        faults.append(f"{len(page.headings)} h1 headings")
    elif not " ".join(page.title.split()).startswith(" ".join(page.headings[0].split())):
        faults.append(f"title {page.title.strip()!r} does not begin with the h1 {page.headings[0].strip()!r}")
    faults += [f"id {name} stands {count} times" for name, count in page.ids.items() if count > 1]
    for values, is_wrapped in page.fields:
        is_named = (
            is_wrapped or values.get("id") in page.labels_for or "aria-label" in values or "aria-labelledby" in values
        )
        if not is_named:
            faults.append(f"field {values.get('name')} has no label")
    for form in page.forms:
        if form.get("method", "get").lower() == "post" and not (form.get("action") and form["has_token"]):
            faults.append(f"POST form to {form.get('action')!r} lacks an action or a token")
    faults += [f"hx-target #{name} does not exist" for name in page.targets if name not in page.ids]
    assert not faults, "; ".join(faults)
