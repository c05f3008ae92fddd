"""What fixing a story prevents in the next quarter, with the figures it is made of."""

from dataclasses import asdict, dataclass
from typing import Any

from gamebash.backlog.severity import WEIGHTS, Severity


@dataclass(frozen=True, slots=True)
class Value:
    """Expected impact prevented: incidents expected in 13 weeks by their mean severity weight."""

    amount: float
    forecast: float
    low: float
    high: float
    mean_weight: float
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return what is kept with the story."""
        return asdict(self)


def value_of_problem(*, forecast: float, low: float, high: float, mean_weight: float) -> Value:
    """Return forecast by severity weight (sev1 16, sev2 8, sev3 4, sev4 2, sev5 1)."""
    sentence = (
        f"About {forecast:.1f} more incidents expected next quarter (80%: {low:.0f} to {high:.0f}), "
        f"weighing {mean_weight:.1f} each"
    )
    return Value(forecast * mean_weight, forecast, low, high, mean_weight, sentence)


def value_of_incident(severity: Severity) -> Value:
    """Return the value of a story from one incident: nobody knows how often it will strike, so it counts once."""
    weight = float(WEIGHTS[severity])
    return Value(weight, 1.0, 0.0, 2.0, weight, f"One {severity.value} incident, counted once")


def value_of_noise(*, incidents: float, minutes_each: float) -> Value:
    """Return the value of an automation story: the hours of noise it saves in a quarter."""
    hours = incidents * minutes_each / 60
    return Value(hours, incidents, 0.0, incidents, minutes_each / 60, f"{hours:.1f} hours of noise saved next quarter")


NONE = Value(0.0, 0.0, 0.0, 0.0, 0.0, "By hand: no incidents behind it yet")
