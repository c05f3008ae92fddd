"""Which pages there are, found by following links: one of each kind is enough, of stories and events a few."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

A_KIND = 1
OF_MANY_STATES = {"/stories/*": 3, "/events/*": 3}
MOST = 200
SKIPPED = re.compile(r"^/(static|sign-out|api|metrics|health|dev)\b|/(export|download)\b|\.(csv|json|ics|zip|xlsx)$")
ONE_OF_MANY = re.compile(r"(?<=/)([A-Z]+-\d+|\d+)(?=/|$)")
FAMILIES = re.compile(
    r"/(people|events|teams|services|problems|incidents/[^/]+|alike/[^/]+|stories|scores|sources/new|sources|imports)/[^/]+"
)


def kind_of(path):
    """Return the path with what names one thing taken out: /stories/GB-412/claim is /stories/*/claim."""
    return FAMILIES.sub(lambda match: f"/{match[1]}/*", ONE_OF_MANY.sub("*", path))


def walk(links_of, starts=("/",)):
    """Yield the path of each page reachable from some paths, once it is open.

    ``links_of`` opens an address of the site and returns where its links lead, or None where it is no page.
    """
    waiting, seen, kinds = [*starts], set(), Counter()
    while waiting:
        here = waiting.pop(0)
        path = urlsplit(here).path
        if path in seen or kinds[kind_of(path)] >= OF_MANY_STATES.get(kind_of(path), A_KIND):
            continue
        seen.add(path)
        assert len(seen) < MOST, f"Of one kind are more pages than there should be: {kinds.most_common(5)}"
        kinds[kind_of(path)] += 1
        links = links_of(here)
        if links is None:
            continue
        yield path
        found = [urljoin(here, link) for link in links]
        waiting += [one for one in found if re.match(r"/(?!/)", one) and not SKIPPED.search(urlsplit(one).path)]


def pages(page, address, starts=("/",)):
    """Yield the path of each page reachable from some paths, opened in the given browser page."""

    def links_of(path):
        response = page.goto(f"{address}{path}")
        if response is None or "html" not in response.headers.get("content-type", ""):
            return None
        return page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")

    return walk(links_of, starts)


def sign_in(page, address, email, password):
    """Sign in through the form that people use."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
