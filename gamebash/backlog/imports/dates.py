"""Dates as sources write them. Whether 3/4 is in March or April, the file or a person decides; it is never guessed."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil import parser

_NUMERIC = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_LAST_MONTH = 12
_MILLISECONDS_FROM = 10**11


class DateOrder(StrEnum):
    """Which number of 3/4/2026 is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    AMBIGUOUS = "ambiguous"
    UNNEEDED = "unneeded"


class UnreadableDateError(ValueError):
    """Text that is no date; the message quotes it."""


def order_of(texts: Iterable[str]) -> DateOrder:
    """Return what the dates of a file themselves say about their order."""
    pairs = [(int(found[1]), int(found[2])) for text in texts if (found := _NUMERIC.fullmatch(text.strip()))]
    if not pairs:
        return DateOrder.UNNEEDED
    is_day_first = any(first > _LAST_MONTH for first, _ in pairs)
    is_month_first = any(second > _LAST_MONTH for _, second in pairs)
    if is_day_first == is_month_first:
        return DateOrder.AMBIGUOUS
    return DateOrder.DAY_FIRST if is_day_first else DateOrder.MONTH_FIRST


def moment(text: str, *, order: DateOrder, zone: ZoneInfo) -> datetime:
    """Return the moment that a text names, in UTC; without an offset it is in the given zone.

    Raises:
        UnreadableDateError: where the text is no date, or none in that order.
    """
    text = text.strip()
    try:
        if _EPOCH.fullmatch(text):
            return _epoch(float(text))
        if found := _NUMERIC.fullmatch(text):
            return _in_utc(_numeric(found, order), zone)
        return _in_utc(_written(text), zone)
    except (ValueError, OverflowError) as error:
        raise UnreadableDateError(f"{text[:60]!r} is not a date") from error


def _epoch(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS_FROM else number, UTC)


def _numeric(found: re.Match[str], order: DateOrder) -> datetime:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    day, month = (second, first) if order is DateOrder.MONTH_FIRST else (first, second)
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7].casefold() == "pm" else 0)
    full_year = year if year > 99 else 2000 + year  # noqa: PLR2004
    return datetime(full_year, month, day, hour, int(found[5] or 0), int(found[6] or 0))  # noqa: DTZ001


def _written(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        written: datetime = parser.parse(text, dayfirst=True)
        return written


def _in_utc(value: datetime, zone: ZoneInfo) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
