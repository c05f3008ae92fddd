"""The states and kinds of the backlog's things, for models and for modules that know no database."""

from enum import StrEnum


class IncidentStatus(StrEnum):
    """Where an incident stands at its source."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class RootCause(StrEnum):
    """What had to be different for it not to happen."""

    CHANGE = "change"
    CAPACITY = "capacity"
    CONFIGURATION = "configuration"
    DEPENDENCY = "dependency"
    CODE_DEFECT = "code_defect"
    DATA = "data"
    HARDWARE = "hardware"
    HUMAN_ERROR = "human_error"
    SECURITY = "security"
    UNKNOWN = "unknown"


class ProblemState(StrEnum):
    """Where a problem stands."""

    OPEN = "open"
    BEING_FIXED = "being_fixed"
    WATCHED = "watched"
    SOLVED = "solved"
    ACCEPTED = "accepted"


class SourceKind(StrEnum):
    """Where incidents come from: files, systems that are asked, and systems that only send."""

    FILE = "file"
    PAGERDUTY = "pagerduty"
    OPSGENIE = "opsgenie"
    JIRA = "jira"
    SERVICENOW = "servicenow"
    GITHUB = "github"
    GITLAB = "gitlab"
    SENTRY = "sentry"
    DATADOG = "datadog"
    ZENDESK = "zendesk"
    BUGZILLA = "bugzilla"
    REDMINE = "redmine"
    ALERTMANAGER = "alertmanager"
    GENERIC = "generic"


class SyncState(StrEnum):
    """Whether a source is asked on schedule: ``needs_sign_in`` waits for a person."""

    READY = "ready"
    PAUSED = "paused"
    NEEDS_SIGN_IN = "needs_sign_in"


class RunKind(StrEnum):
    """What a run takes in: a file, or what a source has that is new."""

    FILE = "file"
    SYNC = "sync"


class RunState(StrEnum):
    """Where a sync run stands. ``previewed`` waits for a person; ``partial`` got some, and the next one goes on."""

    PREVIEWED = "previewed"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """Where a webhook's message stands."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    FAILED = "failed"


class RuleState(StrEnum):
    """Whether a noise rule marks incidents: a draft has been tried on the past only."""

    DRAFT = "draft"
    ACTIVE = "active"
    OFF = "off"


class DecisionKind(StrEnum):
    """What a person decided about a problem."""

    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    NOISE = "noise"
    ACCEPTED = "accepted"
    SNOOZED = "snoozed"
    SOLVED = "solved"
