"""What of the list of watches an address asks for."""

from collections.abc import Mapping

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
