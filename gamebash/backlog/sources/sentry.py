"""Sentry issues: each is already a group of events, and becomes one incident."""

from collections.abc import Iterator, Mapping
from typing import Any

from gamebash.backlog.sources.connector import Connector, Found, Page, Setting, dig, iso, record, since_of, when, words
from gamebash.core.http import Client

LIMIT = 100
LEVELS = ("fatal", "error", "warning", "info", "debug")
STATES = {"unresolved": "open", "resolved": "resolved", "ignored": "resolved"}


class Sentry(Connector):
    """Issues of an organisation."""

    kind = "sentry"
    label = "Sentry issues"
    settings = (
        Setting("base_url", "Address", "sentry.io, or your own server", "https://sentry.io"),
        Setting("organization", "Organisation", "Its slug"),
        Setting("environment", "Environment", "Empty for all", is_required=False),
    )
    severities = {level: f"sev{number}" for number, level in enumerate(LEVELS, start=1)}
    is_ordered = False
    credential_hint = "A token with event:read."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by token."""
        return {"Authorization": f"Bearer {secret}"}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask for the organisation."""
        return words(dig(client.get(f"api/0/organizations/{settings['organization']}/").body, "name"))

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield issues with events since; an empty query asks for all states."""
        since = since_of(cursor)
        asked: dict[str, Any] = {"query": f"lastSeen:>{iso(since)}" if since else "", "sort": "date", "limit": LIMIT}
        if settings.get("environment"):
            asked["environment"] = settings["environment"]
        answer = client.get(f"api/0/organizations/{settings['organization']}/issues/", asked)
        while True:
            yield Page(tuple(answer.body or ()))
            following = _next(answer.headers.get("link", ""))
            if not following:
                return
            answer = client.get(following)

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an issue."""
        return issue(item, settings.get("environment", ""))


def issue(item: Any, environment: str = "") -> Found:
    """Map an issue as the API and webhooks send it; priority high raises its level by one."""
    level = words(dig(item, "level")).casefold()
    if words(dig(item, "priority")) == "high" and level in LEVELS[1:]:
        level = LEVELS[LEVELS.index(level) - 1]
    state, substate = words(dig(item, "status")), words(dig(item, "substatus"))
    seen = when(dig(item, "lastSeen"))
    made = record(
        item,
        external_id=dig(item, "id"),
        title=dig(item, "title"),
        description="\n".join(
            filter(None, (words(dig(item, "culprit"), 500), words(dig(item, "metadata", "value"), 4_000)))
        ),
        url=words(dig(item, "permalink") or dig(item, "web_url"), 500),
        service=dig(item, "project", "slug"),
        status=STATES.get(state, "open"),
        opened_at=when(dig(item, "firstSeen")),
        resolved_at=seen,
        version_at=seen,
        closure_code="archived" if state == "ignored" else "",
        assignee=words(dig(item, "assignedTo", "name")),
        environment=words(environment, 80),
        reopen_count=1 if substate == "regressed" else 0,
    )
    return Found(made, level)


def _next(link: str) -> str:
    """Return the next page's address; the last page has one too, which says that it brings no results."""
    for part in link.split(","):
        if 'rel="next"' in part and 'results="true"' in part:
            return part.partition(";")[0].strip().strip("<>")
    return ""
