"""GitHub issues of one repository; pull requests, which stand in the same list, are left out."""

from collections.abc import Iterator, Mapping
from typing import Any

from gamebash.backlog.sources.connector import (
    Connector,
    Found,
    Page,
    Setting,
    dig,
    follow,
    iso,
    labels,
    record,
    since_of,
    when,
    words,
)
from gamebash.core.http import Client, Response

LIMIT = 100
SERVICE_LABELS = ("service/", "service:", "component/", "area/")


class GitHub(Connector):
    """Issues of a repository."""

    kind = "github"
    label = "GitHub issues"
    settings = (
        Setting("base_url", "Address", "api.github.com, or your own server's /api/v3", "https://api.github.com"),
        Setting("repository", "Repository", "owner/name"),
        Setting("labels", "Only with these labels", "With commas; empty for all", is_required=False),
        Setting(
            "close_with",
            "Close when fixed",
            "yes: close what is open when its fix is accepted; empty: comment",
            is_required=False,
        ),
    )
    severities = {
        "sev1": "sev1", "p0": "sev1", "critical": "sev1", "sev2": "sev2", "p1": "sev2", "high": "sev2", "sev3": "sev3",
        "p2": "sev3", "sev4": "sev4", "p3": "sev4", "low": "sev4", "sev5": "sev5", "p4": "sev5",
    }  # fmt: skip
    can_comment = True
    credential_hint = "A token that may read issues."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by token."""
        return {
            "Authorization": f"Bearer {secret}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask who we are, and for the repository."""
        client.get(f"repos/{settings['repository']}")
        return words(dig(client.get("user").body, "login")) or "a token without a user"

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield issues by update."""
        asked = {"state": "all", "sort": "updated", "direction": "asc", "per_page": LIMIT}
        if since := since_of(cursor):
            asked["since"] = iso(since)
        if settings.get("labels"):
            asked["labels"] = settings["labels"]
        answer: Response | None = client.get(f"repos/{settings['repository']}/issues", asked)
        while answer is not None:
            yield Page(tuple(answer.body or ()))
            answer = follow(client, answer)

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an issue."""
        if dig(item, "pull_request"):
            return None
        return issue(item, settings.get("repository", ""))


def issue(item: Any, repository: str) -> Found:
    """Map an issue as the API and webhooks send it."""
    names = labels(dig(item, "labels"))
    made = record(
        {"number": dig(item, "number"), "milestone": dig(item, "milestone", "title")},
        external_id=dig(item, "id"),
        title=dig(item, "title"),
        description=words(dig(item, "body"), 64 * 1024),
        url=words(dig(item, "html_url"), 500),
        service=service_of(names) or repository,
        status="resolved" if dig(item, "state") == "closed" else "open",
        opened_at=when(dig(item, "created_at")),
        resolved_at=when(dig(item, "closed_at")),
        version_at=when(dig(item, "updated_at")),
        labels=names,
        assignee=", ".join(words(dig(one, "login")) for one in dig(item, "assignees") or ()),
        reporter=words(dig(item, "user", "login")),
        closure_code=words(dig(item, "state_reason")),
    )
    return Found(made, severity_word(names, GitHub.severities))


def service_of(names: tuple[str, ...]) -> str:
    """Return the service that a label names."""
    return next(
        (
            name[len(mark) :].strip(": ")
            for name in names
            for mark in SERVICE_LABELS
            if name.casefold().startswith(mark)
        ),
        "",
    )


def severity_word(names: tuple[str, ...], known: Mapping[str, str]) -> str:
    """Return the worst label that speaks of severity, also as the end of ``severity/high``."""
    ends = [
        name.casefold().replace(":", "/").rpartition("/")[2].strip().replace(" ", "").replace("-", "") for name in names
    ]
    return min((end for end in ends if end in known), key=lambda end: known[end], default="")
