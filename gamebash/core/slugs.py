"""Names in addresses: small letters, digits and dashes."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 60


def slug_of(text: str, otherwise: str) -> str:
    """Return a text as it stands in an address; what has no Latin letters or digits becomes ``otherwise``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-") or otherwise


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """Return the wanted slug, or with the next free number behind it."""
    number = 2
    slug = wanted
    while slug in taken:
        slug = f"{wanted}-{number}"
        number += 1
    return slug
