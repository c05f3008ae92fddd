"""Cells as text: Unicode in one form, without control signs; nothing in them is interpreted."""

import re
import unicodedata
from typing import Any

MISSING = frozenset({"", "?", "n/a", "na", "null", "none", "-", "unknown"})
LONGEST_MISSING = 7
TEXTS = ("message", "body", "text", "name", "value")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def text_of(value: Any) -> str:
    """Return a cell as text: of a list the first entry (an incident has one service), of an update what it says."""
    if type(value) is str:
        text = value.strip()
        if len(text) <= LONGEST_MISSING and text.casefold() in MISSING:
            return ""
        return text if text.isascii() and text.isprintable() else clean(text)
    if value is None:
        return ""
    if isinstance(value, list):
        return text_of(value[0]) if value else ""
    if isinstance(value, dict):
        return next((text_of(value[name]) for name in TEXTS if name in value), clean(str(value)))
    return text_of(str(value))


def clean(text: str) -> str:
    """Return a text without control signs and broken bytes, in Unicode's composed form."""
    return unicodedata.normalize("NFC", _CONTROL.sub("", text)).strip()
