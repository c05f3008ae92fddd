"""What runs in production, what went wrong with it, and what is believed to be the cause."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.backlog.kinds import DecisionKind as DecisionKind
from gamebash.backlog.kinds import DeliveryState as DeliveryState
from gamebash.backlog.kinds import IncidentStatus as IncidentStatus
from gamebash.backlog.kinds import ProblemState as ProblemState
from gamebash.backlog.kinds import RootCause as RootCause
from gamebash.backlog.kinds import RuleState as RuleState
from gamebash.backlog.kinds import RunKind as RunKind
from gamebash.backlog.kinds import RunState as RunState
from gamebash.backlog.kinds import SourceKind as SourceKind
from gamebash.backlog.kinds import SyncState as SyncState
from gamebash.backlog.severity import Severity
from gamebash.core.db import Model, enum_column
from gamebash.people.models import Person
from gamebash.rotation.models import Team


class Service(Model):
    """Something that runs in production, with an owning team and a tier (1 highest to 4)."""

    __tablename__ = "services"
    __table_args__ = (sa.CheckConstraint("tier BETWEEN 1 AND 4", name="tier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    tier: Mapped[int] = mapped_column(default=3)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    builder_team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    triage_owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    triage_days: Mapped[int] = mapped_column(default=14, server_default="14")
    team: Mapped[Team | None] = relationship(foreign_keys=[team_id])
    builder_team: Mapped[Team | None] = relationship(foreign_keys=[builder_team_id])
    triage_owner: Mapped[Person | None] = relationship()


class Source(Model):
    """A place that incidents come from; remembers the column mapping for its next file, or how far it was asked.

    Secrets are named by an environment variable or kept encrypted, and shown to nobody.
    """

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[SourceKind] = mapped_column(enum_column(SourceKind, "source_kind"))
    mapping: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    grouping: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), deferred=True)
    settings: Mapped[dict[str, str]] = mapped_column(sa.JSON(none_as_null=True), default=dict)
    secret_env: Mapped[str] = mapped_column(sa.String(120), default="")
    secret_sealed: Mapped[str] = mapped_column(sa.Text(), default="", deferred=True)
    hook_secret_env: Mapped[str] = mapped_column(sa.String(120), default="")
    hook_secret_sealed: Mapped[str] = mapped_column(sa.Text(), default="", deferred=True)
    severity_map: Mapped[dict[str, str]] = mapped_column(sa.JSON(none_as_null=True), default=dict)
    usual_severity: Mapped[Severity] = mapped_column(enum_column(Severity, "usual_severity"), default=Severity.SEV3)
    cursor: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True), default=dict)
    sync_state: Mapped[SyncState] = mapped_column(enum_column(SyncState, "sync_state"), default=SyncState.READY)
    sync_minutes: Mapped[int | None]
    next_sync_at: Mapped[datetime | None] = mapped_column(index=True)
    is_writing_back: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class SyncRun(Model):
    """One taking-in of incidents: its file, its mapping, its counts. Worked off by a worker under a lease."""

    __tablename__ = "sync_runs"
    __table_args__ = (sa.Index("ix_sync_runs_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("sources.id"), index=True)
    kind: Mapped[RunKind] = mapped_column(enum_column(RunKind, "run_kind"), default=RunKind.FILE)
    state: Mapped[RunState] = mapped_column(enum_column(RunState, "run_state"))
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
    file_path: Mapped[str] = mapped_column(sa.String(400), default="")
    file_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    file_bytes: Mapped[int] = mapped_column(sa.BigInteger(), default=0)
    mapping: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True), default=dict)
    created_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    done_bytes: Mapped[int] = mapped_column(sa.BigInteger(), default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_created: Mapped[int] = mapped_column(default=0)
    rows_updated: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)
    pages_read: Mapped[int] = mapped_column(default=0)
    unknown_severities: Mapped[dict[str, int]] = mapped_column(sa.JSON(none_as_null=True), default=dict)
    message: Mapped[str] = mapped_column(sa.String(1000), default="")
    source: Mapped[Source] = relationship()
    started_by: Mapped[Person | None] = relationship()


class RejectedRow(Model):
    """A row that could not be read: its line, the reason, and how it began. The other rows went in."""

    __tablename__ = "rejected_rows"
    __table_args__ = (sa.Index("ix_rejected_rows_run", "sync_run_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sync_run_id: Mapped[int] = mapped_column(sa.ForeignKey("sync_runs.id", ondelete="CASCADE"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(500))
    excerpt: Mapped[str] = mapped_column(sa.String(300), default="")


class Problem(Model):
    """Incidents believed to share a cause. Counts and forecast are kept up to date as incidents come in."""

    __tablename__ = "problems"
    __table_args__ = (
        sa.Index("ix_problems_value", "value"),
        sa.Index("ix_problems_service", "service_id", "value"),
        sa.Index("ix_problems_count", "incident_count"),
        sa.Index("ix_problems_last_seen", "last_seen_at"),
        sa.Index("ix_problems_triage", "triaged_at", "value"),
        sa.Index("ix_problems_stale", "id", sqlite_where=sa.text("is_stale"), postgresql_where=sa.text("is_stale")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(16), unique=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64), unique=True)
    why: Mapped[str] = mapped_column(sa.String(200), default="")
    title: Mapped[str] = mapped_column(sa.String(300))
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    symptom: Mapped[str] = mapped_column(sa.String(200), default="")
    is_broad: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    root_cause: Mapped[RootCause | None] = mapped_column(enum_column(RootCause, "root_cause"))
    state: Mapped[ProblemState] = mapped_column(enum_column(ProblemState, "problem_state"), default=ProblemState.OPEN)
    first_seen_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    incident_count: Mapped[int] = mapped_column(default=0)
    noise_count: Mapped[int] = mapped_column(default=0)
    impact_minutes: Mapped[int] = mapped_column(sa.BigInteger(), default=0)
    weight: Mapped[int] = mapped_column(sa.BigInteger(), default=0)
    forecast: Mapped[float] = mapped_column(default=0.0)
    forecast_low: Mapped[float] = mapped_column(default=0.0)
    forecast_high: Mapped[float] = mapped_column(default=0.0)
    mean_weight: Mapped[float] = mapped_column(default=0.0)
    value: Mapped[float] = mapped_column(default=0.0)
    forecast_parts: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    forecast_on: Mapped[date | None] = mapped_column(index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    triaged_at: Mapped[datetime | None]
    snoozed_until: Mapped[date | None]
    is_stale: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    service: Mapped[Service] = relationship()
    merged_into: Mapped["Problem | None"] = relationship(remote_side="Problem.id")


class ProblemWeek(Model):
    """How often a problem struck in one week (Monday to Sunday, UTC), so that charts and forecasts read few rows."""

    __tablename__ = "problem_weeks"

    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id", ondelete="CASCADE"), primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    incidents: Mapped[int] = mapped_column(default=0)
    noise: Mapped[int] = mapped_column(default=0)
    weight: Mapped[int] = mapped_column(default=0)
    impact_minutes: Mapped[int] = mapped_column(sa.BigInteger(), default=0)
    at_night: Mapped[int] = mapped_column(default=0)


class Incident(Model):
    """One record of production trouble; its identity is (source, external id)."""

    __tablename__ = "incidents"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "external_id", name="uq_incidents_source_id_external_id"),
        sa.Index("ix_incidents_opened_at", "opened_at"),
        sa.Index("ix_incidents_service", "service_id", "opened_at"),
        sa.Index("ix_incidents_problem", "problem_id", "opened_at"),
        sa.Index("ix_incidents_severity", "severity", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("sources.id"))
    external_id: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(500))
    description: Mapped[str] = mapped_column(sa.Text(), default="")
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("services.id"))
    symptom: Mapped[str] = mapped_column(sa.String(200), default="")
    severity: Mapped[Severity] = mapped_column(enum_column(Severity, "severity"))
    status: Mapped[IncidentStatus] = mapped_column(enum_column(IncidentStatus, "incident_status"))
    opened_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    environment: Mapped[str] = mapped_column(sa.String(80), default="")
    labels: Mapped[list[str]] = mapped_column(sa.JSON(none_as_null=True), default=list)
    reporter: Mapped[str] = mapped_column(sa.String(120), default="")
    assignee: Mapped[str] = mapped_column(sa.String(120), default="")
    closure_code: Mapped[str] = mapped_column(sa.String(120), default="")
    reopen_count: Mapped[int] = mapped_column(default=0)
    impact_minutes: Mapped[int | None]
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    extra: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True), default=dict)
    source_row: Mapped[int | None]
    version_at: Mapped[datetime | None]
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    first_run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sync_runs.id"))
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"))
    is_moved_by_hand: Mapped[bool] = mapped_column(default=False)
    is_noise: Mapped[bool] = mapped_column(default=False)
    noise_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    noise_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    noise_at: Mapped[datetime | None]
    noise_rule_id: Mapped[int | None] = mapped_column(sa.ForeignKey("noise_rules.id"), index=True)
    source: Mapped[Source] = relationship()
    service: Mapped[Service] = relationship()
    problem: Mapped[Problem | None] = relationship()


class IncidentVersion(Model):
    """What an incident's record said before: severity and the values that may identify its problem, first so at ``version_at``.

    The incident itself holds the newest. Kept so that the past can be looked at as it was known then.
    """

    __tablename__ = "incident_versions"

    incident_id: Mapped[int] = mapped_column(sa.ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    version_at: Mapped[datetime]
    severity: Mapped[Severity] = mapped_column(enum_column(Severity, "version_severity"))
    facets: Mapped[dict[str, str]] = mapped_column(sa.JSON(none_as_null=True))


class Backtest(Model):
    """How the pull would have done in each past period, worked out by a worker; with the calibration that it taught."""

    __tablename__ = "backtests"

    id: Mapped[int] = mapped_column(primary_key=True)
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    message: Mapped[str] = mapped_column(sa.String(500), default="")
    calibration: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    report: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), deferred=True)


class Delivery(Model):
    """A webhook's message, verified and kept before it is answered; worked off by a worker, once."""

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "key", name="uq_deliveries_source_id_key"),
        sa.Index("ix_deliveries_waiting", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("sources.id"))
    key: Mapped[str] = mapped_column(sa.String(128))
    event: Mapped[str] = mapped_column(sa.String(80), default="")
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState, "delivery_state"))
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    body: Mapped[str] = mapped_column(sa.Text(), deferred=True)
    message: Mapped[str] = mapped_column(sa.String(500), default="")
    source: Mapped[Source] = relationship()


class WriteBack(Model):
    """Something said at a source about one of its incidents, once: the row is there before the call is made.

    ``next_at`` is when it is tried, none when it is over; ``begun_at`` is the first try of which nobody knows how it ended.
    """

    __tablename__ = "write_backs"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "key", name="uq_write_backs_incident_id_key"),
        sa.Index("ix_write_backs_next_at", "next_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(sa.ForeignKey("incidents.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(80))
    text: Mapped[str] = mapped_column(sa.Text(), default="")
    is_closing: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(sa.String(500), default="")
    incident: Mapped[Incident] = relationship()


class NoiseRule(Model):
    """Marks incidents that nobody should be woken for; a person's verdict on an incident beats it.

    Conditions that are empty do not count; those that are given must all hold. ``shorter_minutes``: resolved within so many
    minutes. ``repeats_minutes``: opened within so many minutes after another one of the same problem. Switched on, it has
    to go through what is there; ``applied_to`` is the last problem it has been through, none when it is through.
    """

    __tablename__ = "noise_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[RuleState] = mapped_column(enum_column(RuleState, "rule_state"), default=RuleState.DRAFT)
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id"))
    title_pattern: Mapped[str] = mapped_column(sa.String(200), default="")
    severities: Mapped[list[str]] = mapped_column(sa.JSON(none_as_null=True), default=list)
    shorter_minutes: Mapped[int | None]
    repeats_minutes: Mapped[int | None]
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    applied_to: Mapped[int | None]
    service: Mapped[Service | None] = relationship()
    owner: Mapped[Person] = relationship()


class Decision(Model):
    """What a person decided about a problem, and what is needed to take it back. No machine undoes it."""

    __tablename__ = "decisions"
    __table_args__ = (sa.Index("ix_decisions_problem", "problem_id", "id"), sa.Index("ix_decisions_made_at", "made_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    kind: Mapped[DecisionKind] = mapped_column(enum_column(DecisionKind, "decision_kind"))
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"))
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    made_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    summary: Mapped[str] = mapped_column(sa.String(400))
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON(none_as_null=True), deferred=True)
    undone_at: Mapped[datetime | None]
    problem: Mapped[Problem] = relationship(foreign_keys=[problem_id])
    by: Mapped[Person] = relationship()
