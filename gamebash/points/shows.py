"""The whole leaderboard as it is shown live, a page of it at a time."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gamebash.core.audit import event_id_in
from gamebash.core.db import db
from gamebash.core.live.shows import Looker, Painter, Show
from gamebash.core.paging import Paged
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.points.boards import Board, board_of
from gamebash.points.queries import PER_PAGE, BoardChoice, rows_of
from gamebash.points.ranking import Ranked
from gamebash.points.ranks import HERE, place_rows

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standings:
    """An event's boards at one moment: what everybody sees, and what organisers may ask for."""

    slug: str
    state: EventState
    public: Board
    whole: Board
    due_at: datetime | None


class LeaderboardShow(Show[Standings]):
    """The leaderboard; what is asked for is a ``BoardChoice``."""

    name = "leaderboard"

    def read(self, topic: str, *, now: datetime) -> Standings:
        """Return the event's boards as they are now."""
        event = db.session.get_one(Event, event_id_in(topic))
        public = whole = board_of(event.id, now=now, is_fresh=True)
        if public.version.frozen_at is not None or public.version.hidden_because or public.unlisted:
            whole = board_of(event.id, now=now, sees_all=True, is_fresh=True)
        moments = [event.freezes_at, event.ends_at]
        if event.state is EventState.LIVE:
            moments.append(now.replace(second=0, microsecond=0) + A_MINUTE)
        due_at = min((moment for moment in moments if moment is not None and moment > now), default=None)
        return Standings(event.slug, event.state, public, whole, due_at)

    def due_at(self, reading: Standings) -> datetime | None:
        """Return when the board freezes, or ranks have moved by time alone."""
        return reading.due_at

    def group_of(self, reading: Standings, looker: Looker | None, args: Hashable) -> Hashable:
        """Return what is asked for, and by whom if they stand on that very page."""
        chosen = _choice(args)
        own = looker.handle if looker is not None and chosen.kind == "players" else ""
        return chosen, own if any(row.score.key == own for row in _page(reading, chosen, own).items) else ""

    def shared(self, reading: Standings, group: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return the page's places and its finding."""
        assert isinstance(group, tuple)  # noqa: S101  (its own group_of made it)
        chosen, own = group
        page = _page(reading, chosen, own)
        has_won = reading.state is EventState.CLOSED and reading.public.version.frozen_at is None
        rows = place_rows(page.items, reading.slug, chosen.kind, own, paint)
        return {
            "page-title": paint("points/_leader_title.html", rows=page, has_won=has_won),
            "leaderboard": paint("points/_leaderboard_rows.html", rows=HERE).replace(HERE, rows, 1),
        }


LEADERBOARD = LeaderboardShow()


def _choice(args: Hashable) -> BoardChoice:
    return args if isinstance(args, BoardChoice) else BoardChoice()


def _page(reading: Standings, chosen: BoardChoice, handle: str) -> Paged[Ranked]:
    rows = rows_of(reading.whole if chosen.sees_all else reading.public, chosen, handle)
    shown = rows[(chosen.page - 1) * PER_PAGE : chosen.page * PER_PAGE]
    return Paged(shown, chosen.page, len(rows), PER_PAGE)
