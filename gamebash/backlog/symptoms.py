"""What an incident looked like: a class from a short keyword list, and its title with the changing parts masked.

The list is short on purpose, so that anybody can read why an incident got its class. Order decides: the first class with
a keyword in the text wins, so the specific ones stand before the general ones.
"""

import re

KEYWORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sign-in", ("sign in", "sign-in", "signin", "log in", "login", "logging in", "authenticat", "saml", "sso", "oauth", "2fa", "token")),
    ("network", ("network", "dns", "connectivity", "packet loss", "routing", "cdn", "tls", "certificate")),
    ("capacity", ("capacity", "rate limit", "overload", "exhaust", "disk", "memory", "saturat", "scaling")),
    ("database", ("database", "mysql", "replication", "replica", "query", "queries", "primary failover")),
    ("delays", ("delay", "queue", "backlog", "lag", "stuck", "waiting", "late")),
    ("latency", ("latency", "slow", "timeout", "time out", "timing out", "timed out", "response time")),
    ("missing data", ("missing", "not showing", "not appear", "stale", "incorrect", "inconsistent", "out of date", "wrong")),
    ("dependency", ("provider", "upstream", "third party", "third-party", "vendor", "azure", "aws", "openai", "anthropic", "model")),
    ("change", ("deploy", "rollback", "rolled back", "roll back", "rolling back", "regression", "reverted", "configuration", "upgrade")),
    ("errors", ("error", "failing", "failure", "fail", "failed", "500", "502", "503", "504", "unable", "cannot", "broken")),
    ("outage", ("outage", "unavailable", "down", "not available", "availability", "disruption", "disrupted")),
    ("degraded", ("degraded", "degradation", "performance", "impact")),
)  # fmt: skip

OTHER = "other"

# A keyword counts at the start of a word: "lag" is found in "lagging", not in "flag".
_CLASSES = tuple((name, re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})")) for name, words in KEYWORDS)

_MASKS = (
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d)?\S*)?"), "<time>"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "<address>"),
    (re.compile(r"\"[^\"]{1,80}\"|'[^']{3,80}'|`[^`]{1,80}`"), "<name>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b"), "<id>"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "#"),
)


def symptom_of(*texts: str) -> str:
    """Return the symptom class of an incident from its title and whatever else was said of it."""
    text = " ".join(texts).casefold()
    return next((name for name, pattern in _CLASSES if pattern.search(text)), OTHER)


def normalised(title: str) -> str:
    """Return a title with numbers, ids, times, addresses and quoted names masked and case and spaces folded."""
    text = " ".join(title.casefold().split())
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text
