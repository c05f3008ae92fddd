"""Who reviews a fix is drawn, not chosen: whoever knows the service first, then the least busy.

Never the author, an assist, or somebody of their squad; never the same pair too often in one event; never whoever reviewed
this story's fix before. Where an outsider's fix needs somebody who knows the service and nobody of those may, the last two give
way, since a fix that nobody can judge is worse than a pair that meets once more (unpaid beyond the limit of pairs).
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A player who could review. ``busy`` is open reviews, ``done`` decided ones, ``for_author`` those for this author.

    Somebody on a break may review, but is not drawn now.
    """

    player_id: int
    squad_id: int | None
    knows_service: bool
    busy: int
    done: int
    for_author: int
    is_on_break: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """The fix to be reviewed: who is never drawn (``barred``), who reviewed an earlier attempt, how often a pair may meet.

    ``needs_knowing``: one of its reviewers has to know the service, and none of those at work does yet.
    """

    fix_id: int
    squad_id: int | None
    barred: Collection[int]
    pair_limit: int
    earlier: Collection[int] = ()
    needs_knowing: bool = False


def draw(candidates: Iterable[Candidate], occasion: Occasion, number: int) -> tuple[Candidate, ...]:
    """Return up to ``number`` reviewers, one more where none of them knows the service and one has to.

    Equals are drawn by a hash of the fix, so nobody can steer it and all can check it.
    """
    everybody = sorted(
        (one for one in candidates if may_ever(one, occasion) and not one.is_on_break),
        key=lambda one: (not one.knows_service, one.busy, one.done, _lot(occasion.fix_id, one.player_id)),
    )
    drawn = [candidate for candidate in everybody if _may(candidate, occasion)][:number]
    if occasion.needs_knowing and not any(candidate.knows_service for candidate in drawn):
        drawn += [candidate for candidate in everybody if candidate.knows_service][:1]
    return tuple(drawn)


def may_ever(candidate: Candidate, occasion: Occasion) -> bool:
    """Say whether a player may review the fix at all: they have no part in it, and play for another squad."""
    shares_squad = occasion.squad_id is not None and candidate.squad_id == occasion.squad_id
    return candidate.player_id not in occasion.barred and not shares_squad


def _may(candidate: Candidate, occasion: Occasion) -> bool:
    return candidate.player_id not in occasion.earlier and candidate.for_author < occasion.pair_limit


def _lot(fix_id: int, player_id: int) -> str:
    return hashlib.sha256(f"{fix_id}:{player_id}".encode()).hexdigest()
