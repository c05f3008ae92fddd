"""What an L3 answered, and how a hypercare was decided on."""

from enum import StrEnum


class SeatState(StrEnum):
    """What somebody said who was asked to stay as L3."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


SEAT_WORDS = {SeatState.ASKED: "asked", SeatState.ACCEPTED: "said yes", SeatState.DECLINED: "said no"}


class DecisionKind(StrEnum):
    """By evidence: everything asked for was there. Ended: a manager ended it without. Prolonged: a manager let it go on."""

    EVIDENCE = "evidence"
    ENDED = "ended"
    PROLONGED = "prolonged"


ENDS = (DecisionKind.EVIDENCE, DecisionKind.ENDED)
DECISION_WORDS = {
    DecisionKind.EVIDENCE: "Ended by evidence", DecisionKind.ENDED: "Ended by a manager", DecisionKind.PROLONGED: "Goes on",
}  # fmt: skip
