"""Where a handover stands, from plain values: what is ticked, who receives, whether it is signed, and how near its day is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayKind(StrEnum):
    """What two people do together on a day: work side by side, or the receiver does it while the giver watches."""

    PAIRING = "pairing"
    SHADOW = "shadow"


DAY_WORDS = {DayKind.PAIRING: "Pairing", DayKind.SHADOW: "Shadow day"}


class HandoverState(StrEnum):
    """How far a handover has come.

    Off: its move no longer counts. Signed: by the receiver, for good. Overdue: the day of the move came and nobody signed.
    Ready: everything is ticked, and the receiver has to sign. Open: something is to be done.
    """

    OPEN = "open"
    READY = "ready"
    OVERDUE = "overdue"
    SIGNED = "signed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of a handover as plain values; ``on`` is the first day elsewhere."""

    ticked: int
    items: int
    on: date
    is_signed: bool = False
    is_off: bool = False

    @property
    def is_done(self) -> bool:
        """Whether every item is ticked."""
        return self.ticked == self.items


def state_of(facts: Facts, today: date) -> HandoverState:
    """Return how far a handover has come."""
    if facts.is_signed:
        return HandoverState.SIGNED
    if facts.is_off:
        return HandoverState.OFF
    if facts.on <= today:
        return HandoverState.OVERDUE
    return HandoverState.READY if facts.is_done else HandoverState.OPEN
