"""Wall-clock times of the installation's time zone, and the moments they mean. Pure."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def moment_at(day: date, clock: time, zone: str) -> datetime | None:
    """Return the moment (UTC) of a wall-clock time on a day, or None where clocks jump over it.

    Where clocks go back and the time comes twice, the first one is meant.
    """
    local = datetime.combine(day, clock, tzinfo=ZoneInfo(zone))
    moment = local.astimezone(UTC)
    back = moment.astimezone(ZoneInfo(zone))
    return moment if back.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def local_of(moment: datetime, zone: str) -> datetime:
    """Return the wall-clock time of a moment, with its zone."""
    return moment.astimezone(ZoneInfo(zone))


def offset_words(moment: datetime, zone: str) -> str:
    """Return the zone at that moment for people: ``Europe/Berlin, UTC+01:00``."""
    offset = local_of(moment, zone).strftime("%z")
    return "UTC" if zone == "UTC" else f"{zone}, UTC{offset[:3]}:{offset[3:]}"
