"""Which column means what: guessed from the names and values of a sample, shown to a person, kept with the source."""

import re
from collections.abc import Mapping as Columns
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from gamebash.backlog.imports.amounts import Unit, has_decimal_comma, is_minutes
from gamebash.backlog.imports.dates import DateOrder, OrderProof, UnreadableDateError, moment
from gamebash.backlog.imports.texts import text_of
from gamebash.backlog.records import Row
from gamebash.backlog.severity import severity_of

SAMPLE_ROWS = 500
MOSTLY = 0.5

# The names that sources use, the likeliest first; compared without case, spaces and signs.
NAMES: dict[str, str] = {
    "external_id": "external_id incident_id incident_number number issue_key issue_id ticket_id ticket case_number key id iid",
    "title": "title summary short_description subject headline name alert_name",
    "service": "service service_name services component components cmdb_ci business_service application app system "
    "category project product station queue line",
    "symptom": "symptom u_symptom cause cause_code code error_code subcategory alertname fault",
    "severity": "severity sev priority impact urgency criticality level",
    "severity_weight": "severity_weight weight",
    "status": "status state incident_state",
    "opened_at": "opened_at started_at start_time opened created_at created start occurred_at reported_at date timestamp",
    "opened_time": "time opened_time",
    "acknowledged_at": "acknowledged_at acked_at acknowledged first_response_at",
    "resolved_at": "resolved_at resolved ended_at end_time closed_at closed end resolution_date completed_at",
    "version_at": "sys_updated_at updated_at last_updated last_modified modified updated",
    "impact_minutes": "impact_minutes downtime_minutes duration_minutes min_delay minutes delay duration",
    "reopen_count": "reopen_count reopened",
    "environment": "environment env",
    "labels": "labels tags",
    "reporter": "reporter opened_by caller_id created_by",
    "assignee": "assigned_to assignee owner resolved_by",
    "closure_code": "closed_code closure_code close_code resolution",
    "url": "url html_url link permalink",
    "description": "description details body updates messages",
}
REQUIRED = ("opened_at",)
DATES = ("opened_at", "acknowledged_at", "resolved_at", "version_at")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the columns of a source mean. ``columns`` is field to column; ``zone`` counts where a time has no offset.

    ``severities`` says what the source's own words mean, over the usual meaning; ``unit`` is that of a bare number of impact.
    """

    columns: Columns[str, str] = field(default_factory=dict)
    date_order: DateOrder = DateOrder.UNNEEDED
    zone: str = "UTC"
    severities: Columns[str, str] = field(default_factory=dict)
    unit: Unit = Unit.MINUTES
    has_decimal_comma: bool = False

    def to_document(self) -> dict[str, Any]:
        """Return what is kept with a source or run."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Columns[str, Any]) -> "Mapping":
        """Return the mapping kept in a document."""
        return cls(
            dict(document["columns"]),
            DateOrder(document["date_order"]),
            document.get("zone", "UTC"),
            dict(document.get("severities", {})),
            Unit(document.get("unit", Unit.MINUTES)),
            bool(document.get("has_decimal_comma")),
        )

    def faults(self) -> list[str]:
        """Return what keeps the mapping from being used, in words."""
        faults = [
            f"No column says when an incident was {name.removesuffix('_at')}."
            for name in REQUIRED
            if name not in self.columns
        ]
        if not {"title", "symptom", "description"} & set(self.columns):
            faults.append("No column says what happened: name one for the title, the symptom or the description.")
        if self.date_order is DateOrder.AMBIGUOUS:
            faults.append("The dates do not tell whether the day or the month comes first: say which.")
        if self.zone not in available_timezones():
            faults.append(f"There is no time zone {self.zone!r}: name one like UTC or Europe/Berlin.")
        return faults


def guess(rows: Sequence[Row], *, zone: str = "UTC") -> Mapping:
    """Return the likeliest mapping for a sample of rows."""
    names = list(dict.fromkeys(name for row in rows for name in row.values if name))
    samples = {name: [text_of(row.values.get(name)) for row in rows] for name in names}
    columns: dict[str, str] = {}
    for target, synonyms in NAMES.items():
        if found := _best(target, synonyms.split(), samples, taken=set(columns.values())):
            columns[target] = found
    if "opened_time" in columns and not _is_date_only(samples[columns["opened_at"]] if "opened_at" in columns else []):
        del columns["opened_time"]
    proof = OrderProof()
    for name in DATES:
        for row, text in zip(rows, samples.get(columns.get(name, ""), ()), strict=False):
            proof.see(text, row.line)
    has_comma = has_decimal_comma(samples.get(columns.get("impact_minutes", ""), ()))
    return Mapping(columns, proof.order, zone, has_decimal_comma=has_comma)


def _best(target: str, synonyms: Sequence[str], samples: Columns[str, list[str]], *, taken: set[str]) -> str | None:
    """Return the first column with a likely name whose values fit and are mostly there; a sparse one only for want of better."""
    by_name = {_plain(name): name for name in samples if name not in taken}
    likely = [by_name[name] for name in synonyms if name in by_name]
    fitting = [name for name in likely if _fits(target, samples[name])]
    filled = [name for name in fitting if _filled(samples[name]) >= MOSTLY]
    return next(iter(filled or [name for name in fitting if _filled(samples[name])]), None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def _filled(values: Sequence[str]) -> float:
    return sum(bool(value) for value in values) / len(values) if values else 0.0


def _fits(target: str, values: Sequence[str]) -> bool:
    present = [value for value in values if value]
    if target in DATES:
        return bool(present) and sum(_is_date(value) for value in present) >= MOSTLY * len(present)
    if target == "severity":
        return bool(present) and sum(severity_of(value) is not None for value in present) >= MOSTLY * len(present)
    if target == "impact_minutes":
        return all(is_minutes(value) for value in present)
    if target in {"reopen_count", "severity_weight"}:
        return all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in present)
    if target == "opened_time":
        return bool(present) and all(re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", value) for value in present)
    return True


def _is_date(value: str) -> bool:
    if re.fullmatch(r"-?\d{1,9}(\.\d+)?", value):
        return False
    for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST):
        try:
            moment(value, order=order, zone=ZoneInfo("UTC"))
        except UnreadableDateError:
            continue
        return True
    return False


def _is_date_only(values: Sequence[str]) -> bool:
    present = [value for value in values if value]
    return bool(present) and not any(":" in value for value in present)
