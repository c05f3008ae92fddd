"""Numbers and lengths of time as sources write them."""

import re
from collections.abc import Iterable
from enum import StrEnum

_CLOCK = re.compile(r"(-?)(\d{1,6}):([0-5]?\d)(?::([0-5]?\d)(?:[.,]\d+)?)?")
_WORDS = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(d|h|m|s)[a-z]*\.?", re.IGNORECASE)
_ONLY_WORDS = re.compile(r"(?:\s*-?\d+(?:[.,]\d+)?\s*[dhms][a-z]*\.?[\s,]*(?:and)?)+", re.IGNORECASE)
_MINUTES = {"d": 1440.0, "h": 60.0, "m": 1.0, "s": 1 / 60}
_THREE = 3


class Unit(StrEnum):
    """What a bare number in the column of impact counts."""

    MINUTES = "minutes"
    SECONDS = "seconds"
    HOURS = "hours"


PER_UNIT = {Unit.MINUTES: 1.0, Unit.SECONDS: 1 / 60, Unit.HOURS: 60.0}


def number_of(text: str, *, has_decimal_comma: bool = False) -> float:
    """Return the number that a text is.

    Raises:
        ValueError: where it is none.
    """
    text = text.replace("\u00a0", "").replace(" ", "").replace("'", "")
    text = text.replace(".", "").replace(",", ".") if has_decimal_comma else text.replace(",", "")
    number = float(text)
    if number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124
        raise ValueError(text)
    return number


def minutes_of(text: str, unit: Unit = Unit.MINUTES, *, has_decimal_comma: bool = False) -> float:
    """Return a length of time in minutes: ``1:30`` is an hour and a half, ``1h 30m`` too, a bare number is in the unit.

    Raises:
        ValueError: where it is none.
    """
    if found := _CLOCK.fullmatch(text):
        minutes = int(found[2]) * 60 + int(found[3]) + int(found[4] or 0) / 60
        return -minutes if found[1] else minutes
    if _ONLY_WORDS.fullmatch(text):
        pairs = _WORDS.findall(text)
        return sum(float(number.replace(",", ".")) * _MINUTES[word.casefold()] for number, word in pairs)
    return number_of(text, has_decimal_comma=has_decimal_comma) * PER_UNIT[unit]


def is_minutes(text: str) -> bool:
    """Say whether a text is a length of time."""
    try:
        minutes_of(text, has_decimal_comma="," in text)
    except ValueError:
        return False
    return True


def has_decimal_comma(texts: Iterable[str]) -> bool:
    """Say whether a column writes its fractions with a comma: one that no group of three digits explains proves it."""
    found = False
    for text in texts:
        whole, comma, rest = text.strip().rpartition(",")
        if not comma or not rest.isdecimal() or ":" in whole:
            continue
        if "." in rest or ("." in whole and len(whole.rpartition(".")[2]) != _THREE):
            return False
        found = found or len(rest) != _THREE or "." in whole
    return found
