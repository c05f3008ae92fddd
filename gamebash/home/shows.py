"""My day as it is shown live while an event runs."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from gamebash.core.audit import event_id_in
from gamebash.core.live.shows import Looker, Painter, Show, Word
from gamebash.home.queries import GOOD_NEXT
from gamebash.play.queries.now import EventNow, event_now
from gamebash.play.queries.rows import Place
from gamebash.play.shows import can_join, group_of, is_player, own_rows, seated_of, view_of
from gamebash.play.telling_shows import banner_parts, event_words, own_banners


class DayShow(Show[EventNow]):
    """My day: what I hold, what waits for my word, what is worth taking next, what I have."""

    name = "day"

    def read(self, topic: str, *, now: datetime) -> EventNow:
        """Return the event as it is now."""
        return event_now(event_id_in(topic), now=now)

    def due_at(self, reading: EventNow) -> datetime | None:
        """Return when time alone changes something."""
        return reading.due_at

    def group_of(self, reading: EventNow, looker: Looker | None, args: Hashable) -> Hashable:  # noqa: ARG002
        """Return with whom somebody shares what is worth taking next."""
        return group_of(reading, looker)

    def shared(self, reading: EventNow, group: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return what is worth taking next, which is offered to players, and the bar that everybody fills."""
        said = banner_parts(reading.said, paint)
        if not is_player(group):
            return said
        view, outlook = view_of(reading, group)
        listed = [entry for entry in reading.entries if outlook.places[entry.story_id] is Place.OPEN]
        rows = tuple(view.row(entry, reading.strikes) for entry in sorted(listed, key=view.order)[:GOOD_NEXT])
        return {
            **said,
            "goal": paint("play/_goal.html", goal=reading.goal),
            "day-next": paint(
                "home/_next.html", rows=rows if view.seat.is_in else (), slug=reading.event.slug, open=len(listed),
                free=reading.rules.claims_at_once - view.seat.held, now=reading.now,
            )
        }  # fmt: skip

    def personal(self, reading: EventNow, looker: Looker | None, args: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return what is in somebody's hands, what waits for their word, and their points."""
        if looker is None:
            return {}
        seated, reviews = seated_of(reading, looker), reading.reviews.get(looker.person_id, ())
        mine = own_rows(reading, seated) if seated else ()
        plays = seated is not None and seated.seat.is_in
        slug, name = reading.event.slug, reading.event.name
        return {
            "page-lede": paint(
                "home/_lede_part.html", mine=mine, reviews=reviews, is_player=plays, open=reading.public.tally.open, name=name
            ),
            "page-actions": paint(
                "home/_actions_part.html", mine=mine, reviews=reviews, slug=slug, name=name, is_player=plays,
                can_join=can_join(reading),
            ),
            "day-hands": paint(
                "home/_hands.html", mine=mine, is_player=plays, held=seated.seat.held if seated else 0,
                at_once=reading.rules.claims_at_once, slug=slug, now=reading.now,
            ),
            "day-reviews": paint("home/_reviews.html", reviews=reviews),
            **(_points(reading, looker, seated.points, paint) if seated else {}),
            **own_banners(reading.said, looker, paint),
        }  # fmt: skip

    def words(self, reading: EventNow, looker: Looker | None, paint: Painter) -> Sequence[Word]:
        """Return what somebody hears of once."""
        return event_words(reading, looker, paint)


DAY = DayShow()


def _points(reading: EventNow, looker: Looker, points: int, paint: Painter) -> Mapping[str, str]:
    """Return somebody's points, and their place on the public board."""
    board = reading.board
    position = board.positions.get(looker.handle)
    own = board.players[position] if position is not None else None
    rank = own.place if own and own.score.points else None
    ranked = sum(row.score.points > 0 for row in board.players)
    return {"day-points": paint("home/_points.html", points=points, rank=rank, ranked=ranked)}
