"""The day of an event: its times in the order in which they have to come. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from gamebash.events.refusals import InvalidDayError

LONGEST = timedelta(days=14)
LONGEST_REVIEW = timedelta(days=30)
SHORTEST = timedelta(minutes=30)
LONGEST_NAME = 80
LONGEST_PLACE = 200
LONGEST_LINK = 500
MOST_PLAYERS = 5000


@dataclass(frozen=True, slots=True)
class DayPlan:
    """When, where and what: all times are moments; the freeze may be left out, and so may the limit of players."""

    name: str
    starts_at: datetime
    ends_at: datetime
    reviews_end_at: datetime
    freezes_at: datetime | None = None
    place: str = ""
    link: str = ""
    about: str = ""
    player_limit: int | None = None

    def trimmed(self) -> "DayPlan":
        """Return the plan without blanks around its words."""
        words = {field: getattr(self, field).strip() for field in ("name", "place", "link", "about")}
        return replace(self, **words)

    def moved_to(self, starts_at: datetime) -> "DayPlan":
        """Return the same day at another time: everything keeps its distance to the start."""
        by = starts_at - self.starts_at
        return replace(
            self,
            starts_at=starts_at,
            ends_at=self.ends_at + by,
            reviews_end_at=self.reviews_end_at + by,
            freezes_at=self.freezes_at + by if self.freezes_at else None,
        )


def check_day(plan: DayPlan) -> DayPlan:
    """Return the trimmed plan when its times follow one another: start, freeze, end, review deadline.

    Raises:
        InvalidDayError: naming the time that is out of order, or the word that cannot be used.
    """
    plan = plan.trimmed()
    complaint = _wrong_times(plan) or _wrong_words(plan)
    if complaint:
        raise InvalidDayError(complaint)
    return plan


def _wrong_times(plan: DayPlan) -> str:
    length = plan.ends_at - plan.starts_at
    if length <= timedelta():
        return "The end has to come after the start."
    if not SHORTEST <= length <= LONGEST:
        return "An event lasts from half an hour to two weeks."
    if plan.freezes_at is not None and not plan.starts_at < plan.freezes_at < plan.ends_at:
        return "The freeze has to come between the start and the end; leave it out to show the leaderboard throughout."
    if plan.reviews_end_at < plan.ends_at:
        return "The review deadline may not come before the end: the last fixes need a reviewer."
    if plan.reviews_end_at - plan.ends_at > LONGEST_REVIEW:
        return "The review deadline may be at most 30 days after the end."
    return ""


def _wrong_words(plan: DayPlan) -> str:
    if not plan.name or len(plan.name) > LONGEST_NAME:
        return f"An event needs a name of at most {LONGEST_NAME} letters."
    if len(plan.place) > LONGEST_PLACE:
        return f"The place may have at most {LONGEST_PLACE} letters."
    if plan.link and (urlsplit(plan.link).scheme not in {"http", "https"} or len(plan.link) > LONGEST_LINK):
        return "The link has to begin with https:// or http://."
    if plan.player_limit is not None and not 1 <= plan.player_limit <= MOST_PLAYERS:
        return f"The limit of players is from 1 to {MOST_PLAYERS}; leave it out to let everybody in."
    return ""
