"""Prometheus Alertmanager and Grafana alerting: one message a group of alerts, repeated while they fire, without signature."""

from datetime import datetime
from typing import Any

from gamebash.backlog.sources.connector import Found, dig, record, when, words
from gamebash.backlog.webhooks.hook import Hook, Message, is_bearer

WORTH_KEEPING = 40


class AlertmanagerHook(Hook):
    """Alert groups; the resolved message lacks annotations, which does not erase them."""

    kind = "alertmanager"
    sends_whole = False
    severities = {
        "critical": "sev1", "page": "sev1", "error": "sev2", "high": "sev2", "warning": "sev3", "info": "sev4", "none": "sev5",
    }  # fmt: skip
    set_up = "Add a webhook receiver with this address, send_resolved: true, and http_config: authorization: credentials: the secret."

    def is_genuine(self, message: Message, secret: str, *, now: datetime) -> bool:
        """Compare the bearer token, or the password of basic authentication."""
        return is_bearer(message, secret)

    def event(self, message: Message, payload: Any) -> str:
        """Name the group's status."""
        return words(dig(payload, "status"), 80)

    def found(self, payload: Any, event: str) -> list[Found]:
        """Take each alert; a fingerprint is the same the next time it fires, so its start belongs to the id."""
        return [_alert(one) for one in dig(payload, "alerts") or ()]


def _alert(alert: Any) -> Found:
    names, notes = dig(alert, "labels") or {}, dig(alert, "annotations") or {}
    opened, ended = when(dig(alert, "startsAt")), when(dig(alert, "endsAt"))
    is_over = dig(alert, "status") == "resolved"
    made = record(
        dict(list(names.items())[:WORTH_KEEPING]),
        external_id=f"{words(dig(alert, 'fingerprint'))}@{words(dig(alert, 'startsAt'))}",
        title=dig(notes, "summary") or dig(names, "alertname"),
        description="\n".join(
            filter(None, (words(dig(notes, "description"), 32_000), words(dig(notes, "runbook_url"), 500)))
        ),
        url=words(dig(alert, "generatorURL"), 500),
        service=dig(names, "service") or dig(names, "job"),
        symptom=words(dig(names, "alertname")),
        status="resolved" if is_over else "open",
        opened_at=opened,
        resolved_at=ended,
        # A message carries no time of its own: firing counts from the start, resolved from the end.
        version_at=ended if is_over and ended else opened,
        labels=tuple(f"{name}={words(value, 60)}"[:80] for name, value in sorted(names.items())),
        environment=words(dig(names, "env") or dig(names, "cluster"), 80),
    )
    return Found(made, words(dig(names, "severity")))
