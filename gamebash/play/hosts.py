"""Reading a change at its Git host: opened, merged, and when it went out. Knows two hosts' protocols and nothing of databases.

GitHub: pull requests, their commits (oldest first), deployments of the merge commit with their statuses; else the first successful
deployment to production that holds that commit (compare). GitLab: merge requests, their commits (newest first), and the first
successful deployment to production that shipped the merge request.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from gamebash.backlog.sources.connector import dig, iso, when
from gamebash.core.http import Client
from gamebash.play.kinds import ChangeState

DEPLOYMENTS_READ = 5
COMMITS = 100
PRODUCTION = "production"
HOSTED = {"api.github.com": "github.com"}


@dataclass(frozen=True, slots=True)
class ChangeRef:
    """Which change: the kind of host, its project, and its number there."""

    kind: str
    project: str
    number: int


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change as its host has it; times that are not known are empty."""

    state: ChangeState
    opened_at: datetime | None
    first_commit_at: datetime | None
    merged_at: datetime | None
    deployed_at: datetime | None


def ref_of(change_url: str, kind: str, base_url: str) -> ChangeRef | None:
    """Return the change that a link means, where it lies at the host that is asked at ``base_url``; None where it does not."""
    link, base = urlsplit(change_url), urlsplit(base_url)
    if link.netloc.casefold() != HOSTED.get(base.netloc.casefold(), base.netloc.casefold()):
        return None
    words = {"github": "/pull/", "gitlab": "/-/merge_requests/"}.get(kind, "\0")
    project, found, rest = link.path.partition(words)
    number = rest.partition("/")[0]
    if not found or not number.isdecimal() or not project.strip("/"):
        return None
    return ChangeRef(kind, project.strip("/"), int(number))


def read_change(client: Client, ref: ChangeRef) -> ChangeFacts:
    """Ask a host for a change.

    Raises:
        RemoteError: where the host does not answer as it should.
        ItemError: where it sends what cannot be read.
    """
    return _READERS[ref.kind](client, ref)


def _read_github(client: Client, ref: ChangeRef) -> ChangeFacts:
    repository = f"repos/{ref.project}"
    change = client.get(f"{repository}/pulls/{ref.number}").body
    commits = client.get(f"{repository}/pulls/{ref.number}/commits", {"per_page": 1}).body
    merged_at = when(dig(change, "merged_at"))
    deployed_at = _github_deploy(client, repository, str(dig(change, "merge_commit_sha")), merged_at)
    return ChangeFacts(
        state=_state(is_open=dig(change, "state") == "open", merged_at=merged_at, deployed_at=deployed_at),
        opened_at=when(dig(change, "created_at")),
        first_commit_at=when(dig(commits, 0, "commit", "author", "date")),
        merged_at=merged_at,
        deployed_at=deployed_at,
    )


def _github_deploy(client: Client, repository: str, sha: str, merged_at: datetime | None) -> datetime | None:
    if merged_at is None:
        return None
    for deployment in client.get(f"{repository}/deployments", {"sha": sha, "per_page": DEPLOYMENTS_READ}).body or ():
        if (at := _github_success(client, repository, deployment)) is not None:
            return at
    to_production = {"environment": PRODUCTION, "per_page": COMMITS}
    later = [
        one
        for one in client.get(f"{repository}/deployments", to_production).body or ()
        if (made := when(dig(one, "created_at"))) is not None and made >= merged_at
    ]
    for deployment in list(reversed(later))[:DEPLOYMENTS_READ]:
        compared = client.get(f"{repository}/compare/{sha}...{dig(deployment, 'sha')}", {"per_page": 1}).body
        if dig(compared, "status") in {"ahead", "identical"}:
            at = _github_success(client, repository, deployment)
            if at is not None:
                return at
    return None


def _github_success(client: Client, repository: str, deployment: Any) -> datetime | None:
    statuses = client.get(f"{repository}/deployments/{dig(deployment, 'id')}/statuses", {"per_page": COMMITS}).body
    times = [when(dig(one, "created_at")) for one in statuses or () if dig(one, "state") == "success"]
    return min((at for at in times if at is not None), default=None)


def _read_gitlab(client: Client, ref: ChangeRef) -> ChangeFacts:
    project = f"api/v4/projects/{quote(ref.project, safe='')}"
    change = client.get(f"{project}/merge_requests/{ref.number}").body
    commits = client.get(f"{project}/merge_requests/{ref.number}/commits", {"per_page": COMMITS}).body
    merged_at = when(dig(change, "merged_at"))
    deployed_at = _gitlab_deploy(client, project, ref.number, merged_at)
    return ChangeFacts(
        state=_state(is_open=dig(change, "state") == "opened", merged_at=merged_at, deployed_at=deployed_at),
        opened_at=when(dig(change, "created_at")),
        first_commit_at=when(dig(commits, -1, "authored_date") or dig(commits, -1, "created_at")),
        merged_at=merged_at,
        deployed_at=deployed_at,
    )


def _gitlab_deploy(client: Client, project: str, number: int, merged_at: datetime | None) -> datetime | None:
    if merged_at is None:
        return None
    asked = {
        "environment": PRODUCTION, "status": "success", "updated_after": iso(merged_at), "order_by": "updated_at", "sort": "asc",
        "per_page": DEPLOYMENTS_READ,
    }  # fmt: skip
    for deployment in client.get(f"{project}/deployments", asked).body or ():
        shipped = client.get(
            f"{project}/deployments/{dig(deployment, 'id')}/merge_requests", {"per_page": COMMITS}
        ).body
        if number in set(_numbers(shipped)):
            return when(dig(deployment, "deployable", "finished_at") or dig(deployment, "updated_at"))
    return None


def _numbers(items: Any) -> Iterator[Any]:
    yield from (dig(one, "iid") for one in items or ())


def _state(*, is_open: bool, merged_at: datetime | None, deployed_at: datetime | None) -> ChangeState:
    if deployed_at is not None:
        return ChangeState.DEPLOYED
    if merged_at is not None:
        return ChangeState.MERGED
    return ChangeState.OPEN if is_open else ChangeState.CLOSED


_READERS: dict[str, Callable[[Client, ChangeRef], ChangeFacts]] = {"github": _read_github, "gitlab": _read_gitlab}
