"""Opsgenie alerts, and Jira Service Management operations, which answers in the same shape."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

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
PLAIN = "v2/alerts"


class Opsgenie(Connector):
    """Alerts of an Opsgenie account."""

    kind = "opsgenie"
    label = "Opsgenie or JSM operations"
    settings = (
        BASE_URL,
        Setting(
            "path", "Path of alerts", "For JSM operations: jsm/ops/api/{cloudId}/v1/alerts", PLAIN, is_required=False
        ),
    )
    severities = {f"p{number}": f"sev{number}" for number in range(1, 6)}
    credential_hint = "An API key that may read alerts; for JSM: Basic or Bearer and its value."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by GenieKey, or as the secret itself says."""
        return {"Authorization": secret if " " in secret.strip() else f"GenieKey {secret}"}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask for the account."""
        if _path(settings) != PLAIN:
            return (
                f"an account with {len(dig(client.get(_path(settings), {'limit': 1}).body, 'data') or ())} alert to see"
            )
        return f"the account {words(dig(client.get('v2/account').body, 'data', 'name'))}"

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield alerts by when they were updated, each asked for whole, since the list leaves out its details."""
        asked: dict[str, Any] = {"limit": LIMIT, "sort": "updatedAt", "order": "asc"}
        if since := since_of(cursor):
            asked["query"] = f"updatedAt > {int(since.timestamp() * 1000)}"
        answer = client.get(_path(settings), asked)
        while True:
            ids = [words(dig(one, "id")) for one in dig(answer.body, "data") or ()]
            yield Page(tuple(dig(client.get(f"{_path(settings)}/{one}").body, "data") for one in ids))
            address = words(dig(answer.body, "paging", "next"), 2_000)
            if not address:
                return
            answer = client.get(address)

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an alert; its report gives durations in milliseconds from its creation, not times."""
        opened = when(dig(item, "createdAt"))
        is_over = dig(item, "status") == "closed"
        made = record(
            item,
            external_id=dig(item, "id"),
            title=dig(item, "message"),
            description=words(dig(item, "description"), 64 * 1024),
            service=dig(item, "details", "service") or dig(item, "entity") or dig(item, "responders", 0, "name"),
            status="resolved" if is_over else "acknowledged" if dig(item, "acknowledged") else "open",
            opened_at=opened,
            acknowledged_at=_after(opened, dig(item, "report", "ackTime")),
            resolved_at=_after(opened, dig(item, "report", "closeTime")) or when(dig(item, "updatedAt")),
            version_at=when(dig(item, "updatedAt")),
            labels=labels(dig(item, "tags")),
            assignee=words(dig(item, "owner")),
            reporter=words(dig(item, "source")),
            environment=words(dig(item, "details", "env"), 80),
        )
        return Found(made, words(dig(item, "priority")))


def _path(settings: Mapping[str, str]) -> str:
    return settings.get("path") or PLAIN


def _after(opened: datetime | None, milliseconds: Any) -> datetime | None:
    return opened + timedelta(milliseconds=float(milliseconds)) if opened and milliseconds else None
