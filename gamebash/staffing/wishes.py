"""What people wish: to stay, to be open, or to move, to where and from when. Plain values; the rows are ``preferences``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gamebash.rotation.kinds import KIND_WORDS, TeamKind


class Wish(StrEnum):
    """What somebody wants."""

    STAY = "stay"
    OPEN = "open"
    MOVE = "move"


WISH_WORDS = {Wish.STAY: "Wants to stay", Wish.OPEN: "Open to either", Wish.MOVE: "Wants to move"}


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's wish; without teams or kinds a wish to move means anywhere else, without a day at once."""

    wish: Wish
    teams: frozenset[int] = frozenset()
    kinds: frozenset[TeamKind] = frozenset()
    from_on: date | None = None
    note: str = ""

    def is_for(self, team: int, kind: TeamKind) -> bool:
        """Say whether a team is one that the person wants to move to."""
        is_anywhere = not self.teams and not self.kinds
        return self.wish is Wish.MOVE and (is_anywhere or team in self.teams or kind in self.kinds)

    def is_due(self, day: date) -> bool:
        """Say whether the person wants to move by that day."""
        return self.wish is Wish.MOVE and (self.from_on is None or self.from_on <= day)


def places_in_words(teams: Collection[int], kinds: Collection[TeamKind], codes: Mapping[int, str]) -> str:
    """Return where somebody wants to go: ``CHK or WHS``, ``any ops team``, ``anywhere``."""
    found = sorted(codes[team] for team in teams if team in codes)
    found += [
        f"any {KIND_WORDS[kind] if kind is not TeamKind.OPS else 'ops'} team" for kind in TeamKind if kind in kinds
    ]
    return " or ".join(found) if found else "anywhere"
