"""Quarters, and the moves between teams in one of them, counted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

QUARTERS, MONTHS = 4, 3
OUTSIDE = "outside"
_NAMED = re.compile(r"(\d{4})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, MONTHS * self.number - 2, 1)

    @property
    def key(self) -> str:
        """The quarter in an address: ``2026-Q4``."""
        return f"{self.year}-Q{self.number}"

    @property
    def words(self) -> str:
        """The quarter in words."""
        return f"Q{self.number} {self.year}"

    def step(self, count: int) -> "Quarter":
        """Return the quarter so many later."""
        place = self.year * QUARTERS + self.number - 1 + count
        return Quarter(place // QUARTERS, place % QUARTERS + 1)


@dataclass(frozen=True, slots=True)
class Flow:
    """How many people moved from one team to another; a team is named by its code, outside all teams as such."""

    from_code: str
    to_code: str
    people: int


def quarter_of(day: date) -> Quarter:
    """Return the quarter that a day lies in."""
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


def quarter_named(text: str, today: date) -> Quarter:
    """Return the quarter that an address names; nonsense means that of today."""
    found = _NAMED.fullmatch(text)
    is_sensible = found and date.min.year < int(found[1]) < date.max.year
    return Quarter(int(found[1]), int(found[2])) if found and is_sensible else quarter_of(today)


def net(flows: Iterable[Flow]) -> dict[str, tuple[int, int]]:
    """Return for each team how many people came and how many went, outside left out."""
    found: dict[str, tuple[int, int]] = {}
    for flow in flows:
        for code, came, went in ((flow.to_code, flow.people, 0), (flow.from_code, 0, flow.people)):
            if code != OUTSIDE:
                before = found.get(code, (0, 0))
                found[code] = before[0] + came, before[1] + went
    return found
