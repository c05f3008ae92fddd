"""What fixing a story prevents in the next quarter, with the figures it is made of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gamebash.backlog.severity import WEIGHTS, Severity


class ValueKind(StrEnum):
    """What a value is made of, and with it its unit."""

    PROBLEM = "problem"
    INCIDENT = "incident"
    NOISE = "noise"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Value:
    """Expected impact prevented in 13 weeks: incidents expected (80 % interval) by what each weighs.

    For noise ``each`` and ``amount`` are hours; otherwise they are severity weights. ``seen`` is how many incidents there
    were when it was worked out.
    """

    amount: float
    kind: ValueKind
    forecast: float
    low: float
    high: float
    each: float
    seen: int
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return what is kept with the story."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> "Value":
        """Return the value as it was kept; none where nothing was. One kept before ``seen`` was counts as unseen."""
        return cls(**{"seen": 0, **document, "kind": ValueKind(document["kind"])}) if document else NONE


def value_of_problem(*, forecast: float, low: float, high: float, mean_weight: float, seen: int = 0) -> Value:
    """Return forecast by mean severity weight (sev1 16, sev2 8, sev3 4, sev4 2, sev5 1)."""
    sentence = (
        f"About {forecast:.1f} more incidents expected next quarter (80%: {low:.0f} to {high:.0f}), "
        f"weighing {mean_weight:.1f} each"
    )
    return Value(forecast * mean_weight, ValueKind.PROBLEM, forecast, low, high, mean_weight, seen, sentence)


def value_of_incident(severity: Severity) -> Value:
    """Return the value of a story from one incident: nobody knows how often it will strike, so it counts once."""
    weight = float(WEIGHTS[severity])
    return Value(weight, ValueKind.INCIDENT, 1.0, 0.0, 2.0, weight, 1, f"One {severity.value} incident, counted once")


def value_of_noise(*, incidents: float, minutes_each: float, seen: int = 0) -> Value:
    """Return the value of an automation story: the hours of noise it saves in a quarter."""
    hours = incidents * minutes_each / 60
    sentence = f"{hours:.1f} hours of noise saved next quarter: {incidents:.1f} false alarms expected, {minutes_each:.0f} min each"
    return Value(hours, ValueKind.NOISE, incidents, 0.0, incidents, minutes_each / 60, seen, sentence)


NONE = Value(0.0, ValueKind.NONE, 0.0, 0.0, 0.0, 0.0, 0, "By hand: no incidents behind it yet")
