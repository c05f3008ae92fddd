"""An event may weigh severities in its own way: what that makes of a value that was worked out the usual way. Pure."""

from collections.abc import Mapping

from gamebash.backlog.severity import WEIGHTS, Severity


def is_usual(weights: Mapping[str, int]) -> bool:
    """Say whether an event weighs severities as everybody does."""
    return all(weights.get(severity.value) == weight for severity, weight in WEIGHTS.items())


def factor(incidents: Mapping[Severity, int], weights: Mapping[str, int]) -> float:
    """Return by what a value has to be multiplied: the mean weight of its incidents by these weights, by the usual one.

    Without incidents there is nothing to weigh, and the value stays.
    """
    usual = sum(WEIGHTS[severity] * count for severity, count in incidents.items())
    if not usual:
        return 1.0
    return sum(weights[severity.value] * count for severity, count in incidents.items()) / usual
