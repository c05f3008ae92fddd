"""Whether an event is ready to go live: each check says what it found and where to mend it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gamebash.events.capacity import Capacity, Verdict

NAMED = 3
FEWEST_PLAYERS = 2
# What hurt as sev1 or sev2 longer ago than a quarter, and not since, is not grave any more.
GRAVE_FOR_DAYS = 91


class CheckState(StrEnum):
    """How a check came out: done, missing (mend it first), or waiting (worth a look, holds nothing up)."""

    DONE = "done"
    MISSING = "missing"
    WAITING = "waiting"


class Place(StrEnum):
    """Where on the organiser's pages a check is mended."""

    DAY = "day"
    STORIES = "stories"
    STORY = "story"
    CAPACITY = "capacity"
    PLAYERS = "players"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. ``is_essential``: without it the event cannot be played, whatever the organisers say."""

    name: str
    state: CheckState
    text: str
    note: str
    place: Place
    story_key: str = ""
    is_essential: bool = False


@dataclass(frozen=True, slots=True)
class BoardStory:
    """A story on the board in what readiness asks of it.

    ``is_parked``: its problem struck as sev1 or sev2 longer ago than the rules let it wait and less than ``GRAVE_FOR_DAYS``,
    and nobody works on it.
    """

    key: str
    service: str
    has_criteria: bool
    has_effort: bool
    has_two_estimates: bool = True
    is_parked: bool = False


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A player as a reviewer: the side they play on (a squad, or alone) and the services their team knows."""

    side: str
    services: frozenset[str]


@dataclass(frozen=True, slots=True)
class Preparation:
    """Everything that the checks look at. ``parked_days`` is how long grave trouble may wait by the rules, 0 without limit."""

    starts_at: datetime
    ends_at: datetime
    freezes_at: datetime | None
    place: str
    stories: tuple[BoardStory, ...]
    players: tuple[Reviewer, ...]
    parked_days: int
    are_rules_confirmed: bool
    is_joining_open: bool
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Readiness:
    """The whole list."""

    checks: tuple[Check, ...]

    @property
    def done(self) -> int:
        """How many checks are done."""
        return sum(check.state is CheckState.DONE for check in self.checks)

    @property
    def missing(self) -> tuple[Check, ...]:
        """What to mend first, in order."""
        return tuple(check for check in self.checks if check.state is CheckState.MISSING)

    @property
    def essentials(self) -> tuple[Check, ...]:
        """What is missing without which the event cannot be played at all."""
        return tuple(check for check in self.missing if check.is_essential)


def readiness(preparation: Preparation, *, now: datetime) -> Readiness:
    """Return every check of an event that is being prepared."""
    return Readiness(
        (
            _day(preparation, now),
            _where(preparation),
            _picked(preparation),
            _shaped(preparation),
            _estimated(preparation),
            _parked(preparation),
            _players(preparation),
            _reviewers(preparation),
            _knowing(preparation),
            _rules(preparation),
            _capacity(preparation),
        )
    )


def _state(is_done: bool) -> CheckState:  # noqa: FBT001
    return CheckState.DONE if is_done else CheckState.MISSING


def _day(found: Preparation, now: datetime) -> Check:
    if found.ends_at <= now:
        return Check("day", CheckState.MISSING, "The day is past", "Choose a day to come", Place.DAY, is_essential=True)
    if found.freezes_at is not None and found.freezes_at <= now:
        text, note = "The freeze is past", "Move it, or leave it out"
        return Check("day", CheckState.MISSING, text, note, Place.DAY, is_essential=True)
    if found.starts_at <= now:
        return Check("day", CheckState.WAITING, "The start is past", "Going live now makes now the start", Place.DAY)
    return Check("day", CheckState.DONE, "Date, freeze and review deadline", "", Place.DAY)


def _where(found: Preparation) -> Check:
    if found.place:
        return Check("where", CheckState.DONE, "Where to meet", found.place, Place.DAY)
    return Check("where", CheckState.WAITING, "Say where to meet", "A room, or a call", Place.DAY)


def _picked(found: Preparation) -> Check:
    count = len(found.stories)
    if not count:
        return Check(
            "stories", CheckState.MISSING, "No story is picked", "Pull the first", Place.STORIES, is_essential=True
        )
    if count < len(found.players):
        note = f"Fewer than the {len(found.players)} players"
        return Check("stories", CheckState.MISSING, _stories_picked(count), note, Place.STORIES)
    return Check("stories", CheckState.DONE, _stories_picked(count), "", Place.STORIES)


def _stories_picked(count: int) -> str:
    return f"{count} {'story' if count == 1 else 'stories'} picked"


def _shaped(found: Preparation) -> Check:
    rough = [story.key for story in found.stories if not (story.has_criteria and story.has_effort)]
    if not rough:
        text = "Every story says when it is done"
        return Check("shape", CheckState.DONE, text, "Criteria, effort and service", Place.STORIES)
    text = f"{len(rough)} {'story has' if len(rough) == 1 else 'stories have'} no acceptance criteria"
    return Check("shape", CheckState.MISSING, text, _named(rough), Place.STORY, story_key=rough[0])


def _estimated(found: Preparation) -> Check:
    """Check that each story has two estimates, where the rules ask for them: without, it pays the grade below."""
    single = [story.key for story in found.stories if not story.has_two_estimates]
    if not single:
        return Check("estimates", CheckState.DONE, "Every story has the estimates it needs", "", Place.STORIES)
    text = f"{len(single)} {'story has' if len(single) == 1 else 'stories have'} one estimate only"
    note = f"They pay the next smaller grade: {_named(single)}"
    return Check("estimates", CheckState.WAITING, text, note, Place.STORY, story_key=single[0])


def _parked(found: Preparation) -> Check:
    """Check that nothing grave waits for the day; it may stay on the board, since leaving it out would hide it."""
    parked = [story.key for story in found.stories if story.is_parked]
    if not found.parked_days:
        return Check("parked", CheckState.DONE, "Grave trouble may wait for the day", "By the rules", Place.RULES)
    if not parked:
        return Check("parked", CheckState.DONE, "Nothing grave waits for the day", "", Place.STORIES)
    longer = f"longer than {found.parked_days} {'day' if found.parked_days == 1 else 'days'}"
    text = f"{len(parked)} grave {'story waits' if len(parked) == 1 else 'stories wait'} {longer}"
    note = f"Do not wait for game day, mend now: {_named(parked)}"
    return Check("parked", CheckState.MISSING, text, note, Place.STORY, story_key=parked[0])


def _players(found: Preparation) -> Check:
    count = len(found.players)
    text = f"{count or 'No'} {'player has' if count == 1 else 'players have'} joined"
    note = "It takes two: one to fix, one to review"
    return _of_players(found, Check("players", _state(count >= FEWEST_PLAYERS), text, note, Place.PLAYERS))


def _reviewers(found: Preparation) -> Check:
    is_done = len({player.side for player in found.players}) >= FEWEST_PLAYERS
    text = "Every squad has reviewers outside it" if is_done else "No fix could be reviewed"
    note = "Nobody reviews their own squad: it takes two sides"
    return _of_players(found, Check("reviewers", _state(is_done), text, note, Place.PLAYERS))


def _knowing(found: Preparation) -> Check:
    """Check that each service has people who know it, and not all of them in one squad."""
    services = sorted({story.service for story in found.stories})
    thin = [service for service in services if len(_sides_knowing(service, found.players)) < FEWEST_PLAYERS]
    stories = sum(story.service in thin for story in found.stories)
    text = f"{stories} {'story has' if stories == 1 else 'stories have'} too few reviewers who know the service"
    text = text if thin else "Every service has reviewers who know it"
    return _of_players(found, Check("knowing", _state(not thin), text, _named(thin), Place.PLAYERS))


def _of_players(found: Preparation, check: Check) -> Check:
    """Return a check of the players; while nobody can join yet, it waits instead of holding the day up."""
    if check.state is CheckState.DONE:
        return replace(check, note="")
    if found.is_joining_open:
        return check
    return replace(check, state=CheckState.WAITING, note="People join once it is scheduled")


def _sides_knowing(service: str, players: Iterable[Reviewer]) -> set[str]:
    return {player.side for player in players if service in player.services}


def _rules(found: Preparation) -> Check:
    if found.are_rules_confirmed:
        return Check("rules", CheckState.DONE, "Rules confirmed", "", Place.RULES)
    note = "They freeze when the event goes live"
    return Check("rules", CheckState.MISSING, "Confirm the rules", note, Place.RULES, is_essential=True)


def _capacity(found: Preparation) -> Check:
    whole = found.capacity.whole
    if whole.verdict is Verdict.NOBODY:
        return Check("capacity", CheckState.WAITING, "Capacity is not known yet", "Nobody has joined", Place.PLAYERS)
    if whole.verdict is Verdict.TOO_MUCH:
        text = f"{whole.over:.0f} h more work than hands"
        return Check("capacity", CheckState.MISSING, text, "Take stories off, or find players", Place.CAPACITY)
    if over := found.capacity.over:
        text = f"{over[0].team or 'No team'} is {over[0].over:.0f} h over"
        return Check("capacity", CheckState.WAITING, text, "Other teams have hands for it", Place.CAPACITY)
    if whole.verdict is Verdict.TOO_LITTLE:
        text = f"{whole.free - whole.work:.0f} h of hands have no work"
        return Check("capacity", CheckState.WAITING, text, "Pull more stories", Place.STORIES)
    return Check("capacity", CheckState.DONE, "The work fits the hands", "", Place.CAPACITY)


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
