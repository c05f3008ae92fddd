"""The pages on which one move is logged, corrected or approved: what it says, and what would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gamebash.rotation.lanes import Span, month_start, note, stays, turns
from gamebash.rotation.membership import TeamBadge
from gamebash.rotation.models import Move
from gamebash.rotation.moves import MoveDraft, foresee_correction
from gamebash.rotation.queries.found import team_badges
from gamebash.rotation.queries.log import LogRow, get_row
from gamebash.rotation.queries.overview import Lane
from gamebash.rotation.tours import History

MONTHS_AROUND = 2


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction would do: the person's timeline as it is and as it would be."""

    before: Lane
    after: Lane
    span: Span
    today: date


@dataclass(frozen=True, slots=True)
class MovePage:
    """One move that a manager is about to correct or approve, with the change foreseen where one is proposed."""

    row: LogRow
    teams: tuple[TeamBadge, ...]
    change: Change | None = None


def move_page(move: Move) -> MovePage:
    """Return a move as it stands."""
    return MovePage(get_row(move), tuple(team_badges().values()))


def correction_page(move: Move, draft: MoveDraft | None, *, today: date) -> MovePage:
    """Return a move with what a correction would change; no draft means that the move is taken out.

    Raises:
        DomainError: where the correction would be refused.
    """
    badges = team_badges()
    before, after = foresee_correction(move, draft)
    days = [move.effective_on, draft.effective_on if draft else move.effective_on, today]
    span = Span(month_start(min(days), -MONTHS_AROUND), month_start(max(days), MONTHS_AROUND))

    was, will_be = (_lane(move, past, badges, (span, today)) for past in (before, after))
    return MovePage(get_row(move), tuple(badges.values()), Change(was, will_be, span, today))


def _lane(move: Move, past: History, badges: Mapping[int, TeamBadge], days: tuple[Span, date]) -> Lane:
    span, today = days
    here = past.team_on(today)
    return Lane(
        move.person.handle, move.person.name, move.person.initials, badges[here].colour if here else "ops",
        note(past, badges, today), turns(past, badges, span, today), stays(past, badges, today),
    )  # fmt: skip
