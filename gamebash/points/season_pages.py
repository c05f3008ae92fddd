"""What the page of a season shows."""

from dataclasses import dataclass, replace
from datetime import datetime

from gamebash.core.paging import Paged
from gamebash.points.queries import PER_PAGE
from gamebash.points.ranking import Ranked
from gamebash.points.seasons import SeasonEvent, Share, own_position, season_of, years_played

LEADERS = 5
SEASON_KINDS = ("players", "teams")


@dataclass(frozen=True, slots=True)
class SeasonChoice:
    """What of a season is asked for: of whom, names with these words, a page."""

    kind: str = SEASON_KINDS[0]
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """One place of a season. Points per hour brought stand beside the points: time is a privilege."""

    row: Ranked
    share: Share
    is_own: bool

    @property
    def per_hour(self) -> float:
        """Points for each hour that was brought."""
        return self.row.score.points / self.share.hours if self.share.hours else 0.0


@dataclass(frozen=True, slots=True)
class SeasonPage:
    """One page of a season; ``hard_share`` is that of the first five, who might else live on easy ones."""

    year: int
    years: tuple[int, ...]
    chosen: SeasonChoice
    events: tuple[SeasonEvent, ...]
    rows: Paged[SeasonRow]
    own_page: int
    is_unlisted: bool
    hard_share: float | None
    best_per_head: float


def season_page(year: int, chosen: SeasonChoice, handle: str, *, now: datetime) -> SeasonPage:
    """Return one page of a season as one viewer sees it."""
    season = season_of(year, now=now)
    everybody = season.seen_by(handle) if chosen.kind == "players" else season.teams
    words = chosen.words.casefold().split()
    found = [row for row in everybody if all(word in row.score.name.casefold() for word in words)]
    shown = found[(chosen.page - 1) * PER_PAGE : chosen.page * PER_PAGE]
    position = own_position(everybody, handle)
    return SeasonPage(
        year=year,
        years=years_played(),
        chosen=chosen,
        events=season.events,
        rows=Paged(
            tuple(SeasonRow(row, season.shares.get(row.score.key, Share()), row.score.key == handle) for row in shown),
            chosen.page,
            len(found),
            PER_PAGE,
        ),
        own_page=0 if position is None else position // PER_PAGE + 1,
        is_unlisted=handle in season.unlisted,
        hard_share=_hard_share([season.shares[row.score.key] for row in season.people[:LEADERS]]),
        best_per_head=max((row.score.per_head for row in season.teams), default=0.0),
    )


def _hard_share(shares: list[Share]) -> float | None:
    """Return the share of hard stories among what several squashed; None where it was nothing."""
    together = Share()
    for share in shares:
        together = replace(together, squashed=together.squashed + share.squashed, hard=together.hard + share.hard)
    return together.hard_share if together.squashed else None
