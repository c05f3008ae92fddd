"""GitLab issues and incidents of a project or a group."""

from collections.abc import Iterator, Mapping
from typing import Any

from gamebash.backlog.sources.connector import (
    Connector,
    Found,
    Page,
    Setting,
    dig,
    iso,
    labels,
    record,
    since_of,
    when,
    words,
)
from gamebash.backlog.sources.github import GitHub, service_of, severity_word
from gamebash.core.http import Client

LIMIT = 100


class GitLab(Connector):
    """Incidents of a project or group."""

    kind = "gitlab"
    label = "GitLab incidents"
    settings = (
        Setting("base_url", "Address", "gitlab.com, or your own server", "https://gitlab.com"),
        Setting("scope", "Project or group", "projects/123, or groups/shop", "projects/"),
        Setting("issue_type", "Kind", "incident, or issue", "incident", is_required=False),
        Setting(
            "close_with",
            "Close when fixed",
            "yes: close what is open when its fix is accepted; empty: comment",
            is_required=False,
        ),
    )
    severities = {**GitHub.severities, "medium": "sev3"}
    can_comment = True
    credential_hint = "A token with read_api."

    def headers(self, settings: Mapping[str, str], secret: str) -> dict[str, str]:
        """Sign in by token."""
        return {"PRIVATE-TOKEN": secret}

    def check(self, client: Client, settings: Mapping[str, str]) -> str:
        """Ask who we are."""
        return words(dig(client.get("api/v4/user").body, "username"))

    def pages(self, client: Client, settings: Mapping[str, str], cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Yield issues by update; without scope=all only one's own would come."""
        asked: dict[str, Any] = {
            "issue_type": settings.get("issue_type") or "incident", "scope": "all", "order_by": "updated_at",
            "sort": "asc", "per_page": LIMIT, "page": 1,
        }  # fmt: skip
        if since := since_of(cursor):
            asked["updated_after"] = iso(since)
        while True:
            answer = client.get(f"api/v4/{settings['scope'].strip('/')}/issues", asked)
            yield Page(tuple(answer.body or ()))
            following = answer.headers.get("x-next-page", "")
            if not following:
                return
            asked = {**asked, "page": following}

    def found(self, item: Any, settings: Mapping[str, str]) -> Found | None:
        """Map an issue."""
        return issue(item)


def issue(item: Any, project: str = "") -> Found:
    """Map an issue as the API sends it."""
    names = labels(dig(item, "labels"))
    reference = words(dig(item, "references", "full"))
    made = record(
        {"reference": reference, "milestone": dig(item, "milestone", "title")},
        external_id=dig(item, "id"),
        title=dig(item, "title"),
        description=words(dig(item, "description"), 64 * 1024),
        url=words(dig(item, "web_url") or dig(item, "url"), 500),
        service=service_of(names) or project or reference.partition("#")[0],
        status="resolved" if dig(item, "state") == "closed" else "open",
        opened_at=when(dig(item, "created_at")),
        resolved_at=when(dig(item, "closed_at")),
        version_at=when(dig(item, "updated_at")),
        labels=names,
        assignee=", ".join(words(dig(one, "username")) for one in dig(item, "assignees") or ()),
        reporter=words(dig(item, "author", "username")),
    )
    word = words(dig(item, "severity")).casefold()
    return Found(made, word if word not in {"", "unknown"} else severity_word(names, GitLab.severities))
