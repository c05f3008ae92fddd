"""What may happen to a story, and from which state."""

from enum import StrEnum


class StoryState(StrEnum):
    """Where a story stands; the transitions are in ``lifecycle``."""

    PROPOSED = "proposed"
    READY = "ready"
    SCHEDULED = "scheduled"
    CLAIMED = "claimed"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    DROPPED = "dropped"
    WATCHED = "watched"
    HELD = "held"
    RECURRED = "recurred"


TRANSITIONS: dict[StoryState, dict[str, StoryState]] = {
    StoryState.PROPOSED: {"make_ready": StoryState.READY, "drop": StoryState.DROPPED},
    StoryState.READY: {"schedule": StoryState.SCHEDULED, "drop": StoryState.DROPPED},
    # A story that nobody fixed on the day goes back among the ready ones.
    StoryState.SCHEDULED: {"claim": StoryState.CLAIMED, "unschedule": StoryState.READY},
    StoryState.CLAIMED: {
        "submit": StoryState.IN_REVIEW,
        "let_go": StoryState.SCHEDULED,
        "lapse": StoryState.SCHEDULED,
    },
    StoryState.IN_REVIEW: {"accept": StoryState.ACCEPTED, "send_back": StoryState.CLAIMED},
    StoryState.ACCEPTED: {"watch": StoryState.WATCHED},
    StoryState.DROPPED: {},
    StoryState.WATCHED: {"hold": StoryState.HELD, "recur": StoryState.RECURRED},
    # A recurrence from the days of the watch may arrive late; a verdict by opened times then follows it.
    StoryState.HELD: {"recur": StoryState.RECURRED},
    StoryState.RECURRED: {},
}

# Over for good: its problem is free for another story.
ENDED_STATES = (StoryState.DROPPED, StoryState.HELD, StoryState.RECURRED)
OPEN_STATES = tuple(state for state in StoryState if state not in ENDED_STATES)
