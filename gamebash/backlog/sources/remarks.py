"""How each tracker is told something about one of its records: the comment, what was said already, and closing.

Only trackers that people read are here; a pager's alerts are over when a fix is accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from gamebash.backlog.sources.connector import dig, iso, words
from gamebash.backlog.sources.jira import document_text
from gamebash.core.http import Client, RefusedError

LIMIT = 100
LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ticket:
    """A record at its source, by what was kept of it."""

    external_id: str
    url: str
    extra: Mapping[str, Any]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent: the method, the path below the source's address, the JSON."""

    method: str
    path: str
    body: Mapping[str, Any]


class Tracker:
    """One kind of tracker. Each method raises RefusedError where what was kept does not say which record is meant."""

    kind: ClassVar[str]

    def comment(self, ticket: Ticket, text: str) -> Call:
        """Return the call that comments."""
        raise NotImplementedError

    def comments(self, client: Client, ticket: Ticket, since: datetime) -> list[str]:
        """Return what was said since a moment, at least the newest.

        Raises:
            RemoteError: where it cannot be read.
        """
        raise NotImplementedError

    def close(self, ticket: Ticket, chosen: str) -> Call:
        """Return the call that closes; ``chosen`` is what the settings say of how."""
        raise NotImplementedError


class GitHubTracker(Tracker):
    """Issues of a repository, by their number."""

    kind = "github"

    def comment(self, ticket: Ticket, text: str) -> Call:
        """Comment on an issue."""
        return Call("POST", f"{self._path(ticket)}/comments", {"body": text})

    def comments(self, client: Client, ticket: Ticket, since: datetime) -> list[str]:
        """Read the comments since a moment: they come oldest first."""
        answer = client.get(f"{self._path(ticket)}/comments", {"since": iso(since), "per_page": LIMIT})
        return [words(dig(one, "body"), LONGEST) for one in answer.body or ()]

    def close(self, ticket: Ticket, chosen: str) -> Call:
        """Close an issue as completed."""
        return Call("PATCH", self._path(ticket), {"state": "closed", "state_reason": "completed"})

    def _path(self, ticket: Ticket) -> str:
        number = words(ticket.extra.get("number")) or ticket.url.rpartition("/")[2]
        if not number.isdigit():
            raise RefusedError("The number of the issue is not known.")
        return f"repos/{ticket.settings['repository']}/issues/{number}"


class GitLabTracker(Tracker):
    """Issues of a project, by the project's path and their number in it."""

    kind = "gitlab"

    def comment(self, ticket: Ticket, text: str) -> Call:
        """Add a note to an issue."""
        return Call("POST", f"{self._path(ticket)}/notes", {"body": text})

    def comments(self, client: Client, ticket: Ticket, since: datetime) -> list[str]:
        """Read the newest notes."""
        asked = {"order_by": "created_at", "sort": "desc", "per_page": LIMIT}
        answer = client.get(f"{self._path(ticket)}/notes", asked)
        return [words(dig(one, "body"), LONGEST) for one in answer.body or ()]

    def close(self, ticket: Ticket, chosen: str) -> Call:
        """Close an issue."""
        return Call("PUT", self._path(ticket), {"state_event": "close"})

    def _path(self, ticket: Ticket) -> str:
        project, _, number = words(ticket.extra.get("reference")).partition("#")
        if not number:
            project, _, number = urlsplit(ticket.url).path.strip("/").partition("/-/issues/")
        if not project or not number.isdigit():
            raise RefusedError("The project and number of the issue are not known.")
        return f"api/v4/projects/{quote(project, safe='')}/issues/{number}"


class JiraTracker(Tracker):
    """Issues by their lasting id; closed by the transition whose id the settings name."""

    kind = "jira"

    def comment(self, ticket: Ticket, text: str) -> Call:
        """Comment, as a document."""
        paragraphs = [
            {"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.splitlines() if line
        ]
        return Call(
            "POST", f"{self._path(ticket)}/comment", {"body": {"type": "doc", "version": 1, "content": paragraphs}}
        )

    def comments(self, client: Client, ticket: Ticket, since: datetime) -> list[str]:
        """Read the newest comments."""
        answer = client.get(f"{self._path(ticket)}/comment", {"orderBy": "-created", "maxResults": LIMIT})
        return [document_text(dig(one, "body")) for one in dig(answer.body, "comments") or ()]

    def close(self, ticket: Ticket, chosen: str) -> Call:
        """Take the issue through a transition."""
        return Call("POST", f"{self._path(ticket)}/transitions", {"transition": {"id": chosen}})

    def _path(self, ticket: Ticket) -> str:
        return f"rest/api/3/issue/{quote(ticket.external_id, safe='')}"


class RedmineTracker(Tracker):
    """Issues by their number; closed by the status whose id the settings name."""

    kind = "redmine"

    def comment(self, ticket: Ticket, text: str) -> Call:
        """Add a note."""
        return Call("PUT", self._path(ticket), {"issue": {"notes": text}})

    def comments(self, client: Client, ticket: Ticket, since: datetime) -> list[str]:
        """Read the journal."""
        answer = client.get(self._path(ticket), {"include": "journals"})
        return [words(dig(one, "notes"), LONGEST) for one in dig(answer.body, "issue", "journals") or ()]

    def close(self, ticket: Ticket, chosen: str) -> Call:
        """Give the issue a status."""
        return Call("PUT", self._path(ticket), {"issue": {"status_id": chosen}})

    def _path(self, ticket: Ticket) -> str:
        return f"issues/{quote(ticket.external_id, safe='')}.json"


TRACKERS: dict[str, Tracker] = {
    one.kind: one for one in (GitHubTracker(), GitLabTracker(), JiraTracker(), RedmineTracker())
}
