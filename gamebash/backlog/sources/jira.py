"""Jira Cloud and Jira Service Management: issues by JQL, paged by token."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gamebash.backlog.sources.connector import (
    BASE_URL,
    Connector,
    Found,
    Page,
    Setting,
    dig,
    labels,
    record,
    since_of,
    when,
    words,
)
from gamebash.core.http import Client

LIMIT = 100
FIELDS = (
    "summary", "description", "created", "updated", "resolutiondate", "status", "priority", "labels", "components",
    "assignee", "reporter", "resolution", "environment",
)  # fmt: skip
CATEGORIES = {"new": "open", "indeterminate": "acknowledged", "done": "resolved"}
USUAL = "issuetype = Incident"


class Jira(Connector):
    """Issues that a JQL condition finds."""

    kind = "jira"
    label = "Jira or Jira Service Management"
    settings = (
        BASE_URL,
        Setting("jql", "Which issues (JQL)", "A condition, such as project = OPS AND issuetype = Incident", USUAL),
        Setting("service_field", "Field of the service", "Empty for the first component", is_required=False),
        Setting("severity_field", "Field of the severity", "Empty for the priority", is_required=False),
        Setting("close_with", "Close when fixed by transition", "Its id; empty for a comment only", is_required=False),
    )
    severities = {
        "highest": "sev1", "blocker": "sev1", "high": "sev2", "critical": "sev2", "medium": "sev3", "major": "sev3",
        "low": "sev4", "minor": "sev4", "lowest": "sev5", "trivial": "sev5",
    }  # fmt: skip
    # JQL knows minutes only, and its search lags behind what was written.
    overlap = timedelta(minutes=15)
    can_comment = True
    credential_hint = "Basic and base64 of e-mail:token, or Bearer and an OAuth token."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in as the secret says."""
        return {"Authorization": secret if " " in secret.strip() else f"Bearer {secret}"}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask who we are."""
        return words(dig(client.get("rest/api/3/myself").body, "displayName")) or "somebody without a name"

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield issues by when they were updated; times in JQL are in the account's zone."""
        condition = f"({settings.get('jql') or USUAL})"
        if since := since_of(cursor):
            zone = words(dig(client.get("rest/api/3/myself").body, "timeZone")) or "UTC"
            condition += f' AND updated >= "{since.astimezone(ZoneInfo(zone)):%Y/%m/%d %H:%M}"'
        chosen = [name for name in (settings.get("service_field"), settings.get("severity_field")) if name]
        asked = {
            "jql": f"{condition} ORDER BY updated ASC",
            "fields": ",".join((*FIELDS, *chosen)),
            "maxResults": LIMIT,
            "expand": "changelog",
        }
        while True:
            body = client.get("rest/api/3/search/jql", asked).body
            yield Page(tuple(dig(body, "issues") or ()))
            token = dig(body, "nextPageToken")
            if not token or dig(body, "isLast"):
                return
            asked = {**asked, "nextPageToken": token}

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an issue; acknowledged and reopened are read from its changes of status."""
        fields = dig(item, "fields") or {}
        made = record(
            fields,
            external_id=dig(item, "id"),
            title=dig(fields, "summary"),
            description=document_text(dig(fields, "description")),
            url=_url(item),
            service=_named(dig(fields, settings.get("service_field") or "-")) or dig(fields, "components", 0, "name"),
            status=CATEGORIES.get(words(dig(fields, "status", "statusCategory", "key")), "open"),
            opened_at=when(dig(fields, "created")),
            acknowledged_at=_acknowledged(item),
            resolved_at=when(dig(fields, "resolutiondate")),
            version_at=when(dig(fields, "updated")),
            labels=(words(dig(item, "key"), 80), *labels(dig(fields, "labels"))),
            assignee=words(dig(fields, "assignee", "displayName")),
            reporter=words(dig(fields, "reporter", "displayName")),
            closure_code=words(dig(fields, "resolution", "name")),
            environment=words(document_text(dig(fields, "environment")), 80),
        )
        return Found(
            made, _named(dig(fields, settings.get("severity_field") or "-")) or words(dig(fields, "priority", "name"))
        )


def document_text(value: Any) -> str:
    """Return the text of a document tree (ADF), a line a block; plain text as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, (document_text(one) for one in value)))
    if isinstance(value, Mapping):
        own = str(value.get("text") or dig(value, "attrs", "url") or "")
        inner = value.get("content")
        if isinstance(inner, list):
            between = "" if value.get("type") in {"paragraph", "heading", "codeBlock"} else "\n"
            return own + between.join(document_text(one) for one in inner)
        return own
    return ""


def _named(value: Any) -> str:
    if isinstance(value, list):
        return _named(value[0]) if value else ""
    return words(dig(value, "value") or dig(value, "name") if isinstance(value, Mapping) else value)


def _url(item: Any) -> str:
    site, _, _ = words(dig(item, "self"), 500).partition("/rest/")
    return f"{site}/browse/{words(dig(item, 'key'))}" if site else ""


def _acknowledged(item: Any) -> datetime | None:
    """Return when its status first changed, which is when somebody took it up."""
    changes = [
        at
        for history in dig(item, "changelog", "histories") or ()
        if any(dig(one, "field") == "status" for one in dig(history, "items") or ())
        and (at := when(dig(history, "created")))
    ]
    return min(changes, default=None)
