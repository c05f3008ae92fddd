"""What of the list of watches an address asks for, and when a change went out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import current_app

from gamebash.core.days import moment_of
from gamebash.core.errors import InvalidError
from gamebash.core.paging import page_number
from gamebash.watch.queries.listing import LONGEST_SEARCH, Show, WatchFilter


def filter_from(values: Mapping[str, str]) -> WatchFilter:
    """Read the filter from the address; what it asks in nonsense is left out."""
    show = values.get("show", "")
    return WatchFilter(
        show=Show(show) if show in set(Show) else Show.ALL,
        words=" ".join(values.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
        service=values.get("service", "").replace("\0", ""),
        event=values.get("event", "").replace("\0", ""),
        page=page_number(values.get("page")),
    )


def deploy_time(text: str) -> datetime:
    """Read a local time, as a browser sends it, as the installation's own.

    Raises:
        InvalidError: where it is no time.
    """
    found = moment_of(text)
    if found is None:
        raise InvalidError("Say the day and the time at which it went out.")
    zone = ZoneInfo(str(current_app.config["GAMEBASH_TIMEZONE"]))
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
