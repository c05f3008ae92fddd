"""Jinja filters for dates, durations and numbers, in the words of the screens.

Times are shown in the zone of the setting ``GAMEBASH_TIMEZONE``; numbers have a comma between thousands.
"""

from collections.abc import Sized
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from gamebash.core import charts

HOUR = 60


def register_filters(app: Flask) -> None:
    """Make the filters, and the layout of charts, known to the app's templates."""
    app.config.setdefault("GAMEBASH_TIMEZONE", "UTC")
    app.jinja_env.filters.update(
        clock=clock,
        counted=counted,
        date_long=date_long,
        date_year=date_year,
        day=day,
        duration=duration,
        hours=hours,
        iso=iso,
        number=number,
        ordinal=ordinal,
        part_of_day=part_of_day,
        pct=charts.pct,
        percent=percent,
        period=period,
        points=points,
        signed=signed,
        spoken=spoken,
        when=when,
    )
    app.jinja_env.globals["charts"] = charts


def local(moment: datetime) -> datetime:
    """Return a moment in the zone of this installation; one without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(current_app.config["GAMEBASH_TIMEZONE"]))


def _on(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """Return ``Thu 19 Nov``."""
    if value is None:
        return ""
    on = _on(value)
    return f"{on:%a} {on.day} {on:%b}"


def date_long(value: date | datetime | None) -> str:
    """Return ``Thursday 19 November``."""
    if value is None:
        return ""
    on = _on(value)
    return f"{on:%A} {on.day} {on:%B}"


def date_year(value: date | datetime | None) -> str:
    """Return ``7 December 2026``."""
    if value is None:
        return ""
    on = _on(value)
    return f"{on.day} {on:%B} {on.year}"


def clock(value: datetime | None) -> str:
    """Return ``14:41``."""
    return "" if value is None else f"{local(value):%H:%M}"


def when(value: datetime | None, now: datetime | None = None) -> str:
    """Return ``14:41`` for today, else ``Thu 12 Nov, 02:14``; without ``now`` always with the day."""
    if value is None:
        return ""
    if now is not None and _on(value) == _on(now):
        return clock(value)
    return f"{day(value)}, {clock(value)}"


def iso(value: date | datetime | None) -> str:
    """Return what a ``datetime`` attribute takes."""
    if value is None:
        return ""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _minutes(value: timedelta | float | None) -> int:
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value or 0) * 60
    return max(0, int(seconds // 60))


def duration(value: timedelta | float | None) -> str:
    """Return ``43 min`` or ``1 h 12 min`` for a duration, or for a number of minutes; never below nothing."""
    whole, rest = divmod(_minutes(value), HOUR)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest} min" if rest else f"{whole} h"


def spoken(value: timedelta | float | None) -> str:
    """Return a duration to be read aloud: ``1 hour 47 minutes``."""
    whole, rest = divmod(_minutes(value), HOUR)
    words = [counted(whole, "hour")] if whole else []
    if rest or not whole:
        words.append(counted(rest, "minute"))
    return " ".join(words)


def period(value: timedelta | None) -> str:
    """Return a duration for a ``datetime`` attribute: ``PT1H47M32S``."""
    seconds = max(0, int(value.total_seconds())) if value is not None else 0
    return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"


def number(value: float | None) -> str:
    """Return ``50,000``, with at most one decimal."""
    return "" if value is None else charts.trimmed(round(value, 1))


def hours(value: float | None) -> str:
    """Return ``4 h`` or ``3.5 h``."""
    return f"{number(value)} h" if value is not None else ""


def percent(share: float | None) -> str:
    """Return ``25%`` for a share of 0.25."""
    return "" if share is None else f"{share * 100:,.0f}%"


def signed(value: float) -> str:
    """Return ``+8`` or ``-2``, with a true minus."""
    return f"+{number(value)}" if value >= 0 else f"\N{MINUS SIGN}{number(abs(value))}"


def counted(value: float | Sized, one: str, many: str | None = None) -> str:
    """Return ``1 story`` or ``24 stories``: how many, and of what."""
    how_many = len(value) if isinstance(value, Sized) else value
    return f"{number(how_many)} {one if how_many == 1 else many or one + 's'}"


def points(value: float) -> str:
    """Return ``1 point`` or ``8 points``."""
    return counted(value, "point")


def ordinal(value: int) -> str:
    """Return a place in words: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    teens = range(11, 14)
    ending = "th" if value % 100 in teens else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


NOON, EVENING = 12, 18


def part_of_day(moment: datetime) -> str:
    """Return morning, afternoon or evening, in the installation's time zone."""
    hour = local(moment).hour
    return "morning" if hour < NOON else "afternoon" if hour < EVENING else "evening"
