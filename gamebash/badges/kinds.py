"""The badges: what each is called, what it takes, and why it is not simply counted. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Badge(StrEnum):
    """The eight there are; each also names its drawing."""

    FIRST_SQUASH = "first_squash"
    DOUBLE_YELLOW = "double_yellow"
    ROOT_CAUSE = "root_cause"
    BOTH_SIDES = "both_sides"
    QUIET_PAGER = "quiet_pager"
    NOISE_GATE = "noise_gate"
    SECOND_SERVE = "second_serve"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A badge in words: its name, what it takes, and what would not be enough."""

    name: str
    takes: str
    not_enough: str


CRITERIA: dict[Badge, Criterion] = {
    Badge.FIRST_SQUASH: Criterion(
        "First squash",
        "Your first fix that somebody else accepted.",
        "Submitting one. It is the only badge that does not wait for the watch.",
    ),
    Badge.DOUBLE_YELLOW: Criterion(
        "Double yellow",
        "A double yellow story that you squashed, and that held.",
        "Many small ones.",
    ),
    Badge.ROOT_CAUSE: Criterion(
        "Root cause",
        "One change that ended two problems or more: the cause is named, and all of its fixes held.",
        "Cutting one problem into two stories, or leaving the cause unknown.",
    ),
    Badge.BOTH_SIDES: Criterion(
        "Both sides",
        "A fix that held away from home: an ops engineer's first, or one in a service that is not your team's.",
        "A quick fix in somebody else's service that breaks it.",
    ),
    Badge.QUIET_PAGER: Criterion(
        "Quiet pager",
        "A fix after which 30 days or more stayed quiet, where at least one incident was to be expected.",
        "Fixing what would not have come back anyway.",
    ),
    Badge.NOISE_GATE: Criterion(
        "Noise gate",
        "Noise that you automated away, and that stayed away.",
        "Muting it: a verdict on a watched problem needs a second person.",
    ),
    Badge.SECOND_SERVE: Criterion(
        "Second serve",
        "A fix that was sent back, that you mended and squashed, and that held.",
        "Being sent back.",
    ),
    Badge.HANDOVER: Criterion(
        "Handover",
        "You helped a newcomer to a fix that held, or your review found what a fix that held still lacked.",
        "Waving fixes through, or helping the same old hands.",
    ),
}
