"""Dates as sources write them. Whether 3/4 is in March or April, the file or a person decides; it is never guessed.

A local time that the clocks skipped counts by the offset before the change, one that they struck twice is the first.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil import parser

_TIME = (
    r"(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?(?:[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})" + _TIME)
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})" + _TIME)
_MONTH_WORD = re.compile(r"(\d{1,2})[/. -]+([A-Za-z]{3,9})\.?[/., -]+(\d{4}|\d{2})" + _TIME)
_NO_TIMES = ("0001-01-01", "0000-00-00", "01/01/0001", "1/1/0001")
_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)  # noqa: SIM905
}
_LAST_MONTH = 12
# A number of so many digits counts from 1970 in seconds, milliseconds, microseconds or nanoseconds.
_EPOCHS = {10: 1, 13: 10**3, 16: 10**6, 19: 10**9}
_COUNTED = re.compile(r"(?:\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d+)?")
_PIVOT = 70
_PROBES = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # noqa: DTZ001


class DateOrder(StrEnum):
    """Which number of 3/4/2026 is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    AMBIGUOUS = "ambiguous"
    UNNEEDED = "unneeded"


class UnreadableDateError(ValueError):
    """Text that is no date; the message quotes it."""


@dataclass(slots=True)
class OrderProof:
    """What the dates of a file say about their order: the first line that proves each."""

    day_first: int | None = None
    month_first: int | None = None
    is_needed: bool = False

    def see(self, text: str, line: int) -> None:
        """Look at one date."""
        found = _NUMERIC.fullmatch(text.strip())
        if not found:
            return
        self.is_needed = True
        if int(found[1]) > _LAST_MONTH and self.day_first is None:
            self.day_first = line
        elif int(found[2]) > _LAST_MONTH and self.month_first is None:
            self.month_first = line

    @property
    def order(self) -> DateOrder:
        """The order that is proved; ambiguous where none is, or both are."""
        if not self.is_needed:
            return DateOrder.UNNEEDED
        if (self.day_first is None) == (self.month_first is None):
            return DateOrder.AMBIGUOUS
        return DateOrder.MONTH_FIRST if self.day_first is None else DateOrder.DAY_FIRST

    @property
    def words(self) -> str:
        """The proof in words; nothing where there is none."""
        if self.day_first is not None and self.month_first is not None:
            return (
                f"The dates contradict each other: line {self.day_first:,} has the day first, line {self.month_first:,} "
                "the month. Rows that do not fit the order you choose will be rejected with their line."
            )
        line = self.day_first or self.month_first
        which = "day" if self.day_first is not None else "month"
        return f"The {which} comes first: line {line:,} proves it." if line is not None else ""


def order_of(texts: Iterable[str]) -> DateOrder:
    """Return what the dates of a file themselves say about their order."""
    proof = OrderProof()
    for line, text in enumerate(texts, start=1):
        proof.see(text, line)
    return proof.order


class Moments:
    """Reads the times of a file, whose order and zone are known. Instances may be called once for each cell."""

    def __init__(self, order: DateOrder, zone: ZoneInfo) -> None:
        """Read in this order; a time without offset is in this zone."""
        self._is_month_first = order is DateOrder.MONTH_FIRST
        self._zone: timezone | ZoneInfo = UTC if zone.key == "UTC" else zone

    def __call__(self, text: str) -> datetime | None:
        """Return the moment in UTC; none for what sources write where there is no time.

        Raises:
            UnreadableDateError: where the text is no date, or none in that order.
        """
        try:
            return self._utc(self._read(text))
        except (ValueError, OverflowError) as error:
            if text.startswith(_NO_TIMES):
                return None
            raise UnreadableDateError(f"{text[:60]!r} is not a date") from error

    def _utc(self, value: datetime) -> datetime | None:
        if value.year <= 1:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=self._zone)
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def _read(self, text: str) -> datetime:
        if len(text) > 4 and text[4] == "-":  # noqa: PLR2004
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                return self._written(text)
        return self._written(text)

    def _written(self, text: str) -> datetime:
        text = text.strip()
        if _COUNTED.fullmatch(text):
            return datetime.fromtimestamp(float(text) / _EPOCHS[len(text.partition(".")[0])], UTC)
        if found := _NUMERIC.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            day, month = (second, first) if self._is_month_first else (first, second)
            return _built(_year(found[3]), month, day, found)
        if found := _MONTH_WORD.fullmatch(text):
            return _built(_year(found[3]), _MONTHS.get(found[2][:3].casefold(), 0), int(found[1]), found)
        if found := _YEAR_FIRST.fullmatch(text):
            return _built(int(found[1]), int(found[2]), int(found[3]), found)
        return _any(text)


def moment(text: str, *, order: DateOrder, zone: ZoneInfo) -> datetime:
    """Return the moment that a text names, in UTC; without an offset it is in the given zone.

    Raises:
        UnreadableDateError: where the text is no date, or none in that order.
    """
    found = Moments(order, zone)(text.strip())
    if found is None:
        raise UnreadableDateError(f"{text[:60]!r} is not a date")
    return found


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004
        return year
    return year + (1900 if year >= _PIVOT else 2000)


def _built(year: int, month: int, day: int, found: re.Match[str]) -> datetime:
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7] in "pP" else 0)
    value = datetime(year, month, day, hour, int(found[5] or 0), int(found[6] or 0))  # noqa: DTZ001
    return value.replace(tzinfo=_offset(found[8])) if found[8] else value


def _offset(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _any(text: str) -> datetime:
    """Read what has another form; one that leaves out the day, month or year is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        first, second = (parser.parse(text, default=probe) for probe in _PROBES)
        if first != second:
            raise
        value: datetime = first
        return value
