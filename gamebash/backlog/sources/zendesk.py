"""Zendesk tickets of type incident, by its incremental export, which gives a cursor of its own."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
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
    when,
    words,
)
from gamebash.core.http import Client

STATES = {
    "new": "open", "open": "open", "pending": "acknowledged", "hold": "acknowledged", "solved": "resolved",
    "closed": "resolved", "deleted": "resolved",
}  # fmt: skip
# The export refuses a start less than a minute ago.
LEAST_AGE = timedelta(minutes=2)


class Zendesk(Connector):
    """Tickets that are incidents."""

    kind = "zendesk"
    label = "Zendesk tickets"
    settings = (
        BASE_URL,
        Setting("types", "Types of ticket", "With commas: incident, problem", "incident", is_required=False),
        Setting("service_field", "Id of the service field", "Empty for the first tag", is_required=False),
    )
    severities = {"urgent": "sev1", "high": "sev2", "normal": "sev3", "low": "sev4"}
    is_ordered = False
    credential_hint = "Basic and base64 of mail/token:key, or Bearer and a token; admin rights are needed."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in as the secret says."""
        return {"Authorization": secret if " " in secret.strip() else f"Bearer {secret}"}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask who we are."""
        return words(dig(client.get("api/v2/users/me.json").body, "user", "name"))

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield tickets from where the last sync ended, until the stream ends."""
        after = words(cursor.get("after"), 2_000)
        long_ago = int(min(datetime(2000, 1, 1, tzinfo=UTC), datetime.now(UTC) - LEAST_AGE).timestamp())
        while True:
            asked = {"cursor": after} if after else {"start_time": long_ago}
            body = client.get("api/v2/incremental/tickets/cursor.json", {**asked, "include": "metric_sets"}).body
            after = words(dig(body, "after_cursor"), 2_000) or after
            metrics = {dig(one, "ticket_id"): one for one in dig(body, "metric_sets") or ()}
            tickets = [{**one, "metric_set": metrics.get(one.get("id"))} for one in dig(body, "tickets") or ()]
            yield Page(tuple(tickets), {"after": after} if after else {})
            if dig(body, "end_of_stream") or not dig(body, "after_cursor"):
                return

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map a ticket; other types are no incidents."""
        types = {one.strip() for one in (settings.get("types") or "incident").split(",")}
        if words(dig(item, "type")) not in types:
            return None
        fields = {words(dig(one, "id")): words(dig(one, "value")) for one in dig(item, "custom_fields") or ()}
        tags, state = labels(dig(item, "tags")), words(dig(item, "status"))
        made = record(
            item,
            external_id=dig(item, "id"),
            title=dig(item, "subject"),
            description=words(dig(item, "description"), 64 * 1024),
            service=fields.get(settings.get("service_field", "")) or (tags[0] if tags else ""),
            status=STATES.get(state, "open"),
            opened_at=when(dig(item, "created_at")),
            acknowledged_at=when(dig(item, "metric_set", "assigned_at")),
            resolved_at=when(dig(item, "metric_set", "solved_at")) or when(dig(item, "updated_at")),
            version_at=when(dig(item, "updated_at")),
            labels=tags,
            closure_code="deleted" if state == "deleted" else "",
            reopen_count=int(dig(item, "metric_set", "reopens") or 0),
        )
        return Found(made, words(dig(item, "priority")))
