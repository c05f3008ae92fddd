"""What a story needs before it can be pulled, on plain values."""

from dataclasses import dataclass

LONGEST_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a ready story has: what it is, and what to do where it is missing."""

    what: str
    is_met: bool
    advice: str


def ready_checks(*, acceptance_criteria: str, effort_hours: float | None, has_service: bool) -> tuple[Check, ...]:
    """Return the checks of a story: a fixer must know when they are done, how long it takes, and where to begin."""
    hours = effort_hours or 0.0
    return (
        Check("acceptance criteria", bool(acceptance_criteria.strip()), "say how one sees that it is fixed"),
        Check("effort", 0 < hours <= LONGEST_HOURS, f"estimate it in hours, {LONGEST_HOURS:g} at most, or split it"),
        Check("service", has_service, "name the service it is in"),
    )


def missing(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Return the checks that are not met."""
    return tuple(check for check in checks if not check.is_met)
