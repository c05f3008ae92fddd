"""The senders: PagerDuty v3, GitHub, GitLab, Sentry, Opsgenie, Jira."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from gamebash.backlog.sources import github, gitlab, sentry
from gamebash.backlog.sources.connector import Found, dig, labels, record, when, words
from gamebash.backlog.sources.github import service_of, severity_word
from gamebash.backlog.sources.jira import Jira
from gamebash.backlog.sources.opsgenie import Opsgenie
from gamebash.backlog.sources.pagerduty import PagerDuty
from gamebash.backlog.webhooks.hook import Hook, Message, is_among, is_bearer, is_recent, signature

GONE = {"deleted": "deleted at the source", "transferred": "transferred at the source"}


class PagerDutyHook(Hook):
    """Webhooks v3; several signatures may stand beside each other while keys change."""

    kind = "pagerduty"
    severities = PagerDuty.severities
    set_up = "Add a generic webhook (V3) subscription with this address, and give gamebash its signing secret."

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare each v1 signature."""
        given = message.headers.get("x-pagerduty-signature", "").split(",")
        return is_among(f"v1={signature(message.body, secret)}", given)

    def event(self, message: Message, payload: Any) -> str:
        """Name the event."""
        return words(dig(payload, "event", "event_type"), 80)

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take incident events."""
        data = dig(payload, "event", "data")
        if (
            not event.startswith("incident.")
            or words(dig(data, "type")) not in {"incident", ""}
            or not dig(data, "created_at")
        ):
            return []
        at = dig(payload, "event", "occurred_at")
        found = PagerDuty().found({"updated_at": at, "resolved_at": at, **data}, {})
        return [replace(found, is_reopened=event == "incident.reopened")] if found else []


class GitHubHook(Hook):
    """Issue events, signed over the raw body."""

    kind = "github"
    severities = github.GitHub.severities
    set_up = "Add a webhook with this address, content type application/json, the secret, and the event Issues."

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare the SHA-256 signature; the older SHA-1 one is not looked at."""
        return is_among(f"sha256={signature(message.body, secret)}", [message.headers.get("x-hub-signature-256", "")])

    def key(self, message: Message) -> str:
        """Return GitHub's id of the delivery, the same when it is sent again."""
        return message.headers.get("x-github-delivery") or super().key(message)

    def event(self, message: Message, payload: Any) -> str:
        """Name event and action."""
        return f"{message.headers.get('x-github-event', '')}.{words(dig(payload, 'action'))}".strip(".")[:80]

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take issue events; an issue that is gone stays, with why."""
        item = dig(payload, "issue")
        kind, _, action = event.partition(".")
        if kind != "issues" or not item or dig(item, "pull_request"):
            return []
        found = github.issue(item, words(dig(payload, "repository", "full_name")))
        return [_gone(found, GONE[action]) if action in GONE else replace(found, is_reopened=action == "reopened")]


class GitLabHook(Hook):
    """Issue and incident events; the secret itself stands in a header."""

    kind = "gitlab"
    severities = gitlab.GitLab.severities
    set_up = "Add a webhook with this address, the secret token, and the triggers for issue events."

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare the token."""
        return is_among(secret, [message.headers.get("x-gitlab-token", "")])

    def key(self, message: Message) -> str:
        """Return the key that GitLab keeps when it sends again."""
        return message.headers.get("idempotency-key") or super().key(message)

    def event(self, message: Message, payload: Any) -> str:
        """Name the kind of object."""
        return words(dig(payload, "object_kind"), 80)

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take issues and incidents."""
        item = dig(payload, "object_attributes")
        if event not in {"issue", "incident"} or not item:
            return []
        whole = {
            **item,
            "labels": [dig(one, "title") for one in dig(payload, "labels") or dig(item, "labels") or ()],
            "assignees": dig(payload, "assignees"),
            "web_url": dig(item, "url"),
        }
        found = gitlab.issue(whole, words(dig(payload, "project", "path_with_namespace")))
        return [replace(found, is_reopened=dig(item, "action") == "reopen")]


class SentryHook(Hook):
    """Issue events of an internal integration, signed over the body."""

    kind = "sentry"
    severities = sentry.Sentry.severities
    set_up = "Make an internal integration with this webhook address and the resource issue; its client secret signs."

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare the signature, and the time where there is one."""
        sent = message.headers.get("sentry-hook-timestamp", "")
        if sent and not is_recent(sent, now):
            return False
        return is_among(signature(message.body, secret), [message.headers.get("sentry-hook-signature", "")])

    def key(self, message: Message) -> str:
        """Return Sentry's id of the request."""
        return message.headers.get("request-id") or super().key(message)

    def event(self, message: Message, payload: Any) -> str:
        """Name resource and action."""
        return f"{message.headers.get('sentry-hook-resource', '')}.{words(dig(payload, 'action'))}".strip(".")[:80]

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take issue events."""
        item = dig(payload, "data", "issue")
        return [sentry.issue(item)] if event.startswith("issue.") and item else []


class OpsgenieHook(Hook):
    """Alert actions; what they leave out (the description, in most) does not erase what is known."""

    kind = "opsgenie"
    sends_whole = False
    severities = Opsgenie.severities
    set_up = "Add a webhook integration with this address and the header Authorization: Bearer and the secret."

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare the bearer token."""
        return is_bearer(message, secret)

    def event(self, message: Message, payload: Any) -> str:
        """Name the action."""
        return words(dig(payload, "action"), 80)

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take alerts."""
        alert = dig(payload, "alert")
        if not alert:
            return []
        status = {"Close": "closed", "Acknowledge": "open"}.get(event, "open")
        item = {
            "id": dig(alert, "alertId"),
            "status": status,
            "acknowledged": event == "Acknowledge",
            **alert,
            "createdAt": dig(alert, "createdAt"),
            "updatedAt": dig(alert, "updatedAt") or dig(alert, "createdAt"),
        }
        found = Opsgenie().found(item, {})
        return [found] if found else []


class JiraHook(Hook):
    """Issue events of Jira Cloud, signed where a secret was set."""

    kind = "jira"
    severities = Jira.severities
    set_up = "Add a webhook with this address, the secret, and the events issue created and updated."

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare the signature."""
        return is_among(f"sha256={signature(message.body, secret)}", [message.headers.get("x-hub-signature", "")])

    def key(self, message: Message) -> str:
        """Return the identifier that stays the same when it is sent again."""
        return message.headers.get("x-atlassian-webhook-identifier") or super().key(message)

    def event(self, message: Message, payload: Any) -> str:
        """Name the event."""
        return words(dig(payload, "webhookEvent"), 80)

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take issue events."""
        item = dig(payload, "issue")
        if not event.startswith("jira:issue_") or not item:
            return []
        found = Jira().found(item, {})
        if found is None:
            return []
        return [_gone(found, GONE["deleted"])] if event.endswith("deleted") else [found]


class GenericHook(Hook):
    """Anything that can sign: one incident, or a list of them, in the words of gamebash."""

    kind = "generic"
    set_up = (
        "POST JSON with external_id, title, service, opened_at, and if known severity, status, resolved_at, updated_at, "
        "description, url, symptom, labels, environment. Header X-Gamebash-Signature: sha256= and the HMAC-SHA256 of the "
        "timestamp, a dot and the body; header X-Gamebash-Timestamp: Unix seconds."
    )
    sends_whole = False

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare the signature over time and body, and that the time is near ours."""
        sent = message.headers.get("x-gamebash-timestamp", "")
        if not is_recent(sent, now):
            return False
        expected = f"sha256={signature(sent.encode() + b'.' + message.body, secret)}"
        return is_among(expected, [message.headers.get("x-gamebash-signature", "")])

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take one incident, or those in a list."""
        return [_generic(one) for one in (payload if isinstance(payload, list) else [payload])]


def _generic(item: Any) -> Found:
    names = labels(dig(item, "labels"))
    resolved_at = when(dig(item, "resolved_at"))
    given = words(dig(item, "status")).casefold()
    made = record(
        dig(item, "extra") or {},
        external_id=dig(item, "external_id") or dig(item, "id"),
        title=dig(item, "title"),
        description=words(dig(item, "description"), 64 * 1024),
        url=words(dig(item, "url"), 500),
        service=dig(item, "service") or service_of(names),
        symptom=words(dig(item, "symptom")),
        status=given if given in {"open", "acknowledged", "resolved"} else "resolved" if resolved_at else "open",
        opened_at=when(dig(item, "opened_at")),
        acknowledged_at=when(dig(item, "acknowledged_at")),
        resolved_at=resolved_at,
        version_at=when(dig(item, "updated_at")),
        labels=names,
        environment=words(dig(item, "environment"), 80),
    )
    return Found(made, words(dig(item, "severity")) or severity_word(names, github.GitHub.severities))


def _gone(found: Found, why: str) -> Found:
    return Found(replace(found.record, status="resolved", closure_code=why), found.severity_word)
