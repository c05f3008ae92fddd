"""Where a move stands: who was asked, who said yes, and who is still missing. Follows from its rows alone."""

from dataclasses import dataclass
from enum import StrEnum

from gamebash.rotation.kinds import ConsentKind


class Side(StrEnum):
    """One of the two teams of a move."""

    GIVING = "giving"
    RECEIVING = "receiving"


class MoveState(StrEnum):
    """How far a move has come.

    Asked: the person has not answered. Agreed: they have, and a manager is missing. Approved: the managers said yes,
    and the person has not answered. Standing: nothing is missing. Declined: the person said no, and the entry that took
    the move out stands. Corrected: a further entry counts in its place.
    """

    ASKED = "asked"
    AGREED = "agreed"
    APPROVED = "approved"
    STANDING = "standing"
    DECLINED = "declined"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of a move as plain values: its sides, those approved, whether the person is asked and what they said."""

    sides: frozenset[Side]
    approved: frozenset[Side]
    asks_consent: bool
    consent: ConsentKind | None
    is_corrected: bool

    @property
    def missing(self) -> frozenset[Side]:
        """The sides whose manager has not said yes."""
        return self.sides - self.approved

    @property
    def waits_for_person(self) -> bool:
        """Whether the person moved has yet to answer."""
        return self.asks_consent and self.consent is None


def state_of(facts: Facts) -> MoveState:
    """Return how far a move has come."""
    if facts.is_corrected:
        return MoveState.DECLINED if facts.consent is ConsentKind.DECLINED else MoveState.CORRECTED
    if facts.waits_for_person:
        return MoveState.ASKED if facts.missing else MoveState.APPROVED
    return MoveState.AGREED if facts.missing else MoveState.STANDING
