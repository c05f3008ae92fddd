"""What the record of changes says of a story, in words after a name: "Mara proposed it"."""

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "proposed": "proposed it",
    "edited": "rewrote it",
    "made_ready": "made it ready",
    "noted": "left a note",
    "claimed": "claimed it",
    "taken_over": "took it over",
    "extended": "took more time",
    "released": "let it go",
    "let_go": "let it go",
    "submitted": "submitted a fix",
    "sent_back": "sent the fix back",
    "accepted": "accepted the fix",
    "added": "put it on a board",
    "taken_off": "took it off the board",
    "scheduled": "put it on a board",
    "deployed": "said when it went out",
    "watched": "began to watch it",
    "held": "saw that it held",
    "recurred": "saw it come back",
    "unscheduled": "took it off the board",
}


def words_of(tag: str, detail: Mapping[str, Any]) -> str:
    """Return an audit tag such as ``story:dropped`` in words, with the reason where one was given."""
    action = tag.partition(":")[2]
    words = _WORDS.get(action) or f"{action.replace('_', ' ')} it"
    reason = str(detail.get("reason") or "")
    return f"{words}: {reason}" if reason else words
