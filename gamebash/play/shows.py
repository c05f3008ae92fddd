"""The event board as it is shown live: what everybody sees alike, what only whoever plays sees, and what they are told."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gamebash.core.audit import event_id_in
from gamebash.core.live.shows import Looker, Painter, Show, Word
from gamebash.play.queries.board import Tally
from gamebash.play.queries.now import EventNow, Outlook, Seated, event_now
from gamebash.play.queries.rows import StoryRow
from gamebash.play.queries.view import Seat, View, counts_of, fits_of
from gamebash.play.telling_shows import banner_parts, event_words, own_banners
from gamebash.points.ranks import ranks_parts
from gamebash.policy import Permission, is_allowed


@dataclass(frozen=True, slots=True)
class Group:
    """Who is offered the same on the board: players with as many claims, of one team, who fixed the same services.

    Organisers see through a freeze.
    """

    sees_all: bool
    is_player: bool
    is_in: bool
    held: int
    team: str
    fixed: frozenset[str]


class BoardShow(Show[EventNow]):
    """The event board."""

    name = "board"

    def read(self, topic: str, *, now: datetime) -> EventNow:
        """Return the event as it is now."""
        return event_now(event_id_in(topic), now=now)

    def due_at(self, reading: EventNow) -> datetime | None:
        """Return when time alone changes the board."""
        return reading.due_at

    def group_of(self, reading: EventNow, looker: Looker | None, args: Hashable) -> Hashable:  # noqa: ARG002
        """Return with whom somebody shares what the board offers."""
        return group_of(reading, looker)

    def shared(self, reading: EventNow, group: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return the tally, the feed, the counts and every story's row, as a group sees them."""
        view, outlook = view_of(reading, group)
        parts = {**tally_parts(outlook.tally, reading.now, paint), **_counts(outlook, paint)}
        parts.update(banner_parts(reading.said, paint))
        parts["board-keys"] = paint("play/_board_keys.html", keys=tuple(entry.story.key for entry in reading.entries))
        parts["feed"] = paint("play/_feed.html", feed=reading.feed)
        parts["goal"] = paint("play/_goal.html", goal=reading.goal)
        parts["board-actions"] = paint(
            "play/_board_actions.html", slug=reading.event.slug, name=reading.event.name, state=reading.state,
            can_claim=view.best(reading.entries) is not None and view.can_claim, is_in=view.seat.is_in, can_join=can_join(reading),
        )  # fmt: skip
        for entry in reading.entries:
            row = view.row(entry, reading.strikes)
            parts[f"story-{row.key}"] = paint("play/_row.html", row=row, now=reading.now)
        if not is_player(group):
            parts.update(ranks_parts(reading.event.slug, reading.board, "players", "", paint))
        return parts

    def personal(self, reading: EventNow, looker: Looker | None, args: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return what only somebody sees so: what they put away; a player's points, place in the ranks, what is in their hands."""
        seated, own = seated_of(reading, looker), own_banners(reading.said, looker, paint)
        if seated is None or looker is None:
            return own
        awaited = {
            f"story-{row.key}": paint("play/_row.html", row=row, now=reading.now)
            for row in awaited_rows(reading, looker)
        }
        view, me = own_view(reading, seated), seated.seat.player_id or 0
        mine = own_rows(reading, seated)
        known = tuple(view.row(entry, reading.strikes) for entry in reading.known_to(me))
        return {
            **own,
            **awaited,
            "own-points": paint("play/_own_points.html", points=seated.points),
            "board-mine": paint(
                "play/_mine.html",
                mine=mine,
                held=seated.seat.held,
                at_once=reading.rules.claims_at_once,
                now=reading.now,
            ),
            **{f"story-{row.key}": paint("play/_row.html", row=row, now=reading.now) for row in (*mine, *known)},
            **ranks_parts(reading.event.slug, reading.board, "players", looker.handle, paint),
        }

    def words(self, reading: EventNow, looker: Looker | None, paint: Painter) -> Sequence[Word]:
        """Return what somebody hears of once."""
        return event_words(reading, looker, paint)


BOARD = BoardShow()


def group_of(reading: EventNow, looker: Looker | None) -> Group:
    """Return with whom somebody shares what the board offers."""
    seated, sees_all = seated_of(reading, looker), _sees_all(looker)
    if seated is None:
        return Group(sees_all, is_player=False, is_in=False, held=0, team="", fixed=frozenset())
    seat = seated.seat
    return Group(sees_all, is_player=True, is_in=seat.is_in, held=seat.held, team=seated.team, fixed=seated.fixed)


def is_player(group: Hashable) -> bool:
    """Say whether a group is one of players."""
    return isinstance(group, Group) and group.is_player


def view_of(reading: EventNow, group: Hashable) -> tuple[View, Outlook]:
    """Return the board as a group sees it: none of its stories is theirs."""
    assert isinstance(group, Group)  # noqa: S101  (made by group_of)
    seat = Seat(None, is_in=group.is_in, held=group.held, team=group.team)
    fits = fits_of(reading.entries, group.team, group.fixed) if group.is_player else {}
    outlook = reading.outlook(sees_all=group.sees_all)
    return View(reading.event, seat, reading.claims, outlook.places, fits, reading.rules, reading.now), outlook


def awaited_rows(reading: EventNow, looker: Looker) -> tuple[StoryRow, ...]:
    """Return the rows of what somebody is told of when it is free, as far as their group may see."""
    awaited = reading.awaited.get(looker.person_id)
    if not awaited:
        return ()
    view = replace(view_of(reading, group_of(reading, looker))[0], awaited=awaited)
    return tuple(view.row(entry, reading.strikes) for entry in reading.entries if entry.story_id in awaited)


def own_view(reading: EventNow, seated: Seated) -> View:
    """Return the board as a player sees what is theirs; a freeze hides nothing of it."""
    return View(reading.event, seated.seat, reading.claims, reading.whole.places, {}, reading.rules, reading.now)


def own_rows(reading: EventNow, seated: Seated) -> tuple[StoryRow, ...]:
    """Return the rows of what a player holds or waits for the review of."""
    view = own_view(reading, seated)
    return tuple(view.row(entry, reading.strikes) for entry in reading.in_hand.get(seated.seat.player_id or 0, ()))


def tally_parts(tally: Tally, now: datetime, paint: Painter) -> dict[str, str]:
    """Return the strip on top: the state, the clock, the counts."""
    return {
        "tally-state": paint("play/_tally_state.html", tally=tally),
        "tally-meta": paint("play/_tally_meta.html", tally=tally),
        "tally-clock": paint(
            "play/_tally_clock.html", state=tally.state, until=tally.clock_ends_at, left=tally.stands_at, now=now
        ),
        "tally-squashed": paint("play/_tally_squashed.html", squashed=tally.squashed, stories=tally.stories),
        "pause-note": paint("play/_pause_note.html", paused_at=tally.paused_at),
    }


def can_join(reading: EventNow) -> bool:
    """Say whether somebody may still join."""
    return reading.event.state in {"scheduled", "live"} and reading.now < reading.event.ends_at


def _counts(outlook: Outlook, paint: Painter) -> dict[str, str]:
    return {
        f"s-{name}-count": paint("components/_count.html", id=f"s-{name}-count", count=count)
        for name, count in counts_of(outlook.places).items()
    }


def _sees_all(looker: Looker | None) -> bool:
    return looker is not None and is_allowed(looker.roles, Permission.ORGANISE_EVENTS)


def seated_of(reading: EventNow, looker: Looker | None) -> Seated | None:
    """Return a viewer's part in the event, if they play."""
    return reading.seated.get(looker.person_id) if looker is not None else None
