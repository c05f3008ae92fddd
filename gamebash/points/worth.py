"""What an accepted fix is worth to its author, and why it may be worth nothing. Pure.

Whatever is worth nothing still mends the service and still pays who reviewed it: nobody is punished, only not paid.
"""

from dataclasses import dataclass

from gamebash.events.rules import Rules
from gamebash.stories.grades import Grade


@dataclass(frozen=True, slots=True)
class Circumstances:
    """An accepted fix in what decides whether it pays. ``points`` were copied to its story at go-live.

    ``small_paid`` counts the author's fixes of the smallest grade that paid in this event. ``note`` says why the story itself
    pays less than its grade.
    """

    points: int
    grade: Grade
    small_paid: int = 0
    is_problem_paid: bool = False
    is_own_change: bool = False
    is_early_change: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """Points for the author, and the sentence that says why there are none."""

    points: int
    why_nothing: str = ""


def worth(found: Circumstances, rules: Rules) -> Worth:
    """Return what the fix is worth by the event's rules; the first reason that holds is the one that is told."""
    if not found.points:
        return Worth(0, found.note or "Its story pays nothing.")
    if found.is_problem_paid:
        return Worth(0, "Another story of the same problem was paid in this event.")
    if rules.skips_own_changes and found.is_own_change:
        return Worth(0, "It mends a change of its author's own.")
    if rules.skips_early_changes and found.is_early_change:
        return Worth(0, "The change was begun before the event went live.")
    if 0 < rules.small_fix_limit <= found.small_paid and found.grade is Grade.BLUE:
        return Worth(0, f"{found.small_paid} of the smallest fixes are paid already; that is all the rules allow.")
    return Worth(found.points)
