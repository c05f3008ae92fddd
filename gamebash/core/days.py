"""Days and times as people type them: only those that a calendar of work can hold, so that a day more or less is one too."""

from datetime import date, datetime

FIRST_YEAR, LAST_YEAR = 1970, 2199
OUTSIDE = f"Choose a day between {FIRST_YEAR} and {LAST_YEAR}."


def is_usual(day: date) -> bool:
    """Say whether a day or time lies in the years that are counted with."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def day_of(text: str | None) -> date | None:
    """Return the day that an address or a file names; nonsense counts as none."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if is_usual(day) else None


def moment_of(text: str | None) -> datetime | None:
    """Return the time that a hidden field or an address names, with or without a zone; nonsense counts as none."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return moment if is_usual(moment) else None
