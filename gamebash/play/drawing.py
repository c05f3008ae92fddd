"""Who reviews a fix is drawn, not chosen: whoever knows the service first, then the least busy.

Never the author, an assist, or somebody of their squad; never the same pair too often in one event; never whoever reviewed
this story's fix before.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A player who could review. ``busy`` is open reviews, ``done`` decided ones, ``for_author`` those for this author."""

    player_id: int
    squad_id: int | None
    knows_service: bool
    busy: int
    done: int
    for_author: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """The fix to be reviewed: who is excluded, how often a pair may meet."""

    fix_id: int
    squad_id: int | None
    excluded: Collection[int]
    pair_limit: int


def draw(candidates: Iterable[Candidate], occasion: Occasion, number: int) -> tuple[Candidate, ...]:
    """Return up to ``number`` reviewers; equals are drawn by a hash of the fix, so nobody can steer it and all can check it."""
    may = [candidate for candidate in candidates if _may(candidate, occasion)]
    may.sort(key=lambda one: (not one.knows_service, one.busy, one.done, _lot(occasion.fix_id, one.player_id)))
    return tuple(may[:number])


def _may(candidate: Candidate, occasion: Occasion) -> bool:
    shares_squad = occasion.squad_id is not None and candidate.squad_id == occasion.squad_id
    return (
        candidate.player_id not in occasion.excluded and not shares_squad and candidate.for_author < occasion.pair_limit
    )


def _lot(fix_id: int, player_id: int) -> str:
    return hashlib.sha256(f"{fix_id}:{player_id}".encode()).hexdigest()
