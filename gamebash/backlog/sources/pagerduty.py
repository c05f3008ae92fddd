"""PagerDuty, REST API v2: incidents by creation, and those that changed since by the log of what happened to them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from gamebash.backlog.sources.connector import (
    BASE_URL,
    Connector,
    Found,
    Page,
    dig,
    iso,
    labels,
    record,
    since_of,
    when,
    words,
)
from gamebash.core.http import Client

LIMIT = 100
# Offset and limit together may not pass this; the time range is cut where it would.
WINDOW = 10_000
STATES = {"triggered": "open", "acknowledged": "acknowledged", "resolved": "resolved"}
A_SECOND = timedelta(seconds=1)


class PagerDuty(Connector):
    """Incidents of a PagerDuty account."""

    kind = "pagerduty"
    label = "PagerDuty"
    settings = (BASE_URL,)
    severities = {"p1": "sev1", "p2": "sev2", "p3": "sev3", "p4": "sev4", "p5": "sev5", "high": "sev2", "low": "sev4"}
    is_ordered = False
    credential_hint = "A read-only REST API key."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by token."""
        return {
            "Authorization": f"Token token={secret}",
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Content-Type": "application/json",
        }

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask for what the account may do."""
        return f"an account with {len(dig(client.get('abilities').body, 'abilities') or ())} abilities"

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield incidents created since; after the first sync also those that something happened to since."""
        since = since_of(cursor)
        yield from self._created(client, {"since": iso(since)} if since else {"date_range": "all"})
        if since:
            yield from self._changed(client, iso(since))

    def _created(self, client: Client, span: dict[str, str]) -> Iterator[Page]:
        offset = 0
        while True:
            asked = {**span, "limit": LIMIT, "offset": offset, "sort_by": "created_at:asc", "time_zone": "UTC"}
            body = client.get("incidents", asked).body
            items = tuple(dig(body, "incidents") or ())
            yield Page(items)
            if not dig(body, "more"):
                return
            offset += int(dig(body, "limit") or LIMIT)
            if offset + LIMIT > WINDOW and items and (last := when(dig(items[-1], "created_at"))):
                span, offset = {"since": iso(last - A_SECOND)}, 0

    def _changed(self, client: Client, since: str) -> Iterator[Page]:
        offset = 0
        seen: set[str] = set()
        while True:
            asked = {"since": since, "is_overview": "true", "limit": LIMIT, "offset": offset, "time_zone": "UTC"}
            body = client.get("log_entries", asked).body
            ids = [words(dig(entry, "incident", "id")) for entry in dig(body, "log_entries") or ()]
            fresh = [one for one in dict.fromkeys(ids) if one and one not in seen]
            seen.update(fresh)
            yield Page(tuple(dig(client.get(f"incidents/{one}").body, "incident") for one in fresh))
            if not dig(body, "more"):
                return
            offset += int(dig(body, "limit") or LIMIT)

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an incident; merged into another one counts as a duplicate."""
        reason = words(dig(item, "resolve_reason", "type"))
        acknowledged = [at for one in dig(item, "acknowledgements") or () if (at := when(dig(one, "at")))]
        assignees = [words(dig(one, "assignee", "summary")) for one in dig(item, "assignments") or ()]
        made = record(
            item,
            external_id=dig(item, "id"),
            url=words(dig(item, "html_url"), 500),
            title=dig(item, "title") or dig(item, "summary"),
            description=words(dig(item, "body", "details"), 64 * 1024),
            service=dig(item, "service", "summary"),
            status=STATES.get(words(dig(item, "status")), "open"),
            opened_at=when(dig(item, "created_at")),
            acknowledged_at=min(acknowledged, default=None),
            resolved_at=when(dig(item, "resolved_at")) or when(dig(item, "last_status_change_at")),
            version_at=max(
                filter(None, (when(dig(item, "updated_at")), when(dig(item, "last_status_change_at")))), default=None
            ),
            labels=labels([dig(one, "summary") for one in dig(item, "teams") or ()]),
            assignee=", ".join(filter(None, assignees)),
            closure_code="duplicate" if "merge" in reason else reason,
        )
        return Found(made, words(dig(item, "priority", "summary")) or words(dig(item, "urgency")))
