"""A player's light in the cockpit: what they are at, in one word. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Light(StrEnum):
    """What a player is at, from what an organiser looks for first."""

    NOT_IN = "not_in"
    NO_CLAIM = "no_claim"
    ON_BREAK = "on_break"
    WORKING = "working"
    IN_REVIEW = "in_review"
    SCORED = "scored"


WORDS = {
    Light.NOT_IN: "Not in",
    Light.NO_CLAIM: "No claim",
    Light.ON_BREAK: "On a break",
    Light.WORKING: "Working",
    Light.IN_REVIEW: "In review",
    Light.SCORED: "Scored",
}


@dataclass(frozen=True, slots=True)
class Doing:
    """What is known of a player now: signed in anywhere, on a break, holding, waiting for a verdict, having scored."""

    is_signed_in: bool
    is_on_break: bool
    holds: bool
    waits: bool
    points: int


def light_of(doing: Doing) -> Light:
    """Return the one word: a break before work, work before what waits, that before what is past."""
    if doing.is_on_break:
        return Light.ON_BREAK
    if doing.holds:
        return Light.WORKING
    if doing.waits:
        return Light.IN_REVIEW
    if doing.points:
        return Light.SCORED
    return Light.NO_CLAIM if doing.is_signed_in else Light.NOT_IN
