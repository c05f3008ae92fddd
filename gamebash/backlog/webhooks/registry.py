"""Every kind of source that can send."""

from gamebash.backlog.webhooks.alertmanager import AlertmanagerHook
from gamebash.backlog.webhooks.hook import Hook
from gamebash.backlog.webhooks.senders import (
    GenericHook,
    GitHubHook,
    GitLabHook,
    JiraHook,
    OpsgenieHook,
    PagerDutyHook,
    SentryHook,
)

HOOKS: dict[str, Hook] = {
    one.kind: one
    for one in (
        PagerDutyHook(), GitHubHook(), GitLabHook(), SentryHook(), AlertmanagerHook(), OpsgenieHook(), JiraHook(), GenericHook(),
    )
}  # fmt: skip
