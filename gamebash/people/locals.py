"""Where to go next: only to places of this site."""

from urllib.parse import urlsplit


def local_path(target: str | None, otherwise: str) -> str:
    """Return a path of this site as asked for, or the other one; never another host, however it is written."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(sign in target for sign in "\\\r\n\t\x00"):
        return otherwise
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else otherwise
