"""Which pages there are: found by following links, so that no list has to be kept. A few of each kind are enough."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

A_KIND = 2
SKIPPED = re.compile(r"/(static|sign-out|export|download|api|metrics)\b|\.(csv|json|ics|zip)$")
ONE_OF_MANY = re.compile(r"(?<=/)([A-Z]+-\d+|\d+)(?=/|$)")
FAMILIES = re.compile(r"^/(people|events|teams|rotation|services|problems|backlog|stories|admin)/[^/]+")


def kind_of(path):
    """Return the path with what names one thing taken out: /stories/GB-412/claim is /stories/*/claim."""
    return FAMILIES.sub(lambda match: f"/{match[1]}/*", ONE_OF_MANY.sub("*", path), count=1)


def pages(page, start, most=80):
    """Yield the path of each page that can be reached from a start, opened in the given browser page."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(start))
    waiting, seen, kinds = [start], set(), Counter()
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if path in seen or kinds[kind_of(path)] >= A_KIND:
            continue
        seen.add(path)
        kinds[kind_of(path)] += 1
        response = page.goto(address)
        if response is None or "html" not in response.headers.get("content-type", ""):
            continue
        yield path
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        waiting += [
            urljoin(address, link)
            for link in links
            if urljoin(address, link).startswith(origin + "/") and not SKIPPED.search(urlsplit(link).path)
        ]


def sign_in(page, address, email, password):
    """Sign in through the form that people use."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
