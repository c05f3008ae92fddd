"""Redmine issues, open and closed, by when they were updated."""

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
    record,
    since_of,
    when,
    words,
)
from gamebash.core.http import Client

LIMIT = 100
FRESH = {"new", "neu", "open"}


class Redmine(Connector):
    """Issues of a Redmine server."""

    kind = "redmine"
    label = "Redmine"
    settings = (
        BASE_URL,
        Setting("project", "Project", "Its identifier; empty for all", is_required=False),
        Setting("tracker", "Tracker", "Its name; empty for all", is_required=False),
        Setting("close_with", "Close when fixed with status", "Its id; empty for a comment only", is_required=False),
    )
    severities = {"immediate": "sev1", "urgent": "sev2", "high": "sev3", "normal": "sev4", "low": "sev5"}
    can_comment = True
    credential_hint = "An API access key; the REST API has to be switched on in its settings."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by key."""
        return {"X-Redmine-API-Key": secret}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask who we are: a wrong key would still see public issues."""
        return words(dig(client.get("users/current.json").body, "user", "login"))

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield issues by update; without status_id=* the closed ones would be missing. Steps by what the server gives."""
        asked: dict[str, Any] = {"status_id": "*", "sort": "updated_on,id", "limit": LIMIT}
        if since := since_of(cursor):
            asked["updated_on"] = f">={iso(since)}"
        if settings.get("project"):
            asked["project_id"] = settings["project"]
        offset = 0
        while True:
            body = client.get("issues.json", {**asked, "offset": offset}).body
            yield Page(tuple(dig(body, "issues") or ()))
            offset += int(dig(body, "limit") or LIMIT)
            if offset >= int(dig(body, "total_count") or 0):
                return

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an issue."""
        if settings.get("tracker") and words(dig(item, "tracker", "name")) != settings["tracker"]:
            return None
        name, is_closed = words(dig(item, "status", "name")), dig(item, "status", "is_closed")
        is_over = bool(is_closed) if is_closed is not None else dig(item, "closed_on") is not None
        made = record(
            {
                "tracker": dig(item, "tracker", "name"),
                "category": dig(item, "category", "name"),
                "project": dig(item, "project", "name"),
            },
            external_id=dig(item, "id"),
            title=dig(item, "subject"),
            description=words(dig(item, "description"), 64 * 1024),
            service=dig(item, "category", "name") or dig(item, "project", "name"),
            status="resolved" if is_over else "open" if name.casefold() in FRESH else "acknowledged",
            opened_at=when(dig(item, "created_on")),
            resolved_at=when(dig(item, "closed_on")),
            version_at=when(dig(item, "updated_on")),
            assignee=words(dig(item, "assigned_to", "name")),
            reporter=words(dig(item, "author", "name")),
        )
        return Found(made, words(dig(item, "priority", "name")))
