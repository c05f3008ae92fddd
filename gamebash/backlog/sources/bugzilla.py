"""Bugzilla bugs, by when they last changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from gamebash.backlog.sources.connector import (
    BASE_URL,
    Connector,
    Found,
    Page,
    Setting,
    dig,
    iso,
    labels,
    record,
    since_of,
    when,
    words,
)
from gamebash.core.http import Client, RefusedError

LIMIT = 500
FIELDS = (
    "id,summary,product,component,severity,priority,status,resolution,is_open,dupe_of,creation_time,last_change_time,"
    "cf_last_resolved,assigned_to,creator,keywords,platform,op_sys,version"
)
TAKEN_UP = {"ASSIGNED", "IN_PROGRESS"}


class Bugzilla(Connector):
    """Bugs of a Bugzilla server."""

    kind = "bugzilla"
    label = "Bugzilla"
    settings = (BASE_URL, Setting("product", "Product", "Empty for all", is_required=False))
    severities = {
        "blocker": "sev1", "s1": "sev1", "critical": "sev2", "s2": "sev2", "major": "sev3", "s3": "sev3", "normal": "sev4",
        "minor": "sev4", "s4": "sev4", "trivial": "sev5", "enhancement": "sev5",
    }  # fmt: skip
    credential_hint = "An API key."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by key."""
        return {"X-BUGZILLA-API-KEY": secret}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask who we are."""
        return words(dig(client.get("rest/whoami").body, "name")) or "somebody"

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield bugs by change; the server may give fewer than asked for, so the step is what came."""
        since = since_of(cursor)
        asked: dict[str, Any] = {"order": "changeddate,bug_id", "limit": LIMIT, "include_fields": FIELDS}
        asked["last_change_time"] = iso(since) if since else "1998-01-01T00:00:00Z"
        if settings.get("product"):
            asked["product"] = settings["product"]
        offset = 0
        while True:
            body = client.get("rest/bug", {**asked, "offset": offset}).body
            if dig(body, "error"):
                raise RefusedError(f"Bugzilla says: {words(dig(body, 'message'), 200)}")
            items = tuple(dig(body, "bugs") or ())
            if not items:
                return
            yield Page(items)
            offset += len(items)

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map a bug."""
        is_open, state = bool(dig(item, "is_open")), words(dig(item, "status"))
        service = "/".join(filter(None, (words(dig(item, "product")), words(dig(item, "component")))))
        made = record(
            {name: dig(item, name) for name in ("version", "dupe_of", "priority")},
            external_id=dig(item, "id"),
            title=dig(item, "summary"),
            service=service,
            status="resolved" if not is_open else "acknowledged" if state in TAKEN_UP else "open",
            opened_at=when(dig(item, "creation_time")),
            resolved_at=when(dig(item, "cf_last_resolved")) or when(dig(item, "last_change_time")),
            version_at=when(dig(item, "last_change_time")),
            labels=labels(dig(item, "keywords")),
            assignee=words(dig(item, "assigned_to")),
            reporter=words(dig(item, "creator")),
            closure_code=words(dig(item, "resolution")).casefold(),
            environment=" ".join(filter(None, (words(dig(item, "platform"), 39), words(dig(item, "op_sys"), 39)))),
        )
        return Found(made, words(dig(item, "severity")) or words(dig(item, "priority")))
