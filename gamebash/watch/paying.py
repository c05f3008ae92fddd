"""What a settled watch pays or takes back, from the entries that its fix was paid by. Pure.

Held: a share of the fix's points once more, to its author, and to each assist of theirs. Recurred: a share of everything that
the fix paid, reviewers and first-fix and newcomer parts among it; and a held bonus that was paid too early comes back whole.
What is taken back is rounded half up and never more than was paid; the bonus is rounded down (``events.held_bonus`` says why).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from gamebash.events.held_bonus import bonus_of
from gamebash.points.scoring import EntryKind

OF_THE_FIX = (EntryKind.FIX, EntryKind.FIRST_FIX, EntryKind.ASSIST, EntryKind.NEWCOMER, EntryKind.REVIEW)
EARNING = (EntryKind.FIX, EntryKind.ASSIST)


@dataclass(frozen=True, slots=True)
class Paid:
    """An entry of the ledger that still stands: whom it paid what for."""

    entry_id: int
    player_id: int
    kind: EntryKind
    points: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """What is to be written: points above or below nothing, and the entry it follows from."""

    about: Paid
    points: int


def held_bonus(paid: Sequence[Paid], share: float, factor: float) -> tuple[Payment, ...]:
    """Return the bonus of a fix that held; ``factor`` is by what an hour on its story prevents (``events.held_bonus``)."""
    payments = (Payment(one, bonus_of(one.points, share, factor)) for one in paid if one.kind in EARNING)
    return tuple(payment for payment in payments if payment.points > 0)


def clawback(paid: Sequence[Paid], share: float) -> tuple[Payment, ...]:
    """Return what is taken back of a fix that did not hold; of a held bonus all of it."""
    shares = {**dict.fromkeys(OF_THE_FIX, share), EntryKind.HELD_BONUS: 1.0}
    payments = (Payment(one, -share_of(one.points, shares[one.kind])) for one in paid if one.kind in shares)
    return tuple(payment for payment in payments if payment.points < 0)


def share_of(points: int, share: float) -> int:
    """Return a share of points, rounded half up; nothing of nothing."""
    return min(points, floor(points * share + 0.5)) if points > 0 else 0
