"""Reads a person's moves as tours: who was where from when to when, and which entries contradict each other.

A correction stands in the place of the entry it names: with teams it replaces it, without any it takes it out. A
correction can itself be corrected. Only the last of such a chain counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Conflict(StrEnum):
    """Why an entry cannot be true beside the others."""

    NOT_A_MOVE = "starts and ends in the same place"
    SAME_DAY = "falls on the day of another move"
    ELSEWHERE = "starts from a place where the person is not"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a person's log as plain values; a team is named by its id, none means outside all teams."""

    number: int
    on: date
    from_team: int | None
    to_team: int | None
    corrects: int | None = None

    @property
    def is_void(self) -> bool:
        """Whether this takes out the entry it corrects and puts nothing in its place."""
        return self.corrects is not None and self.from_team is None and self.to_team is None


@dataclass(frozen=True, slots=True)
class Tour:
    """An unbroken stay in a team, from its first day up to, not including, the day of the next move."""

    team: int
    from_on: date
    until_on: date | None

    @property
    def length(self) -> int | None:
        """How many days the tour lasts from its first to its last, where it has an end."""
        return (self.until_on - self.from_on).days if self.until_on else None

    def covers(self, day: date) -> bool:
        """Say whether the person is in the team on that day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)

    def days(self, today: date) -> int:
        """Return how many days the tour has lasted by then."""
        end = min(self.until_on, today) if self.until_on else today
        return max(0, (end - self.from_on).days)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An entry that cannot be true: where the person really is before it, and since when."""

    entry: Entry
    conflict: Conflict
    team: int | None
    since: Entry | None


@dataclass(frozen=True, slots=True)
class History:
    """All tours of one person in order, the entries they follow from, and what contradicts."""

    tours: tuple[Tour, ...]
    entries: tuple[Entry, ...]
    contradictions: tuple[Contradiction, ...]

    def tour_on(self, day: date) -> Tour | None:
        """Return the tour that covers a day, or None outside all teams."""
        return next((tour for tour in self.tours if tour.covers(day)), None)

    def team_on(self, day: date) -> int | None:
        """Return the team of a day, or None outside all teams."""
        tour = self.tour_on(day)
        return tour.team if tour else None

    def last_entry_on(self, day: date) -> Entry | None:
        """Return the move that brought the person to where they are on a day."""
        return next((entry for entry in reversed(self.entries) if entry.on <= day), None)


def standing_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count, by day: those that no correction names, without the ones taken out."""
    entries = tuple(entries)
    corrected = {entry.corrects for entry in entries}
    standing = (entry for entry in entries if entry.number not in corrected and not entry.is_void)
    return tuple(sorted(standing, key=lambda entry: (entry.on, entry.number)))


def history(entries: Iterable[Entry]) -> History:
    """Fold a person's log. Where entries contradict, the later one is believed and the contradiction named."""
    standing = standing_entries(entries)
    return History(_tours(standing), standing, _contradictions(standing))


def _tours(standing: Sequence[Entry]) -> tuple[Tour, ...]:
    ends = [entry.on for entry in standing[1:]]
    spans = zip(standing, [*ends, None], strict=True) if standing else ()
    return tuple(
        Tour(entry.to_team, entry.on, until)
        for entry, until in spans
        if entry.to_team is not None and until != entry.on
    )


def _contradictions(standing: Sequence[Entry]) -> tuple[Contradiction, ...]:
    found = []
    before: Entry | None = None
    for entry in standing:
        team = before.to_team if before else None
        conflict = _conflict(entry, before, team)
        if conflict:
            found.append(Contradiction(entry, conflict, team, before))
        before = entry
    return tuple(found)


def _conflict(entry: Entry, before: Entry | None, team: int | None) -> Conflict | None:
    if entry.from_team == entry.to_team:
        return Conflict.NOT_A_MOVE
    if before and before.on == entry.on:
        return Conflict.SAME_DAY
    return None if entry.from_team == team else Conflict.ELSEWHERE
