"""Every kind of source that can be pulled from."""

from gamebash.backlog.sources.bugzilla import Bugzilla
from gamebash.backlog.sources.connector import Connector
from gamebash.backlog.sources.datadog import Datadog
from gamebash.backlog.sources.github import GitHub
from gamebash.backlog.sources.gitlab import GitLab
from gamebash.backlog.sources.jira import Jira
from gamebash.backlog.sources.opsgenie import Opsgenie
from gamebash.backlog.sources.pagerduty import PagerDuty
from gamebash.backlog.sources.redmine import Redmine
from gamebash.backlog.sources.sentry import Sentry
from gamebash.backlog.sources.servicenow import ServiceNow
from gamebash.backlog.sources.zendesk import Zendesk

CONNECTORS: dict[str, Connector] = {
    one.kind: one
    for one in (
        PagerDuty(), Opsgenie(), Jira(), ServiceNow(), GitHub(), GitLab(), Sentry(), Datadog(), Zendesk(), Bugzilla(), Redmine(),
    )
}  # fmt: skip
