"""Who earned which badge, from facts about single fixes. Every criterion asks whether there is one, never how many. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gamebash.badges.kinds import Badge

DOUBLE_YELLOW = "double_yellow"
UNKNOWN = "unknown"
QUIET_DAYS = 30
LEAST_EXPECTED = 1.0


class Part(StrEnum):
    """What somebody had to do with a fix."""

    FIXED = "fixed"
    HELPED = "helped"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class FixFact:
    """An accepted fix, and what the person in question had to do with it.

    ``held`` is the public verdict of its watch. ``expected`` is how many incidents were to be expected while it was
    watched. ``is_away``: its service is not of the fixer's team; ``is_ops``: the fixer was of ops or SRE in that event.
    ``is_newcomer``: its fixer never had one accepted before.
    """

    fix_id: int
    part: Part
    is_held: bool
    grade: str = "yellow"
    change: str = ""
    problem_id: int | None = None
    root_cause: str = UNKNOWN
    is_noise: bool = False
    was_sent_back: bool = False
    is_away: bool = False
    is_ops: bool = False
    is_newcomer: bool = False
    days: int = 0
    expected: float = 0.0


def earned(facts: Sequence[FixFact]) -> dict[Badge, int]:
    """Return the badges that the facts give, each with the fix that proves it: the first one that does."""
    ordered = sorted(facts, key=lambda fact: fact.fix_id)
    found = {badge: criterion(ordered) for badge, criterion in _CRITERIA.items()}
    return {badge: fix_id for badge, fix_id in found.items() if fix_id is not None}


def _first(facts: Iterable[FixFact]) -> int | None:
    return next((fact.fix_id for fact in facts), None)


def _held(facts: Sequence[FixFact], part: Part = Part.FIXED) -> list[FixFact]:
    return [fact for fact in facts if fact.part is part and fact.is_held]


def _first_squash(facts: Sequence[FixFact]) -> int | None:
    return _first(fact for fact in facts if fact.part is Part.FIXED)


def _double_yellow(facts: Sequence[FixFact]) -> int | None:
    return _first(fact for fact in _held(facts) if fact.grade == DOUBLE_YELLOW)


def _root_cause(facts: Sequence[FixFact]) -> int | None:
    """Look for a change of which every fix held, the cause is named, and at least two problems ended."""
    changes: dict[str, list[FixFact]] = defaultdict(list)
    for fact in facts:
        if fact.part is Part.FIXED and fact.change:
            changes[fact.change].append(fact)
    for fixes in changes.values():
        problems = {fact.problem_id for fact in fixes if fact.problem_id is not None}
        if len(problems) > 1 and all(fact.is_held and fact.root_cause != UNKNOWN for fact in fixes):
            return fixes[-1].fix_id
    return None


def _both_sides(facts: Sequence[FixFact]) -> int | None:
    return _first(fact for fact in _held(facts) if fact.is_away or fact.is_ops)


def _quiet_pager(facts: Sequence[FixFact]) -> int | None:
    return _first(fact for fact in _held(facts) if fact.days >= QUIET_DAYS and fact.expected >= LEAST_EXPECTED)


def _noise_gate(facts: Sequence[FixFact]) -> int | None:
    return _first(fact for fact in _held(facts) if fact.is_noise)


def _second_serve(facts: Sequence[FixFact]) -> int | None:
    return _first(fact for fact in _held(facts) if fact.was_sent_back)


def _handover(facts: Sequence[FixFact]) -> int | None:
    taught = [fact for fact in _held(facts, Part.HELPED) if fact.is_newcomer]
    found = _held(facts, Part.FOUND)
    return _first(sorted([*taught, *found], key=lambda fact: fact.fix_id))


_CRITERIA: dict[Badge, Callable[[Sequence[FixFact]], int | None]] = {
    Badge.FIRST_SQUASH: _first_squash,
    Badge.DOUBLE_YELLOW: _double_yellow,
    Badge.ROOT_CAUSE: _root_cause,
    Badge.BOTH_SIDES: _both_sides,
    Badge.QUIET_PAGER: _quiet_pager,
    Badge.NOISE_GATE: _noise_gate,
    Badge.SECOND_SERVE: _second_serve,
    Badge.HANDOVER: _handover,
}
