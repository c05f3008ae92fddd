"""When a series comes round: an RRULE (RFC 5545, section 3.3.10) read in wall-clock time. Pure.

The rule counts local days and keeps the local hour, so that 09:30 stays 09:30 across a change of the clocks.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from gamebash.core.errors import InvalidError

FREQUENCIES = ("WEEKLY", "MONTHLY", "YEARLY")
PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"})
LOOK_AHEAD = timedelta(days=366 * 6)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAYS_A_WEEK = 7
LAST_REGULAR_WEEK = 4


class InvalidRecurrenceError(InvalidError):
    """The rule cannot be read, or never comes round."""


def check_recurrence(text: str) -> str:
    """Return the rule in its plain form.

    Raises:
        InvalidRecurrenceError: where it cannot be read, names a part that is not understood, or repeats within days.
    """
    plain = text.strip().upper().removeprefix("RRULE:")
    parts = dict(part.partition("=")[::2] for part in plain.split(";") if part)
    if unknown := sorted(set(parts) - PARTS):
        message = f"A rule may have {', '.join(sorted(PARTS))}; {unknown[0]} is not understood here."
        raise InvalidRecurrenceError(message)
    if parts.get("FREQ") not in FREQUENCIES:
        message = "A rule begins with FREQ=WEEKLY, MONTHLY or YEARLY, as in FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH."
        raise InvalidRecurrenceError(message)
    _read(plain, datetime(2026, 1, 1, tzinfo=UTC))
    return plain


def next_start(text: str, *, first_at: datetime, after: datetime, zone: str) -> datetime:
    """Return the first start after a moment, of a series that begins at ``first_at``.

    Raises:
        InvalidRecurrenceError: where the rule cannot be read or does not come round within six years.
    """
    local_zone = ZoneInfo(zone)
    rule = _read(text, first_at.astimezone(local_zone))
    local_after = after.astimezone(local_zone).replace(tzinfo=None)
    found: datetime | None = rule.replace(until=local_after + LOOK_AHEAD).after(local_after)
    if found is None:
        message = f"The rule {text} does not come round within the next six years."
        raise InvalidRecurrenceError(message)
    return found.replace(tzinfo=local_zone).astimezone(UTC)


def usual_rules(first: datetime) -> dict[str, str]:
    """Return the usual rhythms of a series that begins on that local day, by name: every third month and so on."""
    nth = (first.day - 1) // DAYS_A_WEEK + 1
    day = f"{nth if nth <= LAST_REGULAR_WEEK else -1}{WEEKDAYS[first.weekday()]}"
    return {
        "quarter": f"FREQ=MONTHLY;INTERVAL=3;BYDAY={day}",
        "two_months": f"FREQ=MONTHLY;INTERVAL=2;BYDAY={day}",
        "month": f"FREQ=MONTHLY;BYDAY={day}",
        "half_year": f"FREQ=MONTHLY;INTERVAL=6;BYDAY={day}",
    }


def _read(text: str, first: datetime) -> rrule:
    try:
        found = rrulestr(text, dtstart=first.replace(tzinfo=None))
    except (ValueError, TypeError, KeyError) as error:
        message = f"The rule {text} cannot be read: {error}. An example: FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH."
        raise InvalidRecurrenceError(message) from error
    if not isinstance(found, rrule):
        message = "A series has one rule, without exceptions."
        raise InvalidRecurrenceError(message)
    return found
