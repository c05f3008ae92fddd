"""The board from one seat: what is mine, what fits, which story may be claimed and why not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gamebash.core.filters import clock
from gamebash.events.first_call import builders_of
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.play.fit import Candidate, Fit, first_fix_words, fit
from gamebash.play.models import Claim
from gamebash.play.queries.rows import NONE, InPlay, Place, StoryRow, Strikes, holder_of, lease_of, place_of, strikes_of
from gamebash.play.queries.sight import Sight

SHOWN = {
    "open": {Place.OPEN},
    "play": {Place.HELD, Place.SENT_BACK},
    "review": {Place.IN_REVIEW},
    "squashed": {Place.SQUASHED},
    "all": set(Place),
}


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What of the board is asked for: a place (or ``all``), words in the title, only what fits me, a page, only first fixes."""

    show: str = "all"
    words: str = ""
    only_fitting: bool = False
    page: int = 1
    only_starters: bool = False


def places_of(entries: Sequence[EventStory], stand: InPlay, *, now: datetime, sight: Sight) -> dict[int, Place]:
    """Return where each story is, as far as a viewer may see; ``now`` is what the event's clock shows."""
    claims, fixes = stand.claims, stand.fixes
    return {
        entry.story_id: place_of(entry, claims.get(entry.story_id), fixes.get(entry.story_id), now=now, sight=sight)
        for entry in entries
    }


def counts_of(places: Mapping[int, Place]) -> dict[str, int]:
    """Return how many stories each view of the list has."""
    return {name: sum(place in shown for place in places.values()) for name, shown in SHOWN.items()}


@dataclass(frozen=True, slots=True)
class Seat:
    """What of a viewer decides what the board offers them: whether they play, and how many claims of theirs run."""

    player_id: int | None
    is_in: bool
    held: int
    team: str = ""


def seat_of(player: Player | None, claims: dict[int, Claim], *, now: datetime) -> Seat:
    """Return a viewer's seat. Claims in review do not count, nor do those whose lease ran out."""
    if player is None:
        return Seat(None, is_in=False, held=0)
    held = sum(claim.player_id == player.id and claim.holds_at(now) for claim in claims.values())
    return Seat(player.id, player.left_at is None, held, player.team.code if player.team else "")


def fits_of(entries: Sequence[EventStory], team: str, fixed: Collection[str]) -> dict[int, Fit]:
    """Return how well each story fits whoever is of that team and fixed something in those services before."""
    return {entry.story_id: fit(_candidate(entry), team=team, services_fixed=fixed) for entry in entries}


def _candidate(entry: EventStory) -> Candidate:
    story, service = entry.story, entry.story.service
    return Candidate(
        key=story.key,
        service=service.name,
        owning_team=service.team.code if service.team else "",
        builder_team=service.builder_team.code if service.builder_team else "",
        value=entry.value if entry.value is not None else story.value,
        effort_hours=story.effort_hours,
        mentor=story.starter.helper if story.starter else "",
    )


@dataclass(frozen=True, slots=True)
class View:
    """The board seen from one seat at one moment; ``awaited`` are stories that the viewer is told of when they are free."""

    event: Event
    seat: Seat
    claims: dict[int, Claim]
    places: dict[int, Place]
    fits: Mapping[int, Fit]
    rules: Rules
    now: datetime
    awaited: frozenset[int] = frozenset()

    @property
    def can_claim(self) -> bool:
        """Say whether the viewer may claim any open story now."""
        return not self._why_not(Place.OPEN)

    def is_mine(self, entry: EventStory) -> bool:
        """Say whether the viewer holds the story or waits for its review."""
        claim = self.claims.get(entry.story_id)
        return (
            claim is not None
            and claim.player_id == self.seat.player_id
            and self.places[entry.story_id] not in {Place.OPEN, Place.SQUASHED}
        )

    def is_listed(self, entry: EventStory, chosen: BoardFilter) -> bool:
        """Say whether the story is among what was asked for."""
        if self.places[entry.story_id] not in SHOWN.get(chosen.show, SHOWN["all"]):
            return False
        found = self.fits.get(entry.story_id)
        if chosen.only_starters and not (entry.story.starter and entry.story.starter.helper):
            return False
        if chosen.only_fitting and (found is None or not found.knowledge):
            return False
        words = chosen.words.casefold().split()
        text = f"{entry.story.key} {entry.story.title} {entry.story.service.name}".casefold()
        return all(word in text for word in words)

    def order(self, entry: EventStory) -> tuple[bool, int, float, int]:
        """Open stories first, the best fit first among them, then as pulled."""
        found = self.fits.get(entry.story_id)
        is_open = self.places[entry.story_id] is Place.OPEN
        return (
            self.places[entry.story_id] is Place.SQUASHED,
            -found.knowledge if found and is_open else 0,
            -found.value_per_hour if found and is_open else 0.0,
            entry.rank,
        )

    def best(self, entries: Sequence[EventStory]) -> Fit | None:
        """Return the best open story for the viewer that is not kept for those who built it."""
        kept = {entry.story_id for entry in entries if self._why_not_yet(entry, self.places[entry.story_id])}
        fits = [
            found
            for story_id, found in self.fits.items()
            if self.places[story_id] is Place.OPEN and story_id not in kept
        ]
        return min(fits, key=lambda found: found.order, default=None)

    def rows(self, entries: list[EventStory]) -> list[StoryRow]:
        """Return the rows of these stories."""
        problem_ids = [entry.story.problem_id for entry in entries if entry.story.problem_id is not None]
        strikes = strikes_of(problem_ids, now=self.now)
        return [self.row(entry, strikes) for entry in entries]

    def row(self, entry: EventStory, strikes: Mapping[int, Strikes]) -> StoryRow:
        """Return the row of a story, with how often the problems struck."""
        struck = strikes.get(entry.story.problem_id or 0, NONE)
        claim = self.claims.get(entry.story_id)
        place = self.places[entry.story_id]
        is_held = claim is not None and place not in {Place.OPEN, Place.SQUASHED}
        found = self.fits.get(entry.story_id)
        why_not = self._why_not(place) or self._why_not_yet(entry, place)
        squasher = entry.squashed_by
        team = entry.story.service.team
        holder = claim.player if claim and is_held else squasher
        return StoryRow(
            key=entry.story.key,
            title=entry.story.title,
            grade=entry.grade or entry.story.grade,
            points=entry.points if entry.points is not None else self.rules.points_for(entry.story.grade),
            service=entry.story.service.name,
            team_code=team.code if team else "",
            weeks=struck.weeks,
            night_incidents=struck.at_night,
            place=Place.MINE if self.is_mine(entry) and place is Place.HELD else place,
            is_mine=self.is_mine(entry),
            holder=holder_of(holder) if holder else None,
            lease=lease_of(claim, self.rules) if claim and is_held else None,
            squashed_at=entry.squashed_at if place is Place.SQUASHED else None,
            why=found.reason if found and found.knowledge else _to_begin(entry, place),
            can_claim=not why_not,
            why_not=why_not,
            break_reason=claim.on_break.reason if claim and claim.on_break and is_held else "",
            left=timedelta(seconds=claim.lease_left_seconds or 0) if claim and claim.is_on_break and is_held else None,
            can_await=self.seat.is_in and place in {Place.HELD, Place.SENT_BACK} and not self.is_mine(entry),
            is_awaited=entry.story_id in self.awaited,
        )

    def _why_not_yet(self, entry: EventStory, place: Place) -> str:
        """Return for whom an open story is kept, and until when; nothing when the viewer may have it."""
        until, team = entry.builders_until, builders_of(entry.story.service)
        ticking = clock_at(self.event.paused_at, self.now)
        if place is not Place.OPEN or until is None or until <= ticking or team is None or team.code == self.seat.team:
            return ""
        return f"For {team.code} until {clock(until)}, then for anybody."

    def _why_not(self, place: Place) -> str:
        """Return why the viewer cannot claim a story in that place; nothing when they can."""
        if place is not Place.OPEN:
            return "taken"
        state = state_at(self.event.state, self.event.ends_at, self.event.paused_at, self.now)
        if not self.seat.is_in and state in {EventState.SCHEDULED, EventState.LIVE}:
            return "Join the event to claim."
        if state is not EventState.LIVE:
            return "The event is not live."
        if self.event.paused_at is not None:
            return "The event is paused."
        at_once = self.rules.claims_at_once
        if self.seat.held >= at_once:
            return f"You hold {self.seat.held} of {at_once} claims."
        return ""


def _to_begin(entry: EventStory, place: Place) -> str:
    """Return what an open row says of a story with a mentor; nothing for any other."""
    starter = entry.story.starter
    return first_fix_words(starter.helper) if starter and starter.helper and place is Place.OPEN else ""
