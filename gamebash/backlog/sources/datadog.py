"""Datadog incidents: the list has no filter by change, so every sync walks it."""

from collections.abc import Iterator, Mapping
from typing import Any

from gamebash.backlog.sources.connector import BASE_URL, Connector, Found, Page, dig, record, when, words
from gamebash.core.http import Client

LIMIT = 100
STATES = {"active": "open", "stable": "acknowledged", "resolved": "resolved", "completed": "resolved"}


class Datadog(Connector):
    """Incidents of a Datadog organisation."""

    kind = "datadog"
    label = "Datadog incidents"
    settings = (BASE_URL,)
    severities = {f"sev-{number}": f"sev{number}" for number in range(1, 6)}
    is_ordered = False
    credential_hint = "API key and application key with a colon between."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by both keys."""
        key, _, application = secret.partition(":")
        return {"DD-API-KEY": key.strip(), "DD-APPLICATION-KEY": application.strip()}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask whether the key is valid."""
        return "a valid key" if dig(client.get("api/v1/validate").body, "valid") else "a key that is not valid"

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield all incidents; what did not change is found unchanged."""
        offset = 0
        while True:
            body = client.get("api/v2/incidents", {"page[size]": LIMIT, "page[offset]": offset}).body
            items = tuple(dig(body, "data") or ())
            yield Page(items)
            following = int(dig(body, "meta", "pagination", "next_offset") or 0)
            if len(items) < LIMIT or following <= offset:
                return
            offset = following

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an incident; severity and state stand as attributes, or inside its fields."""
        attributes = dig(item, "attributes") or {}
        seconds = dig(attributes, "customer_impact_duration")
        made = record(
            {
                "public_id": dig(attributes, "public_id"),
                "detection": dig(attributes, "fields", "detection_method", "value"),
            },
            external_id=dig(item, "id"),
            title=dig(attributes, "title"),
            service=dig(attributes, "fields", "services", "value", 0),
            status=STATES.get(_value(attributes, "state").casefold(), "open"),
            opened_at=when(dig(attributes, "detected")) or when(dig(attributes, "created")),
            resolved_at=when(dig(attributes, "resolved")),
            version_at=when(dig(attributes, "modified")),
            closure_code=words(dig(attributes, "fields", "root_cause", "value")),
            impact_minutes=int(seconds) // 60 if isinstance(seconds, int | float) and seconds >= 0 else None,
        )
        return Found(made, _value(attributes, "severity"))


def _value(attributes: Any, name: str) -> str:
    return words(dig(attributes, name)) or words(dig(attributes, "fields", name, "value"))
