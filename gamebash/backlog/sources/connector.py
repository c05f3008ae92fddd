"""What every kind of source tells the pull core: how to sign in, which pages to ask for, and what an item means.

A connector knows one vendor's protocol and nothing of databases. The core asks it for pages since a moment, maps each item,
writes, and keeps the cursor.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from dateutil import parser

from gamebash.backlog.records import IncidentRecord
from gamebash.core.http import Client, Response

TITLE, ID, SHORT, TEXT, URL = 300, 200, 120, 64 * 1024, 500
MOST_LABELS = 200
MILLISECONDS_FROM = 10**11
# How far back a new sync begins behind the newest change the source sent: its own search may lag.
OVERLAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Setting:
    """Something to be told about a source: its name in the settings, what it is called, a hint, and what is usual."""

    name: str
    label: str
    hint: str = ""
    usual: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """One item as an incident, with the source's own word for how bad it is, and whether it tells of a reopening."""

    record: IncidentRecord
    severity_word: str = ""
    is_reopened: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What one call brought: its items as sent, and what the cursor has to remember besides the newest change."""

    items: tuple[Any, ...]
    cursor: Mapping[str, Any] = field(default_factory=dict)


class ItemError(ValueError):
    """An item that cannot be read; the message says why."""


class Connector:
    """One kind of source. ``severities`` maps its words, in lower case, to sev1 … sev5."""

    kind: ClassVar[str]
    label: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]]
    severities: ClassVar[Mapping[str, str]] = {}
    overlap: ClassVar[timedelta] = OVERLAP
    can_comment: ClassVar[bool] = False
    # Whether pages come in the order of change, so that the cursor may move with each of them.
    is_ordered: ClassVar[bool] = True
    credential_hint: ClassVar[str] = "A token that may read."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Return the headers that sign in."""
        raise NotImplementedError

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Make the cheapest call that needs the token; return who it belongs to.

        Raises:
            RemoteError: where it does not work.
        """
        raise NotImplementedError

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield the pages that changed since the cursor's ``since`` (ISO 8601), oldest change first where the source can."""
        raise NotImplementedError

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Return what an item means, None for one that is no incident.

        Raises:
            ItemError: where it cannot be read.
        """
        raise NotImplementedError


BASE_URL = Setting("base_url", "Address", "Where its API is, such as https://example.org")


def since_of(cursor: Mapping[str, Any]) -> datetime | None:
    """Return the moment from which changes are asked for."""
    text = cursor.get("since")
    return datetime.fromisoformat(text) if text else None


def iso(moment: datetime) -> str:
    """Return a moment as vendors want it: UTC, whole seconds, with Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def when(value: Any) -> datetime | None:
    """Return the moment a source means, in UTC: ISO in its usual spellings, Unix seconds or milliseconds; None for none.

    Raises:
        ItemError: where it is no time.
    """
    if value in {None, "", 0} or (isinstance(value, str) and value.startswith("0001-01-01")):
        return None
    try:
        if isinstance(value, int | float) or str(value).isdigit():
            number = float(value)
            return datetime.fromtimestamp(number / 1000 if number > MILLISECONDS_FROM else number, UTC)
        text = str(value).removesuffix(" UTC").strip()
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = parser.parse(text)
    except (ValueError, OverflowError) as error:
        raise ItemError(f"{str(value)[:40]!r} is not a time") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def dig(item: Any, *path: str | int) -> Any:
    """Return what lies at a path in nested objects and lists, None where something on the way is missing."""
    for step in path:
        if isinstance(item, Mapping):
            item = item.get(str(step))
        elif isinstance(item, list) and isinstance(step, int) and -len(item) <= step < len(item):
            item = item[step]
        else:
            return None
    return item


def words(value: Any, most: int = SHORT) -> str:
    """Return a value as one text without control signs, shortened; nothing for None and for what is no text."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    text = "".join(sign for sign in str(value) if sign >= " " or sign in "\n\t")
    return text.strip()[:most]


def labels(values: Any) -> tuple[str, ...]:
    """Return labels as texts: of objects their name."""
    names = [words(dig(one, "name") if isinstance(one, Mapping) else one, 80) for one in values or ()]
    return tuple(name for name in names if name)[:MOST_LABELS]


def record(item: Any, **values: Any) -> IncidentRecord:
    """Return an incident record with every text cut to its length; what is unknown is left empty.

    Raises:
        ItemError: without an id or an opening time.
    """
    external_id, opened_at = words(values.pop("external_id"), ID), values.pop("opened_at")
    if not external_id:
        raise ItemError("it has no id")
    if opened_at is None:
        raise ItemError(f"{external_id} does not say when it was opened")
    title = words(values.pop("title"), TITLE).replace("\n", " ") or "Untitled"
    service = words(values.pop("service", ""), SHORT) or "Unknown service"
    made = IncidentRecord(external_id=external_id, title=title, service=service, opened_at=opened_at)
    status, resolved_at = values.pop("status"), values.pop("resolved_at", None)
    is_over = status == "resolved"
    lengths = {"description": TEXT, "url": URL}
    texts = {name: words(value, lengths.get(name, SHORT)) for name, value in values.items() if isinstance(value, str)}
    return replace(
        made,
        status=status,
        # A source may keep the closing time of what was opened again (Redmine does): it counts only while it is closed.
        resolved_at=resolved_at if is_over and resolved_at and resolved_at >= opened_at else None,
        extra=_rest(item),
        **{**values, **texts},
    )


def _rest(item: Any) -> dict[str, str]:
    """Return what has no field of its own, as sent, shortened: plain values and those one level deeper."""
    found: dict[str, str] = {}
    for name, value in item.items() if isinstance(item, Mapping) else ():
        inner = value.items() if isinstance(value, Mapping) else [("", value)]
        for deeper, text in inner:
            if kept := words(text, 200):
                found[f"{name}.{deeper}" if deeper else str(name)] = kept
    return dict(list(found.items())[:40])


def follow(client: Client, answer: Response) -> Response | None:
    """Return the page that the Link header names as next; None on the last."""
    address = answer.link("next")
    return client.get(address) if address else None
