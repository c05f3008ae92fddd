"""Decisions that need a second person: whose fix is watched decides nothing alone about what would show that it failed.

The backlog knows no watches. A feature above says which problems somebody may not decide on alone, and keeps what they wanted
until somebody else confirms it; until then nothing changes. Whoever confirms has the same action done by the one who wanted it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from gamebash.backlog.models import Problem
from gamebash.people.models import Person


class Verb(StrEnum):
    """What can be wanted."""

    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    NOISE = "noise"
    ACCEPT = "accept"
    SNOOZE = "snooze"
    SOLVE = "solve"
    JUDGE = "judge"
    RULE = "rule"
    # Not the backlog's: a feature above keeps decisions of its own in the same place.
    DEPLOY = "deploy"


@dataclass(frozen=True, slots=True)
class Deed:
    """A decision as it was wanted: what it touches, what it says, and what is needed to do it later (plain values)."""

    verb: Verb
    problem_ids: frozenset[int]
    summary: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it instead: kept under a reference, to be confirmed by somebody else."""

    reference: str
    summary: str


class Keeper(Protocol):
    """Knows who may not decide alone, and keeps what they want."""

    def kept_from(self, person: Person, *, before_deploy: bool, now: datetime) -> frozenset[int]:
        """Return the problems on which a person decides nothing alone.

        ``before_deploy``: also those they are fixing still, since a rule switched on now would hide what comes later.
        """

    def keep(self, deed: Deed, *, by: Person, now: datetime) -> Kept:
        """Keep what was wanted until somebody else confirms it."""

    def says(self, problem: Problem, *, now: datetime) -> str:
        """Return what the page of a problem says about it; nothing where anybody may decide."""


_keepers: list[Keeper] = []
_is_confirmed: ContextVar[bool] = ContextVar("is_confirmed", default=False)


def watch_by(keeper: Keeper) -> None:
    """Have a keeper asked from now on, and no other."""
    _keepers[:] = [keeper]


@contextmanager
def confirmed() -> Iterator[None]:
    """Do what is inside with a second person's word, so that it is not kept again."""
    token = _is_confirmed.set(True)
    try:
        yield
    finally:
        _is_confirmed.reset(token)


def kept_from(person: Person, *, now: datetime, before_deploy: bool = False) -> frozenset[int]:
    """Return the problems on which a person decides nothing alone; none within ``confirmed``."""
    if _is_confirmed.get():
        return frozenset()
    found = (keeper.kept_from(person, before_deploy=before_deploy, now=now) for keeper in _keepers)
    return frozenset().union(*found)


def is_needed(problem_ids: Collection[int], by: Person, *, now: datetime) -> bool:
    """Say whether a decision about these problems needs a second person."""
    return bool(kept_from(by, now=now) & frozenset(problem_ids))


def keep(deed: Deed, *, by: Person, now: datetime) -> Kept | None:
    """Keep a decision that needs a second person; None where it needs none and may be made."""
    return keep_always(deed, by=by, now=now) if is_needed(deed.problem_ids, by, now=now) else None


def keep_always(deed: Deed, *, by: Person, now: datetime) -> Kept:
    """Keep a decision of which the caller knows that it needs a second person."""
    return _keepers[0].keep(deed, by=by, now=now)


def says(problem: Problem, *, now: datetime) -> str:
    """Return what the page of a problem says about who may decide on it."""
    return " ".join(words for keeper in _keepers if (words := keeper.says(problem, now=now)))
