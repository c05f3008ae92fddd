"""When mail waits: quiet hours of a person, in their own time zone. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one minute of the day to another, which may lie on the next day; the same twice is never."""

    from_minute: int
    to_minute: int
    zone: str

    def free_at(self, now: datetime) -> datetime:
        """Return when mail may leave: now, or the end of the quiet hours that now lies in."""
        zone = ZoneInfo(self.zone)
        here = now.astimezone(zone)
        minute = here.hour * 60 + here.minute
        into = (minute - self.from_minute) % DAY
        length = (self.to_minute - self.from_minute) % DAY
        if into >= length:
            return now
        is_tomorrow = minute >= self.from_minute > self.to_minute
        day = here.date() + timedelta(days=1 if is_tomorrow else 0)
        # A time that the clocks jump over is read with the offset of before, which is right after the jump.
        return datetime.combine(day, time(self.to_minute // 60, self.to_minute % 60), zone).astimezone(now.tzinfo)
