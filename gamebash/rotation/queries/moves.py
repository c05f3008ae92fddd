"""The pages of one move: how it stands, what the reader may say to it, and what a correction or cancelling would change."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.consents import latest_consent
from gamebash.rotation.kinds import ConsentKind
from gamebash.rotation.lanes import Span, month_start
from gamebash.rotation.managing import speaks_for
from gamebash.rotation.membership import TeamBadge
from gamebash.rotation.models import Move
from gamebash.rotation.moves import MoveDraft, falling_with, foresee_correction, refuse_cancelling
from gamebash.rotation.queries.found import team_badges
from gamebash.rotation.queries.lanes import Lane, lane_of_history
from gamebash.rotation.queries.log import LogRow, get_row, rows_of
from gamebash.rotation.standing import MoveState

MONTHS_AROUND = 2


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction would do: the person's timeline as it is and as it would be."""

    before: Lane
    after: Lane
    span: Span
    today: date


@dataclass(frozen=True, slots=True)
class OneMovePage:
    """One move, how it stands, and what the reader can do about it.

    ``why`` is what the person said when they declined, or the manager whose word stands; only they, and the managers of both
    teams, read it.
    """

    row: LogRow
    swapped_with: LogRow | None
    is_me: bool
    can_answer: bool
    can_agree: bool
    can_approve: bool
    can_cancel: bool
    can_correct: bool
    can_give_word: bool
    why: str


@dataclass(frozen=True, slots=True)
class CancelPage:
    """A planned move that is about to be cancelled, and what falls with it."""

    row: LogRow
    falling: tuple[LogRow, ...]


@dataclass(frozen=True, slots=True)
class MovePage:
    """One move that a manager is about to correct or approve, with the change foreseen where one is proposed."""

    row: LogRow
    teams: tuple[TeamBadge, ...]
    change: Change | None = None


def one_move_page(move: Move, viewer: Person, *, today: date, can_log: bool) -> OneMovePage:
    """Return a move for a reader; ``can_log`` says whether they may log moves."""
    row = get_row(move)
    is_me, counts = move.person_id == viewer.id, row.corrected_by is None
    lies_ahead = move.effective_on > today
    consent = latest_consent(move) if is_me or speaks_for(move, viewer) else None
    has_word = row.answer is not None and row.answer.kind is ConsentKind.WORD
    is_asked = is_me and counts and row.asks_consent and lies_ahead and not has_word
    needs_yes = any(not one.handles or viewer.handle in one.handles for one in row.missing)
    has_said_yes = viewer.handle in {approval.handle for approval in row.approvals}
    return OneMovePage(
        row=row,
        swapped_with=_other_half(move),
        is_me=is_me,
        can_answer=is_asked,
        can_agree=is_asked and row.answer is None,
        can_approve=can_log and counts and needs_yes and not has_said_yes,
        can_cancel=can_log and counts and lies_ahead and not row.is_void,
        can_correct=can_log and counts,
        can_give_word=can_log and row.state is MoveState.DECLINED and lies_ahead and _is_still_out(row),
        why=consent.reason if consent else "",
    )


def cancel_page(move: Move, *, now: datetime) -> CancelPage:
    """Return a planned move with what would fall if it were cancelled.

    Raises:
        AlreadyCorrectedError, BegunMoveError: as cancelling itself would.
    """
    refuse_cancelling(move, now=now)
    falling = falling_with(move, now=now)
    rows = rows_of([one.id for one in falling if one is not move])
    return CancelPage(get_row(move), rows)


def _other_half(move: Move) -> LogRow | None:
    """Return the latest entry of the other person of a swap."""
    if move.swap is None:
        return None
    query = sa.select(Move.id).where(Move.swap == move.swap, Move.person_id != move.person_id)
    rows = rows_of(db.session.scalars(query.order_by(Move.number.desc()).limit(1)).all())
    return rows[0] if rows else None


def _is_still_out(row: LogRow) -> bool:
    taken_out = aliased(Move)
    back = sa.select(Move.id).join(taken_out, Move.corrects_id == taken_out.id)
    return db.session.scalar(back.where(taken_out.number == row.corrected_by)) is None


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

    was, will_be = (lane_of_history(move.person, past, badges, (span, today)) for past in (before, after))
    return MovePage(get_row(move), tuple(badges.values()), Change(was, will_be, span, today))
