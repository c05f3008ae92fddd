"""ServiceNow, Table API: rows of the incident table, walked on by when they were updated."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gamebash.backlog.sources.connector import (
    BASE_URL,
    Connector,
    Found,
    ItemError,
    Page,
    Setting,
    dig,
    labels,
    record,
    since_of,
    when,
    words,
)
from gamebash.core.http import Client, RefusedError

LIMIT = 500
FIELDS = (
    "sys_id,number,short_description,description,state,priority,opened_at,resolved_at,closed_at,sys_updated_on,business_service,"
    "cmdb_ci,category,subcategory,assigned_to,assignment_group,caller_id,close_code,reopen_count,location"
)
STATES = {"1": "open", "2": "acknowledged", "3": "acknowledged", "6": "resolved", "7": "resolved", "8": "resolved"}
CANCELLED = "8"


class ServiceNow(Connector):
    """Rows of an incident table."""

    kind = "servicenow"
    label = "ServiceNow"
    settings = (BASE_URL, Setting("table", "Table", "Usually incident", "incident", is_required=False))
    severities = {str(number): f"sev{number}" for number in range(1, 6)}
    overlap = timedelta(minutes=15)
    credential_hint = "Basic and base64 of user:password, or Bearer and an OAuth token."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in as the secret says."""
        return {"Authorization": secret if " " in secret.strip() else f"Bearer {secret}"}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask for one row."""
        answer = client.get(_path(settings), {"sysparm_limit": 1, "sysparm_fields": "number"})
        return f"an account that sees {answer.headers.get('x-total-count', 'some')} rows"

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield rows by update; a page may be short since rows the account may not read are taken out after paging."""
        since, offset = since_of(cursor), 0
        condition = f"sys_updated_on>={since.astimezone(UTC):%Y-%m-%d %H:%M:%S}^" if since else ""
        while True:
            asked = {
                "sysparm_query": f"{condition}ORDERBYsys_updated_on^ORDERBYsys_id", "sysparm_fields": FIELDS,
                "sysparm_limit": LIMIT, "sysparm_offset": offset, "sysparm_display_value": "all",
                "sysparm_exclude_reference_link": "true",
            }  # fmt: skip
            answer = client.get(_path(settings), asked)
            items = tuple(dig(answer.body, "result") or ())
            _check_filter(items, since)
            yield Page(items)
            offset += LIMIT
            if offset >= int(answer.headers.get("x-total-count") or 0) and not answer.link("next"):
                return

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map a row; codes are read raw, names as displayed, times raw, since those are UTC."""
        state = _raw(item, "state")
        made = record(
            {name: _shown(item, name) for name in ("subcategory", "location", "category") if _shown(item, name)},
            external_id=_raw(item, "sys_id"),
            title=_shown(item, "short_description"),
            description=_raw(item, "description"),
            service=_shown(item, "business_service") or _shown(item, "cmdb_ci") or _shown(item, "category"),
            status=STATES.get(state, "acknowledged"),
            opened_at=when(_raw(item, "opened_at")),
            resolved_at=when(_raw(item, "resolved_at")) or when(_raw(item, "closed_at")),
            version_at=when(_raw(item, "sys_updated_on")),
            labels=labels([_shown(item, "number"), _shown(item, "category"), _shown(item, "subcategory")]),
            assignee=_shown(item, "assigned_to") or _shown(item, "assignment_group"),
            reporter=_shown(item, "caller_id"),
            closure_code="cancelled" if state == CANCELLED else _shown(item, "close_code"),
            reopen_count=int(_raw(item, "reopen_count") or 0) if _raw(item, "reopen_count").isdigit() else 0,
        )
        return Found(made, _raw(item, "priority")[:1])


def _path(settings: Mapping[str, str]) -> str:
    return f"api/now/table/{settings.get('table') or 'incident'}"


def _check_filter(items: tuple[Any, ...], since: datetime | None) -> None:
    """Stop where an invalid part of the query was dropped in silence: the first row has to satisfy it."""
    if since is None or not items:
        return
    try:
        first = when(_raw(items[0], "sys_updated_on"))
    except ItemError:
        first = None
    if first is None or first < since - timedelta(seconds=1):
        raise RefusedError("ServiceNow did not apply the filter on sys_updated_on. May the account read that field?")


def _raw(item: Any, name: str) -> str:
    value = dig(item, name)
    return words(dig(value, "value") if isinstance(value, Mapping) else value, 64 * 1024)


def _shown(item: Any, name: str) -> str:
    value = dig(item, name)
    return words(dig(value, "display_value") or dig(value, "value") if isinstance(value, Mapping) else value, 300)
