"""What a rescore writes: corrections that take entries back, pay a fix anew, or give it to somebody else. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gamebash.points.scoring import Award, EntryKind

OF_AUTHOR = (
    EntryKind.FIX,
    EntryKind.FIRST_FIX,
    EntryKind.NEWCOMER,
    EntryKind.HELD_BONUS,
    EntryKind.CLAWBACK,
    EntryKind.CORRECTION,
)


class Deed(StrEnum):
    """What is done with the fixes that were chosen."""

    TAKE_BACK = "take_back"
    PAY_ANEW = "pay_anew"
    GIVE_TO = "give_to"
    GIVE_BACK = "give_back"


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that stands: it is no reversal, and none takes it back.

    What was given back after a watch had taken it stands too, as what it was: ``kind`` is that of the entry it restores.
    """

    entry_id: int
    player_id: int
    kind: EntryKind
    points: int
    reason: str
    fix_id: int
    story_id: int | None


@dataclass(frozen=True, slots=True)
class Worthy:
    """What a fix would pay its author and assists by the event's frozen rules as things stand now."""

    fix_id: int
    story_id: int
    awards: tuple[Award, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A correction to be written; ``reverses_id`` is the entry that it takes back."""

    player_id: int
    points: int
    what: str
    fix_id: int
    story_id: int | None
    reverses_id: int | None = None


def take_back(entries: Iterable[Standing]) -> tuple[Change, ...]:
    """Return the corrections that bring everything these entries paid to nothing, reviewers' parts among it."""
    return tuple(_reversal(entry) for entry in entries if entry.points)


def give_back(clawbacks: Iterable[Standing]) -> tuple[Change, ...]:
    """Return the corrections that undo what a watch took, each naming the entry that took it."""
    return tuple(
        Change(one.player_id, -one.points, f"Gives back: {one.reason}", one.fix_id, one.story_id, one.entry_id)
        for one in clawbacks
        if one.points
    )


def give_to(entries: Iterable[Standing], player_id: int, authors: Mapping[int, int]) -> tuple[Change, ...]:
    """Return the corrections that move what the author of each fix got to another player; assists and reviewers keep theirs."""
    found: list[Change] = []
    for entry in entries:
        if entry.kind in OF_AUTHOR and entry.player_id == authors[entry.fix_id] != player_id and entry.points:
            found += [_reversal(entry), Change(player_id, entry.points, entry.reason, entry.fix_id, entry.story_id)]
    return tuple(found)


def pay_anew(entries: Iterable[Standing], fixes: Iterable[Worthy]) -> tuple[Change, ...]:
    """Return the corrections that make what stands for author and assists what the rules give; what agrees is left alone."""
    standing: dict[tuple[int, int], list[Standing]] = {}
    for entry in entries:
        if entry.kind not in {EntryKind.REVIEW, EntryKind.FIRST_FIX, EntryKind.HELD_BONUS, EntryKind.CLAWBACK}:
            standing.setdefault((entry.fix_id, entry.player_id), []).append(entry)
    found: list[Change] = []
    for fix in fixes:
        due: dict[int, int] = {}
        for award in fix.awards:
            due[award.player_id] = due.get(award.player_id, 0) + award.points
        players = sorted({*due, *(player_id for fix_id, player_id in standing if fix_id == fix.fix_id)})
        for player_id in players:
            old = standing.get((fix.fix_id, player_id), [])
            if sum(entry.points for entry in old) != due.get(player_id, 0):
                found += [_reversal(entry) for entry in old if entry.points]
                if due.get(player_id):
                    found.append(Change(player_id, due[player_id], "Paid anew by the rules", fix.fix_id, fix.story_id))
    return tuple(found)


def _reversal(entry: Standing) -> Change:
    return Change(
        entry.player_id, -entry.points, f"Takes back: {entry.reason}", entry.fix_id, entry.story_id, entry.entry_id
    )
