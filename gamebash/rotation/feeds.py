"""Moves and tours as a calendar (RFC 5545): stable UIDs, a sequence that only rises, cancelled ones said to be cancelled.

A move and everything that corrected it is one entry of the calendar. Its UID is made of the hash of the first, which no
other installation has; its sequence counts what was written to it since, so that calendar programs take the newest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gamebash.core.calendars import CalendarEntry, calendar_file
from gamebash.rotation.flows import quarter_of
from gamebash.rotation.tours import Entry, History, history

A_DAY = timedelta(days=1)
QUARTERS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the log as a calendar needs it; ``answers`` counts the approvals and answers given to it."""

    entry: Entry
    name: str
    reason: str
    digest: str
    written_at: datetime
    answers: int
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a calendar: a whole-day event up to, not including, ``end``; ``path`` is where it is told of here."""

    uid: str
    sequence: int
    stamp: datetime
    first: date
    end: date
    summary: str
    description: str
    status: str
    path: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A move with all entries that corrected it, in the order of writing."""

    links: tuple[Link, ...]

    @property
    def real(self) -> Link:
        """The last entry that says a move."""
        return next(link for link in reversed(self.links) if not link.entry.is_void)

    @property
    def is_off(self) -> bool:
        """Whether the last entry took the move out."""
        return self.links[-1].entry.is_void

    @property
    def uid(self) -> str:
        """What names the thread everywhere and for good."""
        return self.links[0].digest[:32]

    @property
    def sequence(self) -> int:
        """How often something was written to it since the first entry."""
        return len(self.links) - 1 + sum(link.answers for link in self.links)

    def touching(self, team: int | None) -> Link | None:
        """Return the last entry that says a move from or to a team; of all teams for None."""
        touches = (link for link in reversed(self.links) if _touches(link.entry, team))
        return next(touches, None)


def threads(links: Iterable[Link]) -> tuple[Thread, ...]:
    """Return the threads of one person's log, in the order of their first entries."""
    by_number: dict[int, list[Link]] = {}
    for link in sorted(links, key=lambda link: link.entry.number):
        corrects = link.entry.corrects
        own = by_number[corrects] if corrects is not None else []
        own.append(link)
        by_number[link.entry.number] = own
    unique = {id(own): own for own in by_number.values()}
    return tuple(Thread(tuple(own)) for own in unique.values())


def items_of_person(links: Sequence[Link], codes: dict[int, str], today: date, team: int | None = None) -> list[Item]:
    """Return what a calendar shows of one person's log: all of it, or what concerns one team, with the person's name."""
    found = threads(links)
    past = history(link.entry for link in links)
    moves = [item for one in found if (item := _move(one, codes, team))]
    return [*moves, *_tours(found, past, codes, (today, team))]


def calendar(name: str, items: Iterable[Item], base: str) -> bytes:
    """Return a calendar file with these items; ``base`` is the address of the installation."""
    ordered = sorted(items, key=lambda item: (item.first, item.uid))
    return calendar_file("rotation", (_entry(item, base.rstrip("/")) for item in ordered), name=name)


def _entry(item: Item, base: str) -> CalendarEntry:
    return CalendarEntry(
        item.uid, item.sequence, item.stamp, item.first, item.end, item.summary, item.status, f"{base}{item.path}",
        description=item.description, is_free=True,
    )  # fmt: skip


def _move(thread: Thread, codes: dict[int, str], team: int | None) -> Item | None:
    link = thread.touching(team)
    if link is None:
        return None
    entry = link.entry
    is_off = thread.is_off or link is not thread.real
    who = f"{link.name}: " if team is not None else ""
    return Item(
        uid=f"move-{thread.uid}@gamebash",
        sequence=thread.sequence,
        stamp=thread.links[-1].written_at,
        first=entry.on,
        end=entry.on + A_DAY,
        summary=f"{who}{_place(entry.from_team, codes)} to {_place(entry.to_team, codes)}",
        description=link.reason,
        status="CANCELLED" if is_off else "CONFIRMED" if link.is_settled else "TENTATIVE",
        path=f"/rotation/moves/{entry.number}",
    )


def _tours(
    found: Sequence[Thread], past: History, codes: dict[int, str], about: tuple[date, int | None]
) -> Iterable[Item]:
    """Return the tours, and those that are off because the move that began them is.

    A tour without an end is shown up to the end of the next quarter, so that a calendar shows where somebody is.
    """
    today, team = about
    by_number = {link.entry.number: thread for thread in found for link in thread.links}
    latest = max((link for thread in found for link in thread.links), key=lambda link: link.entry.number, default=None)
    begun = {entry.on: entry for entry in past.entries if entry.to_team is not None}
    running = set()
    for tour in past.tours:
        if latest is None or team not in {None, tour.team}:
            continue
        entry = begun[tour.from_on]
        thread = by_number[entry.number]
        running.add(thread.uid)
        open_end = quarter_of(max(today, tour.from_on)).step(QUARTERS_AHEAD).first
        yield _tour(thread, entry, codes, (tour.until_on or open_end, "CONFIRMED", latest, team))
    for thread in found:
        link = thread.touching(team)
        if link is None or latest is None or thread.uid in running or link.entry.to_team is None:
            continue
        if team in {None, link.entry.to_team}:
            yield _tour(thread, link.entry, codes, (link.entry.on + A_DAY, "CANCELLED", latest, team))


def _tour(thread: Thread, entry: Entry, codes: dict[int, str], facts: tuple[date, str, Link, int | None]) -> Item:
    end, status, latest, team = facts
    name = thread.links[0].name
    return Item(
        uid=f"tour-{thread.uid}@gamebash",
        # Any later entry of the person may have moved the end, so each of them counts.
        sequence=latest.entry.number - thread.links[0].entry.number + thread.sequence,
        stamp=latest.written_at,
        first=entry.on,
        end=end,
        summary=f"{name} in {_place(entry.to_team, codes)}"
        if team is not None
        else f"In {_place(entry.to_team, codes)}",
        description="",
        status=status,
        path=f"/rotation/moves/{entry.number}",
    )


def _touches(entry: Entry, team: int | None) -> bool:
    return not entry.is_void and (team is None or team in {entry.from_team, entry.to_team})


def _place(team: int | None, codes: dict[int, str]) -> str:
    return codes[team] if team is not None else "outside"
